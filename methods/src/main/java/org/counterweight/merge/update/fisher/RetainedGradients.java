package org.counterweight.merge.update.fisher;

import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Gradients of several losses through one graph, without a graph of their own. */
final class RetainedGradients {
    private RetainedGradients() {}

    /** One a tensor; zeros where {@code loss} does not depend on it. */
    static Tensor[] of(Tensor loss, boolean retain, Tensor... wanted) {
        TensorVector found = torch.grad(
                new TensorVector(loss),
                new TensorVector(wanted),
                new TensorVector(),
                new BoolOptional(retain),
                false,
                true);
        Tensor[] gradients = new Tensor[wanted.length];
        for (int i = 0; i < gradients.length; i++) {
            Tensor gradient = new Tensor(found.get(i)); // the vector's own element is a view that dangles
            gradients[i] = gradient.defined() ? gradient : torch.zeros_like(wanted[i]);
        }
        return gradients;
    }
}
