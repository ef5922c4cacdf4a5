package org.counterweight.distill.baseline;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.cluster.KMeans;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * AST's start of the synthetic images: the real ones nearest to the centres of a class. With fewer than ten images a class there
 * are as many centres as images, where the official code has ten and so chooses none.
 */
public final class Representatives {
    private static final int MOST_CLUSTERS = 10;
    private static final int ROUNDS = 300;

    private Representatives() {}

    /**
     * The images of one class.
     *
     * @param name of the class, for the error
     * @param features {@code [n, width]}, what a trained expert says about the class: its logits, officially
     * @param count how many images, at least 1
     * @return indices of different samples, centre by centre
     * @throws IllegalArgumentException if the class has fewer samples
     */
    public static long[] choose(String name, Tensor features, int count, Seed seed) {
        if (count < 1 || features.size(0) < count) {
            throw new IllegalArgumentException("class " + name + " has " + features.size(0) + " real images, and "
                    + count + " are to be chosen; lower ipc or begin with noise");
        }
        int clusters = Math.min(count, MOST_CLUSTERS);
        try (var scope = Scope.open()) {
            KMeans found = KMeans.of(features, clusters, ROUNDS, seed);
            return nearest(features, found.centers(), shares(found.labels(), clusters, count));
        }
    }

    /** How many samples each centre gives: as many, and one more those with the most points, ties to the lower index. */
    static int[] shares(Tensor labels, int clusters, int count) {
        int[] sizes = new int[clusters];
        for (long label : Tensors.toLongs(labels)) {
            sizes[(int) label]++;
        }
        int[] shares = new int[clusters];
        Arrays.fill(shares, count / clusters);
        IntStream.range(0, clusters)
                .boxed()
                .sorted(Comparator.comparingInt(c -> -sizes[c]))
                .limit(count % clusters)
                .forEach(c -> shares[c]++);
        return shares;
    }

    /**
     * Of each centre in turn the nearest samples that none before it has taken, whichever cluster they are in; ties to the lower
     * index.
     *
     * @param features {@code [n, width]}
     * @param centers {@code [k, width]}
     * @param shares how many of each centre; together at most n
     */
    public static long[] nearest(Tensor features, Tensor centers, int[] shares) {
        int count = Arrays.stream(shares).sum();
        if (count > features.size(0)) {
            throw new IllegalArgumentException(count + " different samples out of " + features.size(0));
        }
        long[] chosen = new long[count];
        int size = 0;
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor order = KMeans.distances(features, centers).argsort(true, 1, false); // stable: [k, n]
            var taken = new BitSet();
            for (int c = 0; c < shares.length; c++) {
                int left = shares[c];
                long[] ranked = Tensors.toLongs(order.select(0, c));
                for (int i = 0; left > 0; i++) {
                    int sample = (int) ranked[i];
                    if (!taken.get(sample)) {
                        taken.set(sample);
                        chosen[size++] = sample;
                        left--;
                    }
                }
            }
        }
        return chosen;
    }
}
