package org.counterweight.edit;

import static org.counterweight.engine.Tensors.as;

import java.util.Arrays;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a batch ask a codebook.
 *
 * @param tau the key token of each row, {@code int64 [rows]}
 * @param queries what enters the layer there, {@code [rows, p]}
 */
public record Queries(Tensor tau, Tensor queries) {
    /**
     * The key token's activation of each row.
     *
     * @param key which token that is, where the batch does not say: {@link GraceTap#KEY_TOKEN}
     * @param in what enters the layer, {@code [rows, T, p]}, or {@code [rows, p]} for T = 1
     */
    public static Queries of(KeyToken key, Tensor in, Batch batch) {
        Tensor tau = keyTokens(key, in, batch);
        if (in.dim() == 2) {
            return new Queries(tau, in);
        }
        if (key == KeyToken.MEAN && batch.find(GraceTap.KEY_TOKEN) == null) {
            return new Queries(tau, mean(in, mask(in, batch)));
        }
        Tensor at = tau.view(-1, 1, 1).expand(in.size(0), 1, in.size(2));
        return new Queries(tau, in.gather(1, at).squeeze(1));
    }

    private static Tensor keyTokens(KeyToken which, Tensor in, Batch batch) {
        long length = in.dim() == 2 ? 1 : in.size(1);
        Tensor last = torch.full(new long[] {in.size(0)}, new Scalar(length - 1), Tensors.options(ScalarType.Long))
                .to(in.device(), ScalarType.Long);
        Tensor given = batch.find(GraceTap.KEY_TOKEN);
        if (given != null) {
            return torch.where(given.lt(new Scalar(0L)), last, torch.minimum(given, last));
        }
        return switch (which) {
            case LAST -> last;
            case CLS -> torch.zeros_like(last);
            case LAST_NON_PAD, MEAN -> {
                Tensor mask = mask(in, batch);
                yield mask == null ? last : lastOf(mask, length);
            }
        };
    }

    /** The last column of each row where the mask is not 0. */
    private static Tensor lastOf(Tensor mask, long length) {
        Tensor places = torch.arange(new Scalar(length), Tensors.options(ScalarType.Long))
                .to(mask.device(), ScalarType.Long);
        return mask.ne(new Scalar(0L)).mul(places.unsqueeze(0)).argmax(new LongOptional(1), false);
    }

    /** 1 where a token is no padding; null where the layer sees no tokens, or all are real. */
    private static @Nullable Tensor mask(Tensor in, Batch batch) {
        Tensor mask = batch.find(Batch.ATTENTION_MASK);
        return mask == null || in.dim() == 2 || mask.size(1) != in.size(1) ? null : mask;
    }

    private static Tensor mean(Tensor in, @Nullable Tensor mask) {
        if (mask == null) {
            return Tensors.mean(in, false, 1);
        }
        Tensor weight = as(mask, in).unsqueeze(2);
        return Tensors.sum(in.mul(weight), false, 1).div(Tensors.sum(weight, false, 1));
    }

    /** @throws ConfigException if the layer makes neither {@code [rows, T, v]} nor {@code [rows, v]} of its like */
    static void checkShapes(String point, Tensor in, Tensor out) {
        if (in.dim() != out.dim() || out.dim() < 2 || out.dim() > 3) {
            throw new ConfigException("grace.layer: " + point + " makes " + Arrays.toString(Tensors.shape(out)) + " of "
                    + Arrays.toString(Tensors.shape(in))
                    + "; only a layer that makes [rows, width] or [rows, tokens, width] of its like can be wrapped");
        }
    }

    /** The queries as vectors, one a row. */
    double[][] rows() {
        return rows(queries);
    }

    /**
     * What the layer gives at the key tokens, one vector a row.
     *
     * @param out {@code [rows, T, v]}, or {@code [rows, v]}
     */
    double[][] outputs(Tensor out) {
        if (out.dim() == 2) {
            return rows(out);
        }
        Tensor at = tau.view(-1, 1, 1).expand(out.size(0), 1, out.size(2));
        return rows(out.gather(1, at).squeeze(1));
    }

    private static double[][] rows(Tensor matrix) {
        double[] flat = Tensors.toDoubles(matrix);
        int width = Math.toIntExact(matrix.size(1));
        double[][] rows = new double[Math.toIntExact(matrix.size(0))][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(flat, row * width, (row + 1) * width);
        }
        return rows;
    }
}
