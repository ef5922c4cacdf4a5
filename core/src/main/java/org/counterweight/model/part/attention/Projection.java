package org.counterweight.model.part.attention;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.slice;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Shapes;

/** Which linear modules make queries, keys and values, and in which order a joined one lays them out. */
public sealed interface Projection {
    /**
     * Queries {@code [rows, length, heads · size]}, and keys and values {@code [rows, length, keyValueHeads · size]}; all of one
     * type, bf16 where the modules multiply in it.
     */
    record Projected(Tensor query, Tensor key, Tensor value) {}

    Projected apply(Params layer, Tensor x, SelfAttention sizes, Pass pass);

    Shapes shapes(Shapes shapes, String layer, long width, SelfAttention sizes);

    /** One module each. */
    record Separate(String query, String key, String value) implements Projection {
        @Override
        public Projected apply(Params layer, Tensor x, SelfAttention sizes, Pass pass) {
            Tensor in = layer.inTypeOf(List.of(query, key, value), x);
            Tensor made = layer.product(query, in, pass);
            // in one type, though one of the three may be trained, and multiplied in float32, beside frozen ones in
            // bf16
            return new Projected(
                    made, as(layer.product(key, in, pass), made), as(layer.product(value, in, pass), made));
        }

        @Override
        public Shapes shapes(Shapes shapes, String layer, long width, SelfAttention sizes) {
            return shapes.linear(layer + query, sizes.queryWidth(), width, sizes.biased())
                    .linear(layer + key, sizes.keyWidth(), width, sizes.biased())
                    .linear(layer + value, sizes.keyWidth(), width, sizes.biased());
        }
    }

    /** One module: all queries, then all keys, then all values. */
    record Blocks(String module) implements Projection {
        @Override
        public Projected apply(Params layer, Tensor x, SelfAttention sizes, Pass pass) {
            Tensor joined = layer.product(module, x, pass);
            long keys = sizes.queryWidth();
            long values = keys + sizes.keyWidth();
            return new Projected(
                    slice(joined, -1, 0, keys),
                    slice(joined, -1, keys, values),
                    slice(joined, -1, values, values + sizes.keyWidth()));
        }

        @Override
        public Shapes shapes(Shapes shapes, String layer, long width, SelfAttention sizes) {
            return shapes.linear(layer + module, sizes.queryWidth() + 2 * sizes.keyWidth(), width, sizes.biased());
        }
    }

    /** One module: of each head its query, its key and its value. There are as many keys as queries. */
    record ByHead(String module) implements Projection {
        @Override
        public Projected apply(Params layer, Tensor x, SelfAttention sizes, Pass pass) {
            Tensor joined = layer.product(module, x, pass);
            Tensor byHead = joined.view(joined.size(0), joined.size(1), sizes.heads(), 3, sizes.headSize());
            return new Projected(part(byHead, 0), part(byHead, 1), part(byHead, 2));
        }

        private static Tensor part(Tensor byHead, int which) {
            return byHead.select(3, which).flatten(2, 3);
        }

        @Override
        public Shapes shapes(Shapes shapes, String layer, long width, SelfAttention sizes) {
            return shapes.linear(layer + module, 3 * sizes.queryWidth(), width, sizes.biased());
        }
    }
}
