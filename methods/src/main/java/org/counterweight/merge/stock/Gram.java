package org.counterweight.merge.stock;

import static org.bytedeco.pytorch.global.torch.bmm;
import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.stack;
import static org.counterweight.engine.Tensors.slice;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * The inner products of the models' deltas from their anchor: everything {@link StockRatio} needs, in one pass over the
 * weights and k² numbers of memory a group. Products of parts add up to the product of the whole.
 */
public final class Gram {
    private static final long BLOCK = 1 << 20; // elements: k blocks of float64 stay near the cache

    private Gram() {}

    /**
     * ⟨w_i − w_0, w_j − w_0⟩.
     *
     * @param byRow whether each index of the first dimension is a group of its own; tensors of one dimension are one group
     * @return float64 {@code [groups, k, k]}
     */
    public static Tensor of(Tensor anchor, List<Tensor> models, boolean byRow) {
        long groups = byRow && anchor.dim() > 1 ? anchor.size(0) : 1;
        long width = groups == 0 ? 0 : anchor.numel() / groups;
        int k = models.size();
        try (var scope = Scope.open()) {
            Tensor base = anchor.reshape(groups, width);
            List<Tensor> flat =
                    models.stream().map(model -> model.reshape(groups, width)).toList();
            if (groups == 1) {
                Tensor sum = zeros(anchor, 1, k, k);
                for (long at = 0; at < width; at += BLOCK) {
                    sum = sum.add_(block(base, flat, 1, at, Math.min(width, at + BLOCK)));
                }
                return scope.keep(sum);
            }
            var parts = new ArrayList<Tensor>(List.of(zeros(anchor, 0, k, k)));
            long rows = Math.max(1, BLOCK / Math.max(1, width));
            for (long at = 0; at < groups; at += rows) {
                parts.add(block(base, flat, 0, at, Math.min(groups, at + rows)));
            }
            return scope.keep(cat(new TensorVector(parts.toArray(Tensor[]::new)), 0));
        }
    }

    private static Tensor zeros(Tensor beside, long... shape) {
        return Tensors.to(Tensors.zeros(shape).to(ScalarType.Double), beside.device());
    }

    private static Tensor block(Tensor base, List<Tensor> models, int dim, long from, long to) {
        try (var scope = Scope.open()) {
            Tensor anchor = slice(base, dim, from, to).to(ScalarType.Double);
            Tensor[] deltas = models.stream()
                    .map(model ->
                            slice(model, dim, from, to).to(ScalarType.Double).sub(anchor))
                    .toArray(Tensor[]::new);
            Tensor d = stack(new TensorVector(deltas), 1); // [groups, k, width]
            return scope.keep(bmm(d, d.transpose(1, 2)));
        }
    }
}
