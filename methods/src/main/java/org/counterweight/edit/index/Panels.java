package org.counterweight.edit.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Distance;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link KeyIndex} knows of keys without measuring them: the coordinates in which they differ most, less their means, in
 * float32, in panels of keys that are neighbours. The squared differences of some coordinates add up to no more than those of all.
 *
 * @param coordinates which are looked at, those in which keys differ most first
 * @param middle the mean of each over the keys there were
 * @param panels each of {@value Panel#KEYS} keys at most
 * @param longest how far from the middle a key's numbers lie at most, as one vector
 * @param grouped how many panels were made of neighbours; in those after them stand the keys that came later
 * @param built how many keys there were then
 */
record Panels(int[] coordinates, double[] middle, List<Panel> panels, double longest, int grouped, int built) {
    /** Where keys lie in heaps, some fifty are needed to tell those of one heap apart. */
    private static final int COORDINATES = 64;

    /** Of float32: more than is lost of a difference of two rounded numbers. */
    private static final double ROUNDING = 0x1p-22;

    /** More than is lost of the sum of so many squares, relative. */
    private static final double ROUNDING_OF_SUM = 1e-5;

    /** Between these the squares of a vector's numbers neither vanish nor overflow. */
    private static final double SHORTEST = 1e-140;

    private static final double LONGEST = 1e140;

    /** All keys of a codebook; null where one has no point. */
    static @Nullable Panels of(Codebook book) {
        double[][] points = new double[book.size()][];
        for (int j = 0; j < points.length; j++) {
            double[] point = point(book.distance(), book.entries().get(j).key());
            if (point == null) {
                return null;
            }
            points[j] = point;
        }
        double[] means = means(points);
        int[] coordinates = varied(points, means);
        double[] middle = IntStream.of(coordinates).mapToDouble(c -> means[c]).toArray();
        var none = new Panels(coordinates, middle, List.of(), 0, 0, points.length);
        float[][] seen = Arrays.stream(points).map(none::seen).toArray(float[][]::new);
        var panels = new ArrayList<Panel>();
        none.group(book, IntStream.range(0, points.length).toArray(), seen, panels);
        double longest = Arrays.stream(seen).mapToDouble(Panels::length).reduce(0, Math::max);
        return new Panels(coordinates, middle, List.copyOf(panels), longest, panels.size(), points.length);
    }

    private static double[] means(double[][] points) {
        double[] sum = new double[points[0].length];
        for (double[] point : points) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += point[i];
            }
        }
        return Arrays.stream(sum).map(x -> x / points.length).toArray();
    }

    /** The coordinates of the largest variance. */
    private static int[] varied(double[][] points, double[] means) {
        double[] squares = new double[means.length];
        for (double[] point : points) {
            for (int i = 0; i < squares.length; i++) {
                squares[i] += (point[i] - means[i]) * (point[i] - means[i]);
            }
        }
        return IntStream.range(0, squares.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -squares[i]))
                .limit(COORDINATES)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** Halves the keys at the middle of the coordinate in which these differ most, until a panel holds them. */
    private void group(Codebook book, int[] places, float[][] seen, List<Panel> panels) {
        if (places.length <= Panel.KEYS) {
            float[][] columns = new float[coordinates.length][places.length];
            for (int i = 0; i < places.length; i++) {
                for (int c = 0; c < columns.length; c++) {
                    columns[c][i] = seen[places[i]][c];
                }
            }
            double[] inverses = IntStream.of(places)
                    .mapToDouble(place ->
                            inverse(book.distance(), book.entries().get(place).key()))
                    .toArray();
            panels.add(Panel.of(places, inverses, columns));
            return;
        }
        int widest = widest(places, seen);
        int[] sorted = IntStream.of(places)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer place) -> seen[place][widest]))
                .mapToInt(Integer::intValue)
                .toArray();
        int half = sorted.length / 2;
        group(book, Arrays.copyOfRange(sorted, 0, half), seen, panels);
        group(book, Arrays.copyOfRange(sorted, half, sorted.length), seen, panels);
    }

    /** Of the coordinates that a box is looked at in, the one of the largest variance. */
    private int widest(int[] places, float[][] seen) {
        int widest = 0;
        double most = -1;
        for (int c = 0; c < Math.min(Panel.FIRST, coordinates.length); c++) {
            double sum = 0;
            double squares = 0;
            for (int place : places) {
                sum += seen[place][c];
                squares += (double) seen[place][c] * seen[place][c];
            }
            double variance = squares - sum * sum / places.length;
            if (variance > most) {
                most = variance;
                widest = c;
            }
        }
        return widest;
    }

    /** With the point of one key more. */
    Panels with(int place, double[] point, double inverse) {
        float[] seen = seen(point);
        var more = new ArrayList<>(panels);
        int last = more.size() - 1;
        if (last >= grouped && more.get(last).size() < Panel.KEYS) {
            more.set(last, more.get(last).with(place, inverse, seen));
        } else {
            float[][] columns = new float[seen.length][];
            for (int c = 0; c < columns.length; c++) {
                columns[c] = new float[] {seen[c]};
            }
            more.add(Panel.of(new int[] {place}, new double[] {inverse}, columns));
        }
        double length = Math.max(longest, length(seen));
        return new Panels(coordinates, middle, List.copyOf(more), length, grouped, built);
    }

    /** The numbers of a point that are looked at. */
    float[] seen(double[] point) {
        float[] seen = new float[coordinates.length];
        for (int c = 0; c < seen.length; c++) {
            seen[c] = (float) (point[coordinates[c]] - middle[c]);
        }
        return seen;
    }

    /** The keys of which these numbers do not tell that they lie farther than {@code limit}. */
    Nearby near(float[] seen, double limit) {
        var near = new Nearby();
        float most = most(seen, limit);
        float[] sums = new float[Panel.KEYS];
        for (Panel panel : panels) {
            panel.look(seen, most, sums, near);
        }
        return near;
    }

    /** What the squared differences of keys within {@code limit} add up to at most, as they are computed. */
    float most(float[] seen, double limit) {
        double reach = limit + ROUNDING * (longest + length(seen));
        return (float) (reach * reach * (1 + ROUNDING_OF_SUM));
    }

    private static double length(float[] numbers) {
        double squares = 0;
        for (float number : numbers) {
            squares += (double) number * number;
        }
        return Math.sqrt(squares);
    }

    /** What stands for a vector in the index: itself, or its direction; null where it has none. */
    static double @Nullable [] point(Distance distance, double[] vector) {
        if (distance == Distance.EUC) {
            return vector;
        }
        double length = length(vector);
        if (!(length >= SHORTEST && length <= LONGEST)) {
            return null; // NaN too
        }
        double[] point = new double[vector.length];
        for (int i = 0; i < point.length; i++) {
            point[i] = vector[i] / length;
        }
        return point;
    }

    /** What a vector is multiplied by to be its point. */
    static double inverse(Distance distance, double[] vector) {
        return distance == Distance.EUC ? 1 : 1 / length(vector);
    }

    private static double length(double[] vector) {
        double squares = 0;
        for (double x : vector) {
            squares += x * x;
        }
        return Math.sqrt(squares);
    }
}
