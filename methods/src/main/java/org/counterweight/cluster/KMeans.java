package org.counterweight.cluster;

import java.util.SplittableRandom;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * k-means by Lloyd's algorithm: S. Lloyd, "Least squares quantization in PCM", IEEE Transactions on Information Theory 1982.
 *
 * @param centers {@code [k, width]}
 * @param labels the nearest centre of each point, {@code int64 [n]}
 */
public record KMeans(Tensor centers, Tensor labels) {
    /**
     * From given centres until no point changes its centre. A centre that no point is nearest to stays where it is.
     *
     * @param points {@code [n, width]}
     * @param start {@code [k, width]}
     * @param rounds at most this many
     */
    public static KMeans from(Tensor points, Tensor start, int rounds) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor centers = start;
            Tensor labels = nearest(points, centers);
            for (int round = 0; round < rounds; round++) {
                try (var inner = Scope.open()) {
                    centers = inner.keep(means(points, labels, centers));
                    Tensor moved = nearest(points, centers);
                    if (moved.equal(labels)) {
                        break;
                    }
                    labels = inner.keep(moved);
                }
            }
            return new KMeans(scope.keep(centers), scope.keep(labels));
        }
    }

    /**
     * From k points, each drawn by its squared distance to those before: D. Arthur and S. Vassilvitskii, "k-means++: The
     * Advantages of Careful Seeding", SODA 2007.
     */
    public static KMeans of(Tensor points, int k, int rounds, Seed seed) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            KMeans found = from(points, start(points, k, seed.random()), rounds);
            return new KMeans(scope.keep(found.centers()), scope.keep(found.labels()));
        }
    }

    /**
     * The same whatever the order of the points: they are sorted by their first coordinate before a start is drawn.
     *
     * @return the labels alone, in the order of {@code points}
     */
    public static Tensor labelsOfSorted(Tensor points, int k, int rounds, Seed seed) {
        try (var scope = Scope.open()) {
            Tensor order = points.select(1, 0).argsort();
            Tensor labels = of(points.index_select(0, order), k, rounds, seed).labels();
            return scope.keep(torch.zeros_like(labels).index_copy_(0, order, labels));
        }
    }

    private static Tensor start(Tensor points, int k, SplittableRandom random) {
        long n = points.size(0);
        Tensor next = points.select(0, random.nextInt(Math.toIntExact(n)));
        var starts = new TensorVector();
        starts.push_back(next);
        Tensor nearest = squares(points, next);
        for (int c = 1; c < k; c++) {
            try (var scope = Scope.open()) {
                Tensor cumulative = nearest.cumsum(0);
                double at = random.nextDouble() * cumulative.select(0, n - 1).item_double();
                long place =
                        Math.min(n - 1, cumulative.le(Tensors.scalar(at)).sum().item_long());
                Tensor chosen = points.select(0, place);
                starts.push_back(chosen);
                torch.minimum_out(nearest, nearest, squares(points, chosen));
            }
        }
        return torch.stack(starts, 0);
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
    public static Tensor distances(Tensor points, Tensor centers) {
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
