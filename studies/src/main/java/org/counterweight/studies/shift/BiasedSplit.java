package org.counterweight.studies.shift;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.DataException;
import org.counterweight.datasets.Cache;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * A real table cut in two by its first feature, as double-weighting's authors do it: a row goes to the training pool with
 * probability 0.7 where the feature is at most a limit and with 0.3 above it, or the other way round.
 *
 * @param features standardised over all rows, {@code [rows, d]}
 * @param classes from 0, {@code int64 [rows]}
 * @param low how likely each row is to go to the training pool
 */
record BiasedSplit(Tensor features, Tensor classes, double[] low) {
    /** The environment variable that names the directory of the tables. */
    static final String PLACE = "CW_SHIFT";

    private static final int POOL = 1000; // from so many rows in a pool on, half of it is too many
    private static final double OFTEN = 0.7;

    /** Where the tables lie: no package registry has them. */
    static Path place(String given) {
        Path place = given.isBlank() ? Cache.ofUser().root().resolve("data").resolve("shift") : Path.of(given);
        if (!Files.isRegularFile(place.resolve("Haberman.csv"))) {
            throw new DataException(place + ": has no Haberman.csv. The study runs on the tables of the authors of"
                    + " double-weighting: take Blood.csv, BreastCancer.csv and Haberman.csv (features, then a class from"
                    + " 1) from github.com/MachineLearningBCAM/MRCs-for-Covariate-Shift-Adaptation, and put them there"
                    + " or name their directory in " + PLACE);
        }
        return place;
    }

    /** Reads a table without a header: features, then the class from 1. */
    static BiasedSplit read(Path file) {
        try {
            List<double[]> rows = Files.readAllLines(file).stream()
                    .filter(line -> !line.isBlank())
                    .map(line -> Arrays.stream(line.split(","))
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toList();
            int d = rows.get(0).length - 1;
            double[] first = rows.stream().mapToDouble(row -> row[0]).toArray();
            boolean cells = String.valueOf(file.getFileName()).startsWith("BreastCancer");
            double limit = cells ? 5 : median(first);
            Tensor x = Tensors.doubles(
                    rows.stream()
                            .flatMapToDouble(row -> Arrays.stream(row, 0, d))
                            .toArray(),
                    rows.size(),
                    d);
            Tensor mean = Tensors.mean(x, true, 0);
            return new BiasedSplit(
                    x.sub(mean).div(Tensors.mean(x.sub(mean).square(), true, 0).sqrt()),
                    Tensors.longs(
                            rows.stream().mapToLong(row -> (long) row[d] - 1).toArray()),
                    Arrays.stream(first)
                            .map(value -> value <= limit != cells ? OFTEN : 1 - OFTEN)
                            .toArray());
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    /** Half of each pool, at most {@code most} rows of it, without replacement. */
    ShiftedRows drawn(int most, Seed seed) {
        var random = seed.child("pool").random();
        boolean[] toLearn = new boolean[low.length];
        for (int i = 0; i < low.length; i++) {
            toLearn[i] = random.nextDouble() < low[i];
        }
        long[] train = half(toLearn, true, most, seed.child("train"));
        long[] deployed = half(toLearn, false, most, seed.child("deployed"));
        Tensor a = Tensors.longs(train);
        Tensor b = Tensors.longs(deployed);
        return new ShiftedRows(
                features.index_select(0, a),
                classes.index_select(0, a),
                features.index_select(0, b),
                classes.index_select(0, b));
    }

    private static long[] half(boolean[] toLearn, boolean wanted, int most, Seed seed) {
        int[] pool = IntStream.range(0, toLearn.length)
                .filter(i -> toLearn[i] == wanted)
                .toArray();
        int rows = Math.min(most, pool.length >= POOL ? POOL / 2 : pool.length / 2);
        return Arrays.stream(seed.permutation(pool.length))
                .limit(rows)
                .mapToLong(i -> pool[i])
                .toArray();
    }
}
