package org.counterweight.edit;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.scalar;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Found;
import org.counterweight.edit.index.KeyIndex;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Pass;
import org.counterweight.model.Past;
import org.counterweight.model.Tap;
import org.jspecify.annotations.Nullable;

/**
 * A codebook at a layer: where an entry serves what enters the layer at the key token, the entry's value stands in place of
 * the layer's output; elsewhere the output is handed on untouched, to the last bit. Each row of a batch asks for itself.
 *
 * <p>T. Hartvigsen et al., "Aging with GRACE: Lifelong Model Editing with Discrete Key-Value Adaptors", NeurIPS 2023,
 * section 3, equation 1.
 *
 * <p>In generation the prompt's last token asks once, in the pass that reads the prompt, and what it found holds for the text;
 * with {@link GraceConfig#requery} every token asks again.
 *
 * <p>Immutable, and so are codebooks: a pass sees the codebook of this tap from its beginning to its end, whatever is edited
 * meanwhile.
 *
 * @param trained a value in training, which stands in place of an entry's; null for none
 * @param served told of every look-up, from whatever thread asks; null for nobody
 */
public record GraceTap(
        KeyIndex index,
        GraceConfig config,
        @Nullable Trained trained,
        @Nullable Served served) implements Tap {
    /** The name in a batch of {@code int64 [rows]}: the key token of each row; −1 is the last. Beyond the end it is the last. */
    public static final String KEY_TOKEN = "key_token";

    private static final String VALUE = "value";

    /**
     * A value in training.
     *
     * @param place of its entry in the codebook
     * @param value {@code [v]}
     */
    public record Trained(int place, Tensor value) {}

    /** Who is told which entries served. */
    @FunctionalInterface
    public interface Served {
        /** @param ids of the entries, one a row of the batch; −1 where the model answered by itself */
        void served(String point, Batch batch, long[] ids);
    }

    public static GraceTap of(Codebook book, GraceConfig config) {
        return new GraceTap(KeyIndex.of(book), config, null, null);
    }

    public GraceTap telling(Served to) {
        return new GraceTap(index, config, trained, to);
    }

    GraceTap training(Trained value) {
        return new GraceTap(index, config, value, served);
    }

    @Override
    public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
        if (index.book().isEmpty()) {
            return out;
        }
        Past past = pass.past();
        if (past == null) {
            Lookup found = lookup(point, in, out, pass);
            return found.hits() ? replaced(out, found.values(out), found.hit(out), found.tau()) : out;
        }
        return past.length() == 0 || config.requery()
                ? prompted(point, in, out, pass, past)
                : continued(point, out, past);
    }

    /** What the pass that reads the prompt finds is kept for the tokens that follow. */
    private Tensor prompted(String point, Tensor in, Tensor out, Pass pass, Past past) {
        Lookup found = lookup(point, in, out, pass);
        if (!found.hits()) {
            return out;
        }
        Tensor values = found.values(out);
        Tensor hit = found.hit(out);
        if (past.length() == 0 && config.replacement() == Replacement.REPLACE_ALL && !config.requery()) {
            past.keep(point + "." + VALUE, values);
            past.keep(point + ".hit", hit);
        }
        return replaced(out, values, hit, found.tau());
    }

    private static Tensor continued(String point, Tensor out, Past past) {
        Tensor values = past.kept(point + "." + VALUE);
        Tensor hit = past.kept(point + ".hit");
        return values == null || hit == null ? out : torch.where(hit.unsqueeze(1), values.unsqueeze(1), out);
    }

    /** {@code [rows, T, v]} or {@code [rows, v]} with the values where they belong. */
    private Tensor replaced(Tensor out, Tensor values, Tensor hit, Tensor tau) {
        if (out.dim() == 2) {
            return config.replacement() == Replacement.REPLACE_PROMPT && !config.inclusive()
                    ? out // there is no position before the only one
                    : torch.where(hit, values, out);
        }
        Tensor where = hit.unsqueeze(1); // [rows, 1, 1]
        if (config.replacement() != Replacement.REPLACE_ALL) {
            Tensor positions = torch.arange(scalar(out.size(1)), Tensors.options(ScalarType.Long))
                    .to(out.device(), ScalarType.Long)
                    .unsqueeze(0); // [1, T]
            Tensor key = tau.unsqueeze(1); // [rows, 1]
            Tensor chosen = config.replacement() == Replacement.REPLACE_LAST
                    ? positions.eq(key)
                    : config.inclusive() ? positions.le(key) : positions.lt(key);
            where = where.logical_and(chosen.unsqueeze(2));
        }
        return torch.where(where, values.unsqueeze(1), out);
    }

    /**
     * What the rows of a pass found.
     *
     * @param found one a row
     * @param tau {@code int64 [rows]}, the key tokens
     */
    private final class Lookup {
        private final Found[] found;
        private final Tensor tau;

        Lookup(Found[] found, Tensor tau) {
            this.found = found;
            this.tau = tau;
        }

        Tensor tau() {
            return tau;
        }

        boolean hits() {
            for (Found row : found) {
                if (row.hit()) {
                    return true;
                }
            }
            return false;
        }

        /** {@code bool [rows, 1]}. */
        Tensor hit(Tensor out) {
            long[] hits = new long[found.length];
            for (int row = 0; row < hits.length; row++) {
                hits[row] = found[row].hit() ? 1 : 0;
            }
            return Tensors.longs(hits, hits.length, 1).to(out.device(), ScalarType.Bool);
        }

        /** {@code [rows, v]}; of rows that nothing serves they are of no account. */
        Tensor values(Tensor out) {
            int width = Math.toIntExact(out.size(-1));
            double[] flat = new double[found.length * width];
            long[] inTraining = new long[found.length];
            for (int row = 0; row < found.length; row++) {
                if (found[row].hit()) {
                    double[] value =
                            index.book().entries().get(found[row].place()).value();
                    System.arraycopy(value, 0, flat, row * width, width);
                    inTraining[row] = trained != null && trained.place() == found[row].place() ? 1 : 0;
                }
            }
            Tensor stored = Tensors.doubles(flat, found.length, width)
                    .to(out.device(), out.scalar_type().intern());
            Trained now = trained;
            if (now == null) {
                return stored;
            }
            Tensor mask = Tensors.longs(inTraining, found.length, 1).to(out.device(), ScalarType.Bool);
            return torch.where(mask, as(now.value(), out).unsqueeze(0), stored);
        }
    }

    private Lookup lookup(String point, Tensor in, Tensor out, Pass pass) {
        check(point, in, out);
        Queries asked = Queries.of(config.keyToken(), in, pass.batch());
        double[][] queries = asked.rows();
        Found[] found = new Found[queries.length];
        long[] ids = new long[queries.length];
        for (int row = 0; row < found.length; row++) {
            found[row] = index.serving(queries[row]);
            ids[row] = found[row].hit()
                    ? index.book().entries().get(found[row].place()).id()
                    : -1;
        }
        Served to = served;
        if (to != null) {
            to.served(point, pass.batch(), ids);
        }
        return new Lookup(found, asked.tau());
    }

    private void check(String point, Tensor in, Tensor out) {
        Queries.checkShapes(point, in, out);
        var first = index.book().entries().get(0);
        if (in.size(-1) != first.key().length || out.size(-1) != first.value().length) {
            throw new ConfigException(point + ": the codebook's keys have " + first.key().length
                    + " numbers and its values "
                    + first.value().length + ", but the layer is given " + in.size(-1) + " and gives " + out.size(-1)
                    + "; it was made for another model or layer");
        }
    }

    /** The value in training, under {@code value}; nothing else of a codebook is moved by an optimizer. */
    @Override
    public Map<String, Tensor> trainables() {
        return trained == null ? Map.of() : Map.of(VALUE, trained.value());
    }

    @Override
    public GraceTap with(Map<String, Tensor> tensors) {
        Tensor value = tensors.get(VALUE);
        return trained == null || value == null ? this : training(new Trained(trained.place(), value));
    }
}
