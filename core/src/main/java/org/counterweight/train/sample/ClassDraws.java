package org.counterweight.train.sample;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.counterweight.data.Batching;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Seed;

/** Draws a class, then one of its rows; remembers nothing. */
final class ClassDraws implements Sampler {
    private final LabelledDataset data;
    private final Batching batching;
    private final Seed seed;
    private final int[][] rowsOf;
    private final double[] upTo;

    /** @param power of a class's number of rows, to which its probability is proportional */
    ClassDraws(LabelledDataset data, Batching batching, Seed seed, double power) {
        this.data = data;
        this.batching = batching;
        this.seed = seed;
        this.rowsOf = rowsOfClasses(data);
        this.upTo = new double[rowsOf.length];
        double sum = 0;
        for (int c = 0; c < upTo.length; c++) {
            sum += Math.pow(rowsOf[c].length, power);
            upTo[c] = sum;
        }
    }

    /** The rows of each class that has any. */
    private static int[][] rowsOfClasses(LabelledDataset data) {
        int[] counts = data.labelCounts();
        int[][] rows = Arrays.stream(counts).mapToObj(int[]::new).toArray(int[][]::new);
        int[] filled = new int[counts.length];
        for (int row = 0; row < data.size(); row++) {
            int label = data.label(row);
            rows[label][filled[label]++] = row;
        }
        return Arrays.stream(rows).filter(some -> some.length > 0).toArray(int[][]::new);
    }

    @Override
    public int batches() {
        return batching.batches(data);
    }

    @Override
    public List<int[]> epoch(int epoch) {
        Seed own = seed.child(epoch);
        SplittableRandom random = own.random();
        int[] order = new int[data.size()];
        for (int i = 0; i < order.length; i++) {
            int[] rows = rowsOf[drawn(random)];
            order[i] = rows[random.nextInt(rows.length)];
        }
        return batching.grouped(data, order, own);
    }

    private int drawn(SplittableRandom random) {
        double at = random.nextDouble() * upTo[upTo.length - 1];
        int found = Arrays.binarySearch(upTo, at);
        return found >= 0 ? found + 1 : -found - 1; // the first class that ends beyond the point
    }
}
