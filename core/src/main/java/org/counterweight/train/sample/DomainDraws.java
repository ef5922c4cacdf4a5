package org.counterweight.train.sample;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Seed;

/** Draws a domain by its weight, then the next of its rows; remembers nothing between epochs. */
final class DomainDraws implements Sampler {
    private final Dataset data;
    private final Batching batching;
    private final Seed seed;
    private final double[] upTo;
    private final int[][] rowsOf;

    /** @param domains of each row */
    DomainDraws(Dataset data, Batching batching, Seed seed, double[] weights, int... domains) {
        this.data = data;
        this.batching = batching;
        this.seed = seed;
        this.upTo = weights.clone();
        Arrays.parallelPrefix(upTo, Double::sum);
        this.rowsOf = rowsOf(weights.length, domains);
    }

    private static int[][] rowsOf(int count, int... domains) {
        int[] sizes = new int[count];
        for (int domain : domains) {
            sizes[domain]++;
        }
        int[][] rows = IntStream.of(sizes).mapToObj(int[]::new).toArray(int[][]::new);
        for (int row = domains.length - 1; row >= 0; row--) {
            rows[domains[row]][--sizes[domains[row]]] = row;
        }
        return rows;
    }

    @Override
    public int batches() {
        return batching.batches(data);
    }

    @Override
    public List<int[]> epoch(int epoch) {
        Seed own = seed.child(epoch);
        SplittableRandom random = own.random();
        int[] taken = new int[rowsOf.length];
        int[][] orders = new int[rowsOf.length][];
        int[] rows = new int[data.size()];
        for (int i = 0; i < rows.length; i++) {
            int domain = drawn(random);
            int[] of = rowsOf[domain];
            int place = taken[domain]++ % of.length;
            if (place == 0) {
                orders[domain] =
                        own.child(domain).child(taken[domain] / of.length).permutation(of.length);
            }
            rows[i] = of[orders[domain][place]];
        }
        return batching.grouped(data, rows, own);
    }

    private int drawn(SplittableRandom random) {
        double at = random.nextDouble() * upTo[upTo.length - 1];
        int found = 0;
        while (upTo[found] <= at) {
            found++;
        }
        return found;
    }
}
