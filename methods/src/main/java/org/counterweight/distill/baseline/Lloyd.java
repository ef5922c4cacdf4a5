package org.counterweight.distill.baseline;

import java.util.SplittableRandom;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * k-means by Lloyd's algorithm.
 *
 * @param centers {@code [k, width]}
 * @param labels the nearest centre of each point, {@code int64 [n]}
 */
public record Lloyd(Tensor centers, Tensor labels) {
    /**
     * From given centres until no point changes its centre. A centre that no point is nearest to stays where it is.
     *
     * @param points {@code [n, width]}
     * @param start {@code [k, width]}
     * @param rounds at most so many
     */
    public static Lloyd from(Tensor points, Tensor start, int rounds) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor centers = start;
            Tensor labels = nearest(points, centers);
            for (int round = 0; round < rounds; round++) {
                centers = means(points, labels, centers);
                Tensor moved = nearest(points, centers);
                if (moved.equal(labels)) {
                    break;
                }
                labels = moved;
            }
            return new Lloyd(scope.keep(centers), scope.keep(labels));
        }
    }

    /** From k points, each drawn by its squared distance to those before: k-means++. */
    public static Lloyd of(Tensor points, int k, int rounds, Seed seed) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            SplittableRandom random = seed.random();
            int n = Math.toIntExact(points.size(0));
            var starts = new TensorVector();
            Tensor next = points.select(0, random.nextInt(n));
            starts.push_back(next);
            Tensor nearest = squares(points, next);
            for (int c = 1; c < k; c++) {
                Tensor cumulative = nearest.cumsum(0);
                double at = random.nextDouble() * cumulative.select(0, n - 1L).item_double();
                long place =
                        Math.min(n - 1L, cumulative.le(Tensors.scalar(at)).sum().item_long());
                next = points.select(0, place);
                starts.push_back(next);
                nearest = torch.minimum(nearest, squares(points, next));
            }
            Lloyd found = from(points, torch.stack(starts, 0), rounds);
            return new Lloyd(scope.keep(found.centers()), scope.keep(found.labels()));
        }
    }

    private static Tensor means(Tensor points, Tensor labels, Tensor before) {
        Tensor member = Tensors.as(torch.one_hot(labels, before.size(0)), points); // [n, k]
        Tensor count = Tensors.sum(member, false, 0).unsqueeze(1); // [k, 1]
        Tensor means = torch.matmul(member.t(), points).div(count.clamp_min(Tensors.scalar(1)));
        return torch.where(count.gt(Tensors.scalar(0)), means, before);
    }

    private static Tensor nearest(Tensor points, Tensor centers) {
        return distances(points, centers).argmin(new LongOptional(0), false);
    }

    /** ‖center − point‖², {@code [k, n]}. */
    static Tensor distances(Tensor points, Tensor centers) {
        var rows = new TensorVector();
        for (long c = 0; c < centers.size(0); c++) {
            rows.push_back(squares(points, centers.select(0, c)));
        }
        return torch.stack(rows, 0);
    }

    private static Tensor squares(Tensor points, Tensor center) {
        return Tensors.sum(points.sub(center).square(), false, 1);
    }
}
