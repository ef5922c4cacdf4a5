package org.counterweight.edit.codebook;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the entry that serves a query without looking at all keys, and always the same as {@link Codebook#nearest}.
 *
 * <p>A hit is at most as far from its key as the largest radius R, so what lies farther need not be measured: if nothing lies
 * within R nothing serves the query, and else the nearest of all is among what does. For a few keys P, the pivots, each
 * other key's distance to them is kept; |d(q, P) − d(K, P)| is a lower bound of d(q, K). Keys are sorted by their distance to
 * the first pivot, so that a binary search leaves those of one shell. Of the coordinates in which keys differ most the squared
 * differences are added up, which are a lower bound too, and hold where all keys are about as far from each other, as vectors
 * of many independent numbers are; the other pivots hold where keys lie in heaps. What remains is measured directly, and left
 * as soon as it is farther than the nearest so far.
 *
 * <p>Cosines obey no triangle inequality, but directions do: of vectors of length 1, 1 − cos is half the squared distance. There
 * the index is one of directions, and what it leaves is measured as ever. A key of length 0 has none, and with one in it all keys
 * are looked at.
 *
 * <p>Immutable.
 */
public final class KeyIndex {
    private static final int PIVOTS = 8;

    /** Coordinates that are looked at before a key is measured. */
    private static final int COORDINATES = 16;

    /** Below it a codebook is looked through. */
    private static final int SMALL = 32;

    /** Of the numbers that a bound is the difference of: what rounding of them can hide. */
    private static final double ROUNDING = 1e-9;

    /** Between these the squares of a vector's numbers neither vanish nor overflow. */
    private static final double SHORTEST = 1e-140;

    private static final double LONGEST = 1e140;

    private final Codebook book;
    private final double largest;
    private final @Nullable Shells shells;

    /**
     * @param pivots points that keys were measured from; some may have left the codebook since
     * @param order places of the codebook's entries by their distance to the first pivot
     * @param table {@code [pivots][entries]}, in that order
     * @param coordinates which are looked at, those in which keys differ most first
     * @param parts {@code [coordinates][entries]}: of each key, in that order
     * @param built how many entries there were when the pivots were chosen
     */
    private record Shells(
            List<double[]> pivots, int[] order, double[][] table, int[] coordinates, double[][] parts, int built) {
        /** With the point of one entry more. */
        Shells with(int place, double[] point) {
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
            return new Shells(pivots, places, wider, coordinates, more, built);
        }

        private static double[] inserted(double[] numbers, int at, double number) {
            double[] more = new double[numbers.length + 1];
            System.arraycopy(numbers, 0, more, 0, at);
            more[at] = number;
            System.arraycopy(numbers, at, more, at + 1, numbers.length - at);
            return more;
        }
    }

    private KeyIndex(Codebook book, @Nullable Shells shells) {
        this.book = book;
        this.largest = book.entries().stream().mapToDouble(Entry::radius).max().orElse(Double.NEGATIVE_INFINITY);
        this.shells = shells;
    }

    /** An index of a codebook, from nothing: as many distances as entries times {@value #PIVOTS}. */
    public static KeyIndex of(Codebook book) {
        return new KeyIndex(book, book.size() >= SMALL ? shells(book) : null);
    }

    /** What stands for a vector in the index: itself, or its direction; null where it has none. */
    private static double @Nullable [] point(Distance distance, double[] vector) {
        if (distance == Distance.EUC) {
            return vector;
        }
        double squares = 0;
        for (double x : vector) {
            squares += x * x;
        }
        double length = Math.sqrt(squares);
        return length >= SHORTEST && length <= LONGEST
                ? Arrays.stream(vector).map(x -> x / length).toArray()
                : null; // NaN too
    }

    /** How far apart the points of two vectors lie at most that are so far from each other. */
    private static double apart(Distance distance, double d, int width) {
        return distance == Distance.EUC ? d : Math.sqrt(2 * Math.max(0, d + 4 * width * Math.ulp(1.0)));
    }

    public Codebook book() {
        return book;
    }

    /**
     * The index of a codebook that came of this one's by an edit: where only entries were added at the end or changed beside
     * their keys, the distances known are kept. Pivots are chosen anew whenever the codebook has doubled.
     */
    public KeyIndex after(Codebook next) {
        Shells known = shells;
        if (known == null || next.size() < book.size() || next.size() > 2 * known.built()) {
            return of(next);
        }
        for (int j = 0; j < book.size(); j++) {
            if (next.entries().get(j).key() != book.entries().get(j).key()) {
                return of(next);
            }
        }
        return next.size() == book.size() ? new KeyIndex(next, known) : new KeyIndex(next, extended(known, next));
    }

    /** The entry that serves {@code query}, {@code [p]}; its place is −1 where none does. */
    public Found serving(double[] query) {
        double[] asked = shells == null ? null : point(book.distance(), query);
        Found found = shells == null || asked == null ? book.nearest(query) : within(query, asked, shells);
        return found.hit() ? found : Found.NOTHING;
    }

    /** @param asked the point of the query */
    private Found within(double[] query, double[] asked, Shells known) {
        double[] toPivots = new double[known.pivots().size()];
        double size = 0;
        for (int p = 0; p < toPivots.length; p++) {
            toPivots[p] = Distance.EUC.between(asked, known.pivots().get(p));
            size = Math.max(size, toPivots[p]);
        }
        if (!(size < Double.POSITIVE_INFINITY)) {
            return Found.NOTHING; // a query that is not finite is near nothing
        }
        double hidden = ROUNDING * size;
        double[] first = known.table()[0];
        double least = largest;
        double limit = apart(book.distance(), least, query.length) + hidden;
        int best = -1;
        double last = toPivots[0] + limit;
        for (int i = lowerBound(first, toPivots[0] - limit); i < first.length && first[i] <= last; i++) {
            if (differs(known, asked, i, limit) || isBeyond(known, toPivots, i, limit)) {
                continue;
            }
            int place = known.order()[i];
            double d = book.distance().within(query, book.entries().get(place).key(), least);
            if (d < least || (d == least && (best < 0 || place < best))) {
                least = d;
                best = place;
                limit = apart(book.distance(), least, query.length) + hidden;
            }
        }
        return best < 0 ? Found.NOTHING : book.found(best, least);
    }

    /** Whether the coordinates that are looked at put a key farther than that. */
    private static boolean differs(Shells known, double[] query, int i, double limit) {
        double most = limit * limit * (1 + ROUNDING);
        double sum = 0;
        for (int c = 0; c < known.coordinates().length; c++) {
            double difference = known.parts()[c][i] - query[known.coordinates()[c]];
            sum += difference * difference;
            if (sum > most) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBeyond(Shells known, double[] toPivots, int i, double limit) {
        for (int p = 0; p < toPivots.length; p++) {
            if (Math.abs(known.table()[p][i] - toPivots[p]) > limit) {
                return true;
            }
        }
        return false;
    }

    /** The first place whose number is at least {@code value}. */
    private static int lowerBound(double[] sorted, double value) {
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

    /** Pivots far from each other: each the key that is farthest from those before it. Null where a key has no point. */
    private static @Nullable Shells shells(Codebook book) {
        int m = book.size();
        double[][] points = new double[m][];
        for (int j = 0; j < m; j++) {
            double[] point = point(book.distance(), book.entries().get(j).key());
            if (point == null) {
                return null;
            }
            points[j] = point;
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
        return sorted(points, pivots, columns);
    }

    private static Shells sorted(double[][] points, List<double[]> pivots, double[][] columns) {
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
        return new Shells(List.copyOf(pivots), order, table, coordinates, parts, m);
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

    /** With the entries at the end put where they belong. Null where one of them has no point. */
    private @Nullable Shells extended(Shells known, Codebook next) {
        Shells wider = known;
        for (int j = book.size(); j < next.size(); j++) {
            double[] point = point(next.distance(), next.entries().get(j).key());
            if (point == null) {
                return null;
            }
            wider = wider.with(j, point);
        }
        return wider;
    }
}
