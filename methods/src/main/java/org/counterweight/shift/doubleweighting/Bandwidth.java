package org.counterweight.shift.doubleweighting;

import static org.bytedeco.pytorch.global.torch.cdist;

import java.util.stream.LongStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Rules for σ, the width of the kernel exp(−‖x − x'‖² / (2σ²)), from the points of both tables, {@code [N, d]}. Neighbours are
 * those among all points; of more than {@value #ALL} points {@value #SOME}, evenly spaced, are asked for theirs.
 */
public enum Bandwidth {
    /** The mean distance to the 50th neighbour, a point being the first of its own; the official scripts' rule. */
    KNN50_INCLUSIVE {
        @Override
        public double of(Tensor x) {
            return meanNeighbour(x, 49);
        }
    },
    /** The mean distance to the 50th other point; MRCpy's rule. */
    KNN50_EXCLUSIVE {
        @Override
        public double of(Tensor x) {
            return meanNeighbour(x, 50);
        }
    },
    /** √(d v / 2), v being the variance of all entries. */
    SCALE {
        @Override
        public double of(Tensor x) {
            try (var scope = Scope.open()) {
                return Math.sqrt(x.size(1) * x.var(false).item_double() / 2);
            }
        }
    },
    /** √(d / 2). */
    SCALE2 {
        @Override
        public double of(Tensor x) {
            return Math.sqrt(x.size(1) / 2.0);
        }
    },
    /** The median distance of two points, of 2,000 evenly spaced rows where there are more. */
    MEDIAN {
        @Override
        public double of(Tensor x) {
            try (var scope = Scope.open()) {
                return torch.pdist(spaced(x, 2000)).median().item_double();
            }
        }
    };

    private static final long ALL = 20_000;
    private static final long SOME = 4_000;
    private static final long PAIRS = 1L << 23; // distances at a time, 64 MB
    private static final long EXACT = 2; // cdist through products would lose half of the digits of small distances

    /** σ; 0 where all points are one. */
    public abstract double of(Tensor x);

    /** The mean over the points of the distance that is at {@code place} (from 0) of the sorted ones. */
    private static double meanNeighbour(Tensor x, long place) {
        long n = x.size(0);
        long at = n < 50 ? Math.max(0, n - 2) : Math.min(place, n - 1); // MRCpy's rule for few points
        try (var scope = Scope.open()) {
            Tensor asked = n <= ALL ? x : spaced(x, SOME);
            long block = Math.max(1, PAIRS / n);
            double sum = 0;
            for (long from = 0; from < asked.size(0); from += block) {
                try (var part = Scope.open()) {
                    Tensor some = Tensors.slice(asked, 0, from, Math.min(asked.size(0), from + block));
                    Tensor distances = cdist(some, x, 2, new LongOptional(EXACT));
                    sum += distances.kthvalue(at + 1, 1, false).get0().sum().item_double();
                }
            }
            return sum / asked.size(0);
        }
    }

    /** At most this many rows, evenly spaced. */
    private static Tensor spaced(Tensor x, long most) {
        long rows = Math.min(x.size(0), most);
        Tensor places = Tensors.longs(
                LongStream.range(0, rows).map(i -> i * x.size(0) / rows).toArray());
        return x.index_select(0, places);
    }
}
