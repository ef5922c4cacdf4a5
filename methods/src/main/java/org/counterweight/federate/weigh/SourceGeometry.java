package org.counterweight.federate.weigh;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.client.Updates;

/**
 * How a source lies to the target's mean update, in float64.
 *
 * @param length ‖g‖²
 * @param apart ‖ḡ − g‖²
 * @param across ‖ḡ − ⟨ḡ, u⟩ u‖², u = g / ‖g‖; ‖ḡ‖² of a source of zeros
 */
record SourceGeometry(double length, double apart, double across) {
    /** @param middle ḡ, {@code [m]} in float64 */
    static SourceGeometry of(Tensor middle, Tensor source) {
        Tensor g = source.detach().reshape(-1).to(ScalarType.Double);
        double length = Updates.dot(g, g);
        Tensor difference = middle.sub(g);
        Tensor rest = Tensors.add(middle, g, length == 0 ? 0 : -Updates.dot(middle, g) / length);
        return new SourceGeometry(length, Updates.dot(difference, difference), Updates.dot(rest, rest));
    }
}
