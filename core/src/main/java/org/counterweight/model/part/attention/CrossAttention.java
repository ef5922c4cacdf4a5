package org.counterweight.model.part.attention;

import static org.counterweight.engine.Tensors.as;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Past;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * Attention of an answer's tokens to the states of the text that is answered. Names are relative to the layer.
 *
 * @param headSize components of one head; {@code heads · headSize} need not be the width
 * @param out the module that joins the heads
 */
public record CrossAttention(
        int heads, int headSize, Projection.Separate projection, String out, ScaledDotProduct attention) {

    /**
     * @param x {@code [rows, length, width]}
     * @param memory the text's states, {@code [rows, text, width]}; not asked for again in later passes of one past
     * @param mask added to the scores, {@code [rows, 1, 1, text]}, or null
     * @param outDropout of the result, before it is tapped
     * @return {@code [rows, length, width]}
     */
    public Tensor apply(Params layer, Tensor x, Tensor memory, @Nullable Tensor mask, double outDropout, Pass pass) {
        Tensor query = Attention.split(layer.linear(projection.query(), x, pass), heads);
        Tensor key = remembered(layer, projection.key(), memory, pass);
        Tensor value = remembered(layer, projection.value(), memory, pass);
        Tensor context = Attention.join(attention.of(query, key, value, mask, pass));
        Tensor attended = pass.dropout(as(layer.linear(out, context, pass), x), outDropout);
        return layer.tap(out, context, attended, pass);
    }

    private Tensor remembered(Params layer, String module, Tensor memory, Pass pass) {
        Past past = pass.past();
        return past == null
                ? made(layer, module, memory, pass)
                : past.once(layer.path(module), () -> made(layer, module, memory, pass));
    }

    private Tensor made(Params layer, String module, Tensor memory, Pass pass) {
        return Attention.split(layer.linear(module, memory, pass), heads);
    }

    /** {@code shapes} with those of a layer. */
    public Shapes shapes(Shapes shapes, String layer, long width) {
        long all = (long) heads * headSize;
        return shapes.linear(layer + projection.query(), all, width, false)
                .linear(layer + projection.key(), all, width, false)
                .linear(layer + projection.value(), all, width, false)
                .linear(layer + out, width, all, false);
    }
}
