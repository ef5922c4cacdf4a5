package org.counterweight.model.part.layer;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.slice;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Shapes;

/** What a layer does with each token for itself. Names are relative to the layer. */
public sealed interface FeedForward permits FeedForward.Closed, Experts {
    /**
     * {@code [..., width]} to {@code [..., width]}.
     *
     * @param dropout of the result, before it is tapped
     */
    Tensor apply(Params layer, Tensor x, double dropout, Pass pass);

    /** {@code shapes} with those of a layer. */
    Shapes shapes(Shapes shapes, String layer, long width);

    /** The module that comes last, at which what the part gives is tapped. */
    String out();

    /** One that ends in a linear module. */
    sealed interface Closed extends FeedForward {
        /** What {@link #out} is given, {@code [..., intermediate]}. */
        Tensor inner(Params layer, Tensor x, Pass pass);

        @Override
        default Tensor apply(Params layer, Tensor x, double dropout, Pass pass) {
            Tensor inner = inner(layer, x, pass);
            return layer.tap(out(), inner, pass.dropout(as(layer.linear(out(), inner, pass), x), dropout), pass);
        }
    }

    /** out(f(in(x))). */
    record Plain(String in, String out, Activation activation, int intermediate, boolean biased) implements Closed {
        @Override
        public Tensor inner(Params layer, Tensor x, Pass pass) {
            return activation.apply(layer.product(in, x, pass));
        }

        @Override
        public Shapes shapes(Shapes shapes, String layer, long width) {
            return shapes.linear(layer + in, intermediate, width, biased)
                    .linear(layer + out, width, intermediate, biased);
        }
    }

    /** out(f(gate(x)) · up(x)). */
    record Gated(String gate, String up, String out, Activation activation, int intermediate, boolean biased)
            implements Closed {
        @Override
        public Tensor inner(Params layer, Tensor x, Pass pass) {
            Tensor in = layer.inTypeOf(List.of(gate, up), x);
            return activation.apply(layer.product(gate, in, pass)).mul(layer.product(up, in, pass));
        }

        @Override
        public Shapes shapes(Shapes shapes, String layer, long width) {
            return shapes.linear(layer + gate, intermediate, width, biased)
                    .linear(layer + up, intermediate, width, biased)
                    .linear(layer + out, width, intermediate, biased);
        }
    }

    /** The same with gate and up in one module, the activated half first. */
    record GatedTogether(String joined, String out, Activation activation, int intermediate, boolean biased)
            implements Closed {
        @Override
        public Tensor inner(Params layer, Tensor x, Pass pass) {
            Tensor both = layer.product(joined, x, pass);
            Tensor gate = slice(both, -1, 0, intermediate);
            Tensor up = slice(both, -1, intermediate, 2L * intermediate);
            return activation.apply(gate).mul(up);
        }

        @Override
        public Shapes shapes(Shapes shapes, String layer, long width) {
            return shapes.linear(layer + joined, 2L * intermediate, width, biased)
                    .linear(layer + out, width, intermediate, biased);
        }
    }

    /** Another one with dropout of what its last module is given. */
    record Dropping(Closed of, double inner) implements Closed {
        @Override
        public Tensor inner(Params layer, Tensor x, Pass pass) {
            return pass.dropout(of.inner(layer, x, pass), inner);
        }

        @Override
        public Shapes shapes(Shapes shapes, String layer, long width) {
            return of.shapes(shapes, layer, width);
        }

        @Override
        public String out() {
            return of.out();
        }
    }
}
