package org.counterweight.edit.codebook;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link KeyIndex} knows of keys without measuring them: their distances to a few of them, and some of their coordinates.
 *
 * @param pivots points that keys were measured from; some may have left the codebook since
 * @param order places of the codebook's entries by their distance to the first pivot
 * @param table {@code [pivots][entries]}, in that order
 * @param coordinates which are looked at, those in which keys differ most first
 * @param parts {@code [coordinates][entries]}: of each key, in that order
 * @param inverses what each key is multiplied by to be its point, in that order
 * @param built how many entries there were when the pivots were chosen
 */
record Shells(
        List<double[]> pivots,
        int[] order,
        double[][] table,
        int[] coordinates,
        double[][] parts,
        double[] inverses,
        int built) {
    static final int PIVOTS = 8;

    /** Coordinates that are looked at before a key is measured. */
    private static final int COORDINATES = 16;

    /** Between these the squares of a vector's numbers neither vanish nor overflow. */
    private static final double SHORTEST = 1e-140;

    private static final double LONGEST = 1e140;

    /** Pivots far from each other: each the key that is farthest from those before it. Null where a key has no point. */
    static @Nullable Shells of(Codebook book) {
        int m = book.size();
        double[][] points = new double[m][];
        double[] inverses = new double[m];
        for (int j = 0; j < m; j++) {
            double[] point = point(book.distance(), book.entries().get(j).key());
            if (point == null) {
                return null;
            }
            points[j] = point;
            inverses[j] = inverse(book.distance(), book.entries().get(j).key());
        }
        var pivots = new ArrayList<double[]>();
        double[][] columns = new double[PIVOTS][m];
        double[] nearest = new double[m];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        int next = 0;
        for (double[] column : columns) {
            double[] pivot = points[next];
            next = 0;
            for (int j = 0; j < m; j++) {
                column[j] = Distance.EUC.between(pivot, points[j]);
                nearest[j] = Math.min(nearest[j], column[j]);
                next = nearest[j] > nearest[next] ? j : next;
            }
            pivots.add(pivot);
        }
        return sorted(points, inverses, pivots, columns);
    }

    private static Shells sorted(double[][] points, double[] inverses, List<double[]> pivots, double[][] columns) {
        int m = points.length;
        int[] order = IntStream.range(0, m)
                .boxed()
                .sorted((a, b) -> Double.compare(columns[0][a], columns[0][b]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[][] table = new double[columns.length][m];
        for (int p = 0; p < columns.length; p++) {
            for (int i = 0; i < m; i++) {
                table[p][i] = columns[p][order[i]];
            }
        }
        int[] coordinates = varied(points);
        double[][] parts = new double[coordinates.length][m];
        for (int i = 0; i < m; i++) {
            for (int c = 0; c < coordinates.length; c++) {
                parts[c][i] = points[order[i]][coordinates[c]];
            }
        }
        double[] ordered =
                IntStream.of(order).mapToDouble(place -> inverses[place]).toArray();
        return new Shells(List.copyOf(pivots), order, table, coordinates, parts, ordered, m);
    }

    /** The coordinates of the largest variance. */
    private static int[] varied(double[][] points) {
        int width = points[0].length;
        double[] sum = new double[width];
        double[] squares = new double[width];
        for (double[] point : points) {
            for (int i = 0; i < width; i++) {
                sum[i] += point[i];
                squares[i] += point[i] * point[i];
            }
        }
        return IntStream.range(0, width)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> sum[i] * sum[i] / points.length - squares[i]))
                .limit(COORDINATES)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** With the point of one entry more. */
    Shells with(int place, double[] point, double inverse) {
        double[] distances = pivots.stream()
                .mapToDouble(pivot -> Distance.EUC.between(pivot, point))
                .toArray();
        int at = lowerBound(table[0], distances[0]);
        double[][] wider = new double[table.length][];
        for (int p = 0; p < wider.length; p++) {
            wider[p] = inserted(table[p], at, distances[p]);
        }
        double[][] more = new double[parts.length][];
        for (int c = 0; c < more.length; c++) {
            more[c] = inserted(parts[c], at, point[coordinates[c]]);
        }
        int[] places = new int[order.length + 1];
        System.arraycopy(order, 0, places, 0, at);
        places[at] = place;
        System.arraycopy(order, at, places, at + 1, order.length - at);
        return new Shells(pivots, places, wider, coordinates, more, inserted(inverses, at, inverse), built);
    }

    private static double[] inserted(double[] numbers, int at, double number) {
        double[] more = new double[numbers.length + 1];
        System.arraycopy(numbers, 0, more, 0, at);
        more[at] = number;
        System.arraycopy(numbers, at, more, at + 1, numbers.length - at);
        return more;
    }

    /** What stands for a vector in the index: itself, or its direction; null where it has none. */
    static double @Nullable [] point(Distance distance, double[] vector) {
        if (distance == Distance.EUC) {
            return vector;
        }
        double length = length(vector);
        return length >= SHORTEST && length <= LONGEST
                ? Arrays.stream(vector).map(x -> x / length).toArray()
                : null; // NaN too
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

    /** The first place whose number is at least {@code value}. */
    static int lowerBound(double[] sorted, double value) {
        int low = 0;
        int high = sorted.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
