package org.counterweight.incremental;

import static org.bytedeco.pytorch.global.torch.matmul;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * Which rows of a class are kept, the most telling first: those whose mean stays near the mean of all. The first q' of q
 * picks are the picks for q', so that a smaller memory keeps a beginning of the list.
 *
 * <p>S.-A. Rebuffi et al., "iCaRL: Incremental Classifier and Representation Learning", CVPR 2017, algorithm 4.
 */
public enum Herding {
    /** The j-th pick minimises ||μ − (S + V_i) / j||, S the sum of those before: PyCIL's ({@link GreedyMean}). */
    MEAN_GREEDY {
        @Override
        int[] ranked(Tensor v, int picks, Seed seed) {
            return Arrays.stream(GreedyMean.choose(v, picks)).mapToInt(Math::toIntExact).toArray();
        }
    },
    /** The row nearest in direction to what is still missing of the mean, iCaRL's code: w ← w + μ − V_i. */
    RESIDUAL {
        @Override
        int[] ranked(Tensor v, int picks, Seed seed) {
            Tensor mu = Tensors.mean(v, false, 0);
            Tensor missing = mu.clone();
            Set<Integer> rows = new LinkedHashSet<>();
            for (int round = 0; round < ROUNDS * picks && rows.size() < picks; round++) {
                try (var scope = Scope.open()) {
                    long row = matmul(v, missing).argmax().item_long();
                    missing.add_(mu).sub_(v.select(0, row));
                    rows.add(Math.toIntExact(row));
                }
            }
            long[] nearest = Tensors.toLongs(matmul(v, mu).argsort(true, 0, true));
            Arrays.stream(nearest).takeWhile(row -> rows.size() < picks).forEach(row -> rows.add((int) row));
            return rows.stream().mapToInt(Integer::intValue).toArray();
        }
    },
    /** Any rows, for comparison. */
    RANDOM {
        @Override
        int[] ranked(Tensor v, int picks, Seed seed) {
            return Arrays.copyOf(seed.permutation(Math.toIntExact(v.size(0))), picks);
        }
    };

    /** What keeps a vector of zeros from being divided by its length. */
    public static final double EPS = 1e-8;

    private static final int ROUNDS = 10; // for each pick: a direction can come again and again

    abstract int[] ranked(Tensor v, int picks, Seed seed);

    /**
     * Picks rows of one class.
     *
     * @param features of that class's rows, {@code [n, D]}, in evaluation
     * @param most how many are wanted; all where there are fewer
     * @param seed of random picks
     * @return their numbers, best first
     */
    public int[] pick(Tensor features, int most, Seed seed, double eps) {
        int picks = Math.toIntExact(Math.min(most, features.size(0)));
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return ranked(NearestMean.normalized(features, eps), picks, seed);
        }
    }
}
