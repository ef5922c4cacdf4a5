package org.counterweight.edit.codebook;

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
    /** Coordinates between two looks at what they add up to; even. */
    private static final int STRIDE = 32;

    /** Below it a codebook is looked through. */
    private static final int SMALL = 32;

    /** Of the numbers that a bound is the difference of: what rounding of them can hide. */
    private static final double ROUNDING = 1e-9;

    private final Codebook book;
    private final double largest;
    private final @Nullable Shells shells;

    private KeyIndex(Codebook book, @Nullable Shells shells) {
        this.book = book;
        this.largest = book.entries().stream().mapToDouble(Entry::radius).max().orElse(Double.NEGATIVE_INFINITY);
        this.shells = shells;
    }

    /** An index of a codebook, from nothing: as many distances as entries times {@value Shells#PIVOTS}. */
    public static KeyIndex of(Codebook book) {
        return new KeyIndex(book, book.size() >= SMALL ? Shells.of(book) : null);
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
        double[] asked = shells == null ? null : Shells.point(book.distance(), query);
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
        for (int i = Shells.lowerBound(first, toPivots[0] - limit); i < first.length && first[i] <= last; i++) {
            if (differs(known, asked, i, limit) || isBeyond(known, toPivots, i, limit)) {
                continue;
            }
            int place = known.order()[i];
            double[] key = book.entries().get(place).key();
            if (book.distance() == Distance.COS && isFar(asked, key, known.inverses()[i], limit)) {
                continue; // a cosine is measured to its end, the way between directions is not
            }
            double d = book.distance().within(query, key, least);
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

    /** Whether a query's point lies farther than that from a key's, the key times {@code inverse}: left as soon as it tells. */
    private static boolean isFar(double[] asked, double[] key, double inverse, double limit) {
        double most = limit * limit * (1 + ROUNDING);
        double even = 0;
        double odd = 0;
        int i = 0;
        while (i + 1 < key.length && even + odd <= most) {
            int end = Math.min(i + STRIDE, key.length - 1);
            for (; i < end; i += 2) {
                double first = asked[i] - key[i] * inverse;
                double second = asked[i + 1] - key[i + 1] * inverse;
                even += first * first;
                odd += second * second;
            }
        }
        return even + odd > most;
    }

    private static boolean isBeyond(Shells known, double[] toPivots, int i, double limit) {
        for (int p = 0; p < toPivots.length; p++) {
            if (Math.abs(known.table()[p][i] - toPivots[p]) > limit) {
                return true;
            }
        }
        return false;
    }

    /** With the entries at the end put where they belong. Null where one of them has no point. */
    private @Nullable Shells extended(Shells known, Codebook next) {
        Shells wider = known;
        for (int j = book.size(); j < next.size(); j++) {
            double[] key = next.entries().get(j).key();
            double[] point = Shells.point(next.distance(), key);
            if (point == null) {
                return null;
            }
            wider = wider.with(j, point, Shells.inverse(next.distance(), key));
        }
        return wider;
    }
}
