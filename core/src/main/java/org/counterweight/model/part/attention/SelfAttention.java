package org.counterweight.model.part.attention;

import static org.counterweight.engine.Tensors.as;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * The attention of a layer, with all its choices. Names are relative to the layer.
 *
 * @param keyValueHeads a divisor of {@code heads}
 * @param headSize components of one head; {@code heads · headSize} need not be the width
 * @param out the module that joins the heads
 * @param biased whether query, key and value have biases
 * @param outBiased whether {@code out} has one
 * @param norms of query and key; null for none
 */
public record SelfAttention(
        int heads,
        int keyValueHeads,
        int headSize,
        Projection projection,
        String out,
        boolean biased,
        boolean outBiased,
        @Nullable QueryKeyNorms norms,
        ScaledDotProduct attention) {

    /**
     * Norms of queries and keys before positions turn them.
     *
     * @param whole whether all heads together are normed, or each for itself
     */
    public record QueryKeyNorms(String query, String key, Norm norm, boolean whole) {}

    public SelfAttention {
        if (heads % keyValueHeads != 0) {
            throw new ConfigException(
                    "num_key_value_heads", keyValueHeads, "a divisor of num_attention_heads, " + heads);
        }
    }

    /** The module that attends, relative to the layer. */
    public String name() {
        return out.substring(0, out.lastIndexOf('.'));
    }

    /** Whether a query sees only keys up to itself. */
    public boolean causal() {
        return attention.causal();
    }

    /** The width of all queries. */
    public long queryWidth() {
        return (long) heads * headSize;
    }

    /** The width of all keys, and of all values. */
    public long keyWidth() {
        return (long) keyValueHeads * headSize;
    }

    /**
     * @param x {@code [rows, length, width]}
     * @param mask added to the scores, or null
     * @param angles by which positions turn queries and keys; null where positions say nothing
     * @param outDropout of the result, before it is tapped
     * @return {@code [rows, length, width]}
     */
    public Tensor apply(
            Params layer, Tensor x, @Nullable Tensor mask, Rope.@Nullable Angles angles, double outDropout, Pass pass) {
        Projection.Projected made = projection.apply(layer, x, this, pass);
        Tensor query = turned(heads(layer, made.query(), true), angles, made.query());
        Params here = layer.at(name());
        Tensor key = Attention.keys(here, turned(heads(layer, made.key(), false), angles, made.key()), pass);
        Tensor value = Attention.values(here, Attention.split(made.value(), keyValueHeads), pass);
        query = as(query, key); // what was read before may be kept in float32
        long group = heads / keyValueHeads;
        Tensor context = Attention.join(
                attention.of(query, Attention.repeated(key, group), Attention.repeated(value, group), mask, pass));
        Tensor attended = pass.dropout(as(layer.linear(out, context, pass), x), outDropout);
        return layer.tap(out, context, attended, pass);
    }

    private Tensor heads(Params layer, Tensor x, boolean isQuery) {
        long count = isQuery ? heads : keyValueHeads;
        if (norms == null) {
            return Attention.split(x, count);
        }
        String name = isQuery ? norms.query() : norms.key();
        Tensor wide = isHalf(x) ? x.to(ScalarType.Float) : x; // as every norm is taken
        return norms.whole()
                ? Attention.split(norms.norm().apply(layer, name, wide), count)
                : norms.norm().apply(layer, name, Attention.split(wide, count));
    }

    /** Turned in float32, and rounded to the type that attention multiplies in. */
    private static Tensor turned(Tensor x, Rope.@Nullable Angles angles, Tensor like) {
        return as(angles == null ? x : angles.turn(x), like);
    }

    private static boolean isHalf(Tensor x) {
        return x.scalar_type().intern() == ScalarType.BFloat16;
    }

    /** {@code shapes} with those of a layer. */
    public Shapes shapes(Shapes shapes, String layer, long width) {
        projection.shapes(shapes, layer, width, this).linear(layer + out, width, queryWidth(), outBiased);
        if (norms != null) {
            norms.norm().shapes(shapes, layer + norms.query(), norms.whole() ? queryWidth() : headSize);
            norms.norm().shapes(shapes, layer + norms.key(), norms.whole() ? keyWidth() : headSize);
        }
        return shapes;
    }
}
