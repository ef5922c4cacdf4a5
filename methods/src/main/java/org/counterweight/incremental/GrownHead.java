package org.counterweight.incremental;

import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.slice;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;

/** A head for more classes: the first rows are those of the old one, the others fresh. */
public final class GrownHead {
    private GrownHead() {}

    /**
     * The old rows in a fresh head; new tensors in the open scope.
     *
     * @param fresh of the full size, {@code [C, D]}
     * @param reinitialize take all rows fresh, as the authors' code does
     * @throws ConfigException if the heads do not fit each other
     */
    public static LinearHead of(LinearHead old, LinearHead fresh, boolean reinitialize) {
        LinearHead grown = fresh.copy();
        long known = old.weight().size(0);
        if (old.weight().size(1) != fresh.weight().size(1)
                || known > fresh.weight().size(0)) {
            throw new ConfigException("a head of " + known + " classes and "
                    + old.weight().size(1)
                    + " features does not grow to one of " + fresh.weight().size(0) + " classes and "
                    + fresh.weight().size(1) + " features; take a model of the same width");
        }
        if (reinitialize) {
            return grown;
        }
        try (var off = Tensors.noGrad()) {
            slice(grown.weight(), 0, 0, known).copy_(old.weight());
            Tensor into = grown.bias();
            Tensor from = old.bias();
            if (into != null && from != null) {
                slice(into, 0, 0, known).copy_(from);
            }
        }
        return grown;
    }

    /** Fresh rows as PyCIL draws them: uniform in ±√(3 / D) (K. He et al., ICCV 2015, with gain 1), biases 0; float32. */
    public static LinearHead fresh(long classes, long features, boolean withBias, Generator random) {
        double bound = Math.sqrt(3.0 / features);
        Tensor weight = torch.zeros(new long[] {classes, features}, options(ScalarType.Float))
                .uniform_(-bound, bound, Tensors.optional(random));
        return new LinearHead(weight, withBias ? Tensors.zeros(classes) : null);
    }
}
