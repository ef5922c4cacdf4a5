package org.counterweight.model.part.layer;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Shapes;
import org.counterweight.model.part.attention.CrossAttention;
import org.counterweight.model.part.attention.SelfAttention;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a transformer that answers a text: attention to the answer so far, attention to the text, and a feed-forward
 * part, each behind a norm and added to the state.
 *
 * @param norms the names of the norms before attention, attention to the text, and feed-forward part
 * @param dropout of what each part adds
 */
public record AnsweringLayer(
        int width,
        SelfAttention attention,
        CrossAttention across,
        FeedForward feedForward,
        Norm norm,
        List<String> norms,
        double dropout) {

    public AnsweringLayer {
        norms = List.copyOf(norms);
    }

    /** The points of a layer, but for the layer itself. */
    public List<String> points() {
        return List.of(attention.out(), across.out(), feedForward.out());
    }

    /**
     * @param x {@code [rows, length, width]}, as is the result
     * @param memory the text's states, {@code [rows, text, width]}
     * @param mask added to the scores of the answer's tokens
     * @param memoryMask added to those of the text's; null for nothing
     */
    public Tensor apply(Params layer, Tensor x, Tensor memory, Tensor mask, @Nullable Tensor memoryMask, Pass pass) {
        Tensor own = x.add(attention.apply(layer, normed(layer, 0, x), mask, null, dropout, pass));
        Tensor read = own.add(across.apply(layer, normed(layer, 1, own), memory, memoryMask, dropout, pass));
        return read.add(feedForward.apply(layer, normed(layer, 2, read), dropout, pass));
    }

    private Tensor normed(Params layer, int which, Tensor x) {
        return norm.apply(layer, norms.get(which), x);
    }

    /** {@code shapes} with those of the layer whose names begin with {@code layer}. */
    public Shapes shapes(Shapes shapes, String layer) {
        attention.shapes(shapes, layer, width);
        across.shapes(shapes, layer, width);
        feedForward.shapes(shapes, layer, width);
        norms.forEach(name -> norm.shapes(shapes, layer + name, width));
        return shapes;
    }
}
