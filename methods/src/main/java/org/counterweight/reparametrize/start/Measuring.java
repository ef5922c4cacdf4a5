package org.counterweight.reparametrize.start;

import static org.counterweight.engine.Tensors.scalar;

import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Convolution;
import org.counterweight.reparametrize.MeanOnly;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * Stands at a weight in the pass that measures: t = u x for the directions u without a bias, its mean and population variance
 * over rows and positions, and the module goes on with (t − mean) · init_scale / √(var + eps), as it will when it is started so.
 * A module that runs twice is measured at its first turn.
 *
 * @param module full name, for messages and for {@code found}
 * @param direction u, {@code [out, in, …]}
 * @param found what was measured so far, by module; added to
 */
record Measuring(String module, Tensor direction, boolean hasBias, DataInitConfig settings, Map<String, Measured> found)
        implements Parametrization {
    private static final long CHANNELS = 1;

    /** So many times {@code init_scale} is the most where eps alone keeps a length finite. */
    private static final double MOST = 1e3;

    /**
     * What was measured; outlives the scopes that a model opens for its layers, until it is closed.
     *
     * @param mean of u x, {@code [out]}
     * @param scale what u is to be multiplied by, {@code [out]}
     * @param capped how many outputs did not vary
     */
    record Measured(Tensor mean, Tensor scale, long capped) implements AutoCloseable {
        @Override
        public void close() {
            mean.close();
            scale.close();
        }
    }

    @Override
    public Tensor weight(Tensor base) {
        return direction;
    }

    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        Tensor t = Tensors.linear(Tensors.as(x, direction), direction, null);
        return Tensors.as(started(t, real(t, pass), -1), x);
    }

    @Override
    public Tensor convolve(Tensor x, Tensor base, @Nullable Tensor bias, Convolution shape, Pass pass) {
        Tensor t = shape.apply(x, direction, null);
        return started(t, t.transpose(CHANNELS, -1).reshape(-1, t.size(CHANNELS)), CHANNELS);
    }

    /** The rows of t that stand at real tokens, {@code [n, out]}: of padding nothing is to be learnt. */
    private static Tensor real(Tensor t, Pass pass) {
        Tensor rows = t.reshape(-1, t.size(-1));
        Tensor mask = pass.batch().find(Batch.ATTENTION_MASK);
        boolean isOfTokens =
                mask != null && t.dim() == 3 && Arrays.equals(Tensors.shape(mask), new long[] {t.size(0), t.size(1)});
        return isOfTokens && mask != null
                ? rows.index_select(0, mask.reshape(-1).nonzero().flatten())
                : rows;
    }

    private Tensor started(Tensor t, Tensor rows, long channel) {
        Measured measured = found.computeIfAbsent(module, name -> measure(rows));
        Tensor shift = MeanOnly.along(measured.mean(), t, channel);
        Tensor scale = MeanOnly.along(measured.scale(), t, channel);
        return (hasBias ? t.sub(shift) : t).mul(scale);
    }

    private Measured measure(Tensor rows) {
        Tensor wide = rows.scalar_type().intern() == ScalarType.Double ? rows : rows.to(ScalarType.Float);
        if (!wide.isfinite().all().item_bool()) {
            throw new WeightsException(
                    module + ": the batch of the data-dependent start gives NaN or infinite values there;"
                            + " look at the data, or start without data_init");
        }
        Tensor mean = Tensors.mean(wide, false, 0);
        Tensor variance = Tensors.mean(wide.sub(mean).square(), false, 0);
        Tensor dead = variance.le(scalar(settings.eps()));
        long capped = dead.sum().item_long();
        if (settings.eps() == 0 && capped > 0) {
            long unit = Tensors.toLongs(dead.nonzero().flatten())[0];
            throw new WeightsException(
                    module + ": output " + unit + (capped > 1 ? " and " + (capped - 1) + " more" : "")
                            + " is the same for every row of the first batch, a dead input, and has no scale;"
                            + " take data_init.eps: 1e-8, or look at the data");
        }
        Tensor scale = variance.add(scalar(settings.eps())).rsqrt().mul(scalar(settings.initScale()));
        Tensor most = scale.clamp_max(scalar(MOST * settings.initScale()));
        return new Measured(Scope.own(mean), Scope.own(scale.where(dead.logical_not(), most)), capped);
    }

    @Override
    public Parametrization with(Map<String, Tensor> tensors) {
        return this;
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of();
    }
}
