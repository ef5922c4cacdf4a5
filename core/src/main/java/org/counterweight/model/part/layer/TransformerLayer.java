package org.counterweight.model.part.layer;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.Rope;
import org.counterweight.model.part.attention.SelfAttention;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a transformer: attention and a feed-forward part, each added to the state, with norms before or behind them.
 *
 * @param parallel whether both parts read the same state, or the second the first one's sum
 * @param residual how what each part gives is added
 * @param dropout of what each part adds
 */
public record TransformerLayer(
        int width,
        SelfAttention attention,
        FeedForward feedForward,
        Norm norm,
        Norms norms,
        boolean parallel,
        Residual residual,
        double dropout) {

    /**
     * The norms by their names in the layer; null where there is none. In a parallel layer a feed-forward part without a
     * norm of its own reads what the attention reads.
     *
     * @param ofSums whether norms behind a part are of the state with what it gives added, or of what it gives alone
     */
    public record Norms(
            @Nullable String beforeAttention,
            @Nullable String afterAttention,
            @Nullable String beforeFeedForward,
            @Nullable String afterFeedForward,
            boolean ofSums) {
        /** Those behind a part are of what it gives. */
        public Norms(
                @Nullable String beforeAttention,
                @Nullable String afterAttention,
                @Nullable String beforeFeedForward,
                @Nullable String afterFeedForward) {
            this(beforeAttention, afterAttention, beforeFeedForward, afterFeedForward, false);
        }
    }

    /** The points of a layer, but for the layer itself. */
    public List<String> points() {
        return List.of(attention.out(), feedForward.out());
    }

    /** @param x {@code [rows, length, width]}, as is the result */
    public Tensor apply(Params layer, Tensor x, @Nullable Tensor mask, Rope.@Nullable Angles angles, Pass pass) {
        Tensor seen = normed(layer, norms.beforeAttention(), x);
        Tensor attended = attention.apply(layer, seen, mask, angles, dropout, pass);
        String after = norms.afterAttention();
        Tensor middle = norms.ofSums()
                ? normed(layer, after, x.add(residual.ofAttention(layer, attended, pass)))
                : x.add(residual.ofAttention(layer, normed(layer, after, attended), pass));
        Tensor read = parallel ? x : middle;
        Tensor fed =
                parallel && norms.beforeFeedForward() == null ? seen : normed(layer, norms.beforeFeedForward(), read);
        Tensor made = feedForward.apply(layer, fed, dropout, pass);
        String last = norms.afterFeedForward();
        return norms.ofSums()
                ? normed(layer, last, middle.add(residual.ofFeedForward(layer, made, pass)))
                : middle.add(residual.ofFeedForward(layer, normed(layer, last, made), pass));
    }

    private Tensor normed(Params layer, @Nullable String name, Tensor x) {
        return name == null ? x : norm.apply(layer, name, x);
    }

    /** {@code shapes} with those of the layer whose names begin with {@code layer}. */
    public Shapes shapes(Shapes shapes, String layer) {
        attention.shapes(shapes, layer, width);
        feedForward.shapes(shapes, layer, width);
        norm(shapes, layer, norms.beforeAttention());
        norm(shapes, layer, norms.afterAttention());
        norm(shapes, layer, norms.beforeFeedForward());
        norm(shapes, layer, norms.afterFeedForward());
        return residual.shapes(shapes, layer, width);
    }

    private void norm(Shapes shapes, String layer, @Nullable String name) {
        if (name != null) {
            norm.shapes(shapes, layer + name, width);
        }
    }
}
