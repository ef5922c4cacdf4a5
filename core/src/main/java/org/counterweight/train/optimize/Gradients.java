package org.counterweight.train.optimize;

import static org.counterweight.engine.Tensors.scalar;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/** What is done to all gradients at once: measured, clipped, scaled, cleared. */
public final class Gradients {
    private Gradients() {}

    /** The gradients that are there. */
    private static List<Tensor> of(Collection<Tensor> parameters) {
        var gradients = new ArrayList<Tensor>();
        for (Tensor parameter : parameters) {
            Tensor gradient = parameter.grad();
            if (gradient.defined()) {
                gradients.add(gradient);
            }
        }
        return gradients;
    }

    /** The Euclidean norm of all gradients taken as one vector. */
    public static double norm(Collection<Tensor> parameters) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return norm(of(parameters));
        }
    }

    private static double norm(List<Tensor> gradients) {
        if (gradients.isEmpty()) {
            return 0;
        }
        Tensor[] norms = new Tensor[gradients.size()];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = gradients.get(i).norm();
        }
        return torch.stack(new TensorVector(norms)).norm().item_double();
    }

    /**
     * Scales all gradients by min(1, limit / (norm + 1e-6)), as {@code torch.nn.utils.clip_grad_norm_}.
     *
     * @param limit positive; infinite to measure only
     * @return the norm before
     */
    public static double clip(Collection<Tensor> parameters, double limit) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            List<Tensor> gradients = of(parameters);
            double norm = norm(gradients);
            double factor = limit / (norm + 1e-6);
            if (factor < 1) {
                gradients.forEach(gradient -> gradient.mul_(scalar(factor)));
            }
            return norm;
        }
    }

    /** Multiplies every gradient. */
    public static void scale(Collection<Tensor> parameters, double factor) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            of(parameters).forEach(gradient -> gradient.mul_(scalar(factor)));
        }
    }

    /** Frees every gradient, so that the next backward pass starts anew and a forward pass has the memory. */
    public static void clear(Collection<Tensor> parameters) {
        try (var scope = Scope.open()) {
            for (Tensor parameter : parameters) {
                parameter.mutable_grad().reset();
            }
        }
    }
}
