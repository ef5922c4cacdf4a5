package org.counterweight.guide.rule;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;

/**
 * Guidance from the unconditional prediction's part along the direction that both predictions share: M. Kwon et al., "TCFG:
 * Tangential Damping Classifier-free Guidance", CVPR 2025. The direction is the first right singular vector of the two as
 * rows, found from their 2 x 2 products: a decomposition of the long rows would give the same, slower.
 */
public record Tangential(Convention convention, double rescale) implements Guider {
    public Tangential {
        ClassifierFree.checkRescale(rescale);
    }

    @Override
    public Tensor combine(Tensor cond, Tensor uncond, double weight, int step) {
        return Predictions.wide(cond, uncond, (c, u) -> {
            if (convention.leavesConditional(weight)) {
                return c;
            }
            Tensor damped = shared(c, u).view_as(u).to(u.scalar_type());
            return Predictions.rescaled(Predictions.extrapolate(c, damped, weight, convention), c, rescale);
        });
    }

    /** Each row's {@code u v v^T}, v the first right singular vector of [c; u]. */
    private static Tensor shared(Tensor c, Tensor u) {
        Tensor pair = torch.stack(new TensorVector(c.flatten(1, -1), u.flatten(1, -1)), 1)
                .to(torch.ScalarType.Double);
        Tensor products = torch.matmul(pair, pair.transpose(1, 2));
        Tensor vectors = new Tensor(torch.linalg_eigh(products).get1()); // ascending: the last is the greatest
        Tensor left = Tensors.slice(vectors, 2, 1, 2);
        Tensor along = torch.matmul(left.transpose(1, 2), pair); // sigma v^T, [rows, 1, width]
        Tensor size = Tensors.sum(along.mul(along), true, 2);
        Tensor second = Tensors.slice(pair, 1, 1, 2);
        Tensor share = Tensors.sum(second.mul(along), true, 2).div(size.clamp_min(Tensors.scalar(1e-300)));
        return along.mul(share);
    }
}
