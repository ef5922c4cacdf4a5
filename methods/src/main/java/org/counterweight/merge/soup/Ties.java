package org.counterweight.merge.soup;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.merge.Accumulation;
import org.counterweight.merge.Agreement;
import org.counterweight.weights.Combiner;
import org.counterweight.weights.WeightsException;

/**
 * TIES in memory: of each task vector the largest share {@code density} by magnitude is kept, the sign of each element is
 * elected by the sum of what is kept, and w = w_0 + λ · the mean of those that have it. The first tensor is w_0.
 *
 * <p>P. Yadav et al., "TIES-Merging: resolving interference when merging models", NeurIPS 2023. Files are merged by mergekit's
 * form of it, whose weights take part in the election.
 *
 * @param lambda 1 is the paper's choice without validation data
 * @param density 0.2 likewise
 */
public record Ties(double lambda, double density) implements Combiner {
    public Ties {
        if (!Double.isFinite(lambda)) {
            throw new ConfigException("ties.lambda", lambda, "a finite number; 1 is usual");
        }
        if (!(density > 0 && density <= 1)) {
            throw new ConfigException("ties.density", density, "a share in (0, 1]; 0.2 is usual");
        }
    }

    @Override
    public Tensor combine(String name, List<Tensor> tensors) {
        if (tensors.size() < 2) {
            throw new WeightsException(name + ": ties needs the base and at least one model");
        }
        Agreement.sameShapes(name, tensors);
        try (var scope = Scope.open()) {
            Tensor base = Accumulation.wide(tensors.get(0));
            Tensor[] kept = tensors.subList(1, tensors.size()).stream()
                    .map(model -> trimmed(Accumulation.wide(model).sub(base)))
                    .toArray(Tensor[]::new);
            Tensor all = torch.stack(new TensorVector(kept), 0); // [models, …]
            Tensor sign = sum(all, true, 0).sign();
            Tensor agrees = all.sign().mul(sign).gt(scalar(0));
            Tensor count = sum(agrees, false, 0).clamp_min(scalar(1));
            Tensor mean = sum(torch.where(agrees, all, scalar(0)), false, 0).div(count);
            return scope.keep(Accumulation.rounded(base.add(mean, scalar(lambda)), tensors.get(0)));
        }
    }

    /** Zero but for the largest by magnitude; of equals at the edge all stay. */
    private Tensor trimmed(Tensor delta) {
        long n = delta.numel();
        long drop = n - Math.max(1, Math.round(density * n));
        if (n == 0 || drop == 0) {
            return delta;
        }
        Tensor size = delta.abs();
        Tensor edge = new Tensor(torch.kthvalue(size.flatten(), drop + 1).get0());
        return torch.where(size.ge(edge), delta, scalar(0));
    }
}
