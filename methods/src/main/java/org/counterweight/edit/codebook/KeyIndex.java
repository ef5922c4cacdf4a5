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
 * <p>Immutable. Cosines obey no triangle inequality: there all keys are looked at.
 */
public final class KeyIndex {
    private static final int PIVOTS = 8;

    /** Coordinates that are looked at before a key is measured. */
    private static final int COORDINATES = 16;

    /** Below it a codebook is looked through. */
    private static final int SMALL = 32;

    /** Of the numbers that a bound is the difference of: what rounding of them can hide. */
    private static final double ROUNDING = 1e-9;

    private final Codebook book;
    private final double largest;
    private final @Nullable Shells shells;

    /**
     * @param pivots places that keys were measured from; some may have left the codebook since
     * @param order places of the codebook's entries by their distance to the first pivot
     * @param table {@code [pivots][entries]}, in that order
     * @param coordinates which are looked at, those in which keys differ most first
     * @param parts {@code [coordinates][entries]}: of each key, in that order
     * @param built how many entries there were when the pivots were chosen
     */
    private record Shells(
            List<double[]> pivots, int[] order, double[][] table, int[] coordinates, double[][] parts, int built) {}

    private KeyIndex(Codebook book, @Nullable Shells shells) {
        this.book = book;
        this.largest = book.entries().stream().mapToDouble(Entry::radius).max().orElse(Double.NEGATIVE_INFINITY);
        this.shells = shells;
    }

    /** An index of a codebook, from nothing: as many distances as entries times {@value #PIVOTS}. */
    public static KeyIndex of(Codebook book) {
        return new KeyIndex(book, book.distance() == Distance.EUC && book.size() >= SMALL ? shells(book) : null);
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
        return new KeyIndex(next, next.size() == book.size() ? known : extended(known, next));
    }

    /** The entry that serves {@code query}, {@code [p]}; its place is −1 where none does. */
    public Found serving(double[] query) {
        Found found = shells == null ? book.nearest(query) : within(query, shells);
        return found.hit() ? found : Found.NOTHING;
    }

    private Found within(double[] query, Shells known) {
        double[] toPivots = new double[known.pivots().size()];
        double size = 0;
        for (int p = 0; p < toPivots.length; p++) {
            toPivots[p] = book.distance().between(query, known.pivots().get(p));
            size = Math.max(size, toPivots[p]);
        }
        if (!(size < Double.POSITIVE_INFINITY)) {
            return Found.NOTHING; // a query that is not finite is near nothing
        }
        double hidden = ROUNDING * size;
        double[] first = known.table()[0];
        double least = largest;
        int best = -1;
        int from = lowerBound(first, toPivots[0] - largest - hidden);
        for (int i = from; i < first.length && first[i] <= toPivots[0] + largest + hidden; i++) {
            if (differs(known, query, i, least + hidden) || isBeyond(known, toPivots, i, least + hidden)) {
                continue;
            }
            int place = known.order()[i];
            double d = book.distance().within(query, book.entries().get(place).key(), least);
            if (d < least || (d == least && (best < 0 || place < best))) {
                least = d;
                best = place;
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

    /** Pivots far from each other: each the key that is farthest from those before it. */
    private static Shells shells(Codebook book) {
        int m = book.size();
        var pivots = new ArrayList<double[]>();
        var columns = new ArrayList<double[]>();
        double[] nearest = new double[m];
        Arrays.fill(nearest, Double.POSITIVE_INFINITY);
        int next = 0;
        for (int p = 0; p < PIVOTS; p++) {
            double[] pivot = book.entries().get(next).key();
            double[] column = new double[m];
            next = 0;
            for (int j = 0; j < m; j++) {
                column[j] = book.distance().between(pivot, book.entries().get(j).key());
                nearest[j] = Math.min(nearest[j], column[j]);
                next = nearest[j] > nearest[next] ? j : next;
            }
            pivots.add(pivot);
            columns.add(column);
        }
        return sorted(book, pivots, columns.toArray(double[][]::new));
    }

    private static Shells sorted(Codebook book, List<double[]> pivots, double[][] columns) {
        int m = columns[0].length;
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
        int[] coordinates = varied(book);
        double[][] parts = new double[coordinates.length][m];
        for (int i = 0; i < m; i++) {
            double[] key = book.entries().get(order[i]).key();
            for (int c = 0; c < coordinates.length; c++) {
                parts[c][i] = key[coordinates[c]];
            }
        }
        return new Shells(List.copyOf(pivots), order, table, coordinates, parts, m);
    }

    /** The coordinates of the largest variance. */
    private static int[] varied(Codebook book) {
        int width = book.entries().get(0).key().length;
        double[] sum = new double[width];
        double[] squares = new double[width];
        for (Entry entry : book.entries()) {
            double[] key = entry.key();
            for (int i = 0; i < width; i++) {
                sum[i] += key[i];
                squares[i] += key[i] * key[i];
            }
        }
        return IntStream.range(0, width)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> sum[i] * sum[i] / book.size() - squares[i]))
                .limit(COORDINATES)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** With the entries at the end put where they belong. */
    private Shells extended(Shells known, Codebook next) {
        int pivots = known.pivots().size();
        int[] order = known.order();
        double[][] table = known.table();
        double[][] parts = known.parts();
        for (int j = book.size(); j < next.size(); j++) {
            double[] key = next.entries().get(j).key();
            double[] distances = new double[pivots];
            for (int p = 0; p < pivots; p++) {
                distances[p] = next.distance().between(known.pivots().get(p), key);
            }
            int at = lowerBound(table[0], distances[0]);
            double[][] wider = new double[pivots][];
            for (int p = 0; p < pivots; p++) {
                wider[p] = inserted(table[p], at, distances[p]);
            }
            double[][] more = new double[parts.length][];
            for (int c = 0; c < parts.length; c++) {
                more[c] = inserted(parts[c], at, key[known.coordinates()[c]]);
            }
            parts = more;
            int[] places = new int[order.length + 1];
            System.arraycopy(order, 0, places, 0, at);
            places[at] = j;
            System.arraycopy(order, at, places, at + 1, order.length - at);
            order = places;
            table = wider;
        }
        return new Shells(known.pivots(), order, table, known.coordinates(), parts, known.built());
    }

    private static double[] inserted(double[] numbers, int at, double number) {
        double[] more = new double[numbers.length + 1];
        System.arraycopy(numbers, 0, more, 0, at);
        more[at] = number;
        System.arraycopy(numbers, at, more, at + 1, numbers.length - at);
        return more;
    }
}
