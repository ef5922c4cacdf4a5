package org.counterweight.merge.dynamic;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;

/**
 * Lloyd's algorithm from k-means++ starts: where the mixtures begin. Points are sorted by their first coordinate before a
 * start is drawn, so that the clusters do not depend on the order of the samples.
 */
final class KMeans {
    private static final int ROUNDS = 100;

    private KMeans() {}

    /**
     * The cluster of each point.
     *
     * @param points float64 {@code [N, width]}, at least k of them different
     * @return {@code int64 [N]}
     */
    static Tensor labels(Tensor points, int k, Seed seed) {
        try (var scope = Scope.open()) {
            Tensor order = points.select(1, 0).argsort();
            Tensor labels = ofSorted(points.index_select(0, order), k, seed);
            return scope.keep(torch.zeros_like(labels).index_copy_(0, order, labels));
        }
    }

    private static Tensor ofSorted(Tensor points, int k, Seed seed) {
        try (var scope = Scope.open()) {
            Tensor centres = start(points, k, seed);
            for (int round = 0; round < ROUNDS; round++) {
                Tensor moved = moved(points, centres);
                if (moved.equal(centres)) {
                    break;
                }
                centres = moved;
            }
            return scope.keep(nearest(points, centres));
        }
    }

    /** The mean of the points that are nearest to each centre; a centre without any stays. */
    private static Tensor moved(Tensor points, Tensor centres) {
        try (var scope = Scope.open()) {
            Tensor member =
                    torch.one_hot(nearest(points, centres), centres.size(0)).to(ScalarType.Double); // [N, k]
            Tensor count = sum(member, false, 0).unsqueeze(1); // [k, 1]
            Tensor means = torch.matmul(member.t(), points).div(count.clamp_min(scalar(1)));
            return scope.keep(torch.where(count.gt(scalar(0)), means, centres));
        }
    }

    /** Each next centre is a point, drawn with its squared distance to the nearest centre so far. */
    private static Tensor start(Tensor points, int k, Seed seed) {
        var random = seed.random();
        long n = points.size(0);
        try (var scope = Scope.open()) {
            Tensor centres = points.select(0, random.nextInt((int) n)).unsqueeze(0);
            Tensor distance = squares(points, centres).squeeze(1); // [N]
            for (int c = 1; c < k; c++) {
                try (var inner = Scope.open()) {
                    Tensor cumulative = distance.cumsum(0);
                    double at =
                            random.nextDouble() * cumulative.select(0, n - 1).item_double();
                    long chosen =
                            Math.min(n - 1, cumulative.le(scalar(at)).sum().item_long());
                    Tensor next = points.select(0, chosen).unsqueeze(0);
                    torch.minimum_out(distance, distance, squares(points, next).squeeze(1));
                    centres = inner.keep(torch.cat(new TensorVector(centres, next), 0));
                }
            }
            return scope.keep(centres);
        }
    }

    private static Tensor nearest(Tensor points, Tensor centres) {
        return squares(points, centres).argmin(new LongOptional(1), false);
    }

    private static Tensor squares(Tensor points, Tensor centres) {
        return sum(points.unsqueeze(1).sub(centres.unsqueeze(0)).square(), false, 2); // [N, k]
    }
}
