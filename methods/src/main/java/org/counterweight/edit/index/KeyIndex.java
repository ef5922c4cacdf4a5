package org.counterweight.edit.index;

import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Distance;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.Found;
import org.jspecify.annotations.Nullable;

/**
 * Finds the entry that serves a query without measuring all keys, and always the same as {@link Codebook#nearest}.
 *
 * <p>A hit is at most as far from its key as the largest radius R, so what lies farther need not be measured: if nothing lies
 * within R nothing serves the query, and else the nearest of all is among what does. Of the coordinates in which keys differ most
 * the squared differences are added up, which is a lower bound of the squared distance: for all keys of a panel at once, in
 * float32 with more room than rounding takes, unless the box around the panel lies too far as a whole. What remains is measured
 * directly, first the key of the least bound, and left as soon as it is farther than the nearest so far.
 *
 * <p>Cosines are no distances, but those of directions are: of vectors of length 1, 1 − cos is half the squared distance. There
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

    /** More than rounding hides of a sum of squares, or of the place of a direction. */
    private static final double ROUNDING = 1e-9;

    private final Codebook book;
    private final double largest;
    private final @Nullable Panels panels;

    private KeyIndex(Codebook book, @Nullable Panels panels) {
        this.book = book;
        this.largest = book.entries().stream().mapToDouble(Entry::radius).max().orElse(Double.NEGATIVE_INFINITY);
        this.panels = panels;
    }

    /** An index of a codebook, from nothing: keys are sorted into panels. */
    public static KeyIndex of(Codebook book) {
        return new KeyIndex(book, book.size() >= SMALL ? Panels.of(book) : null);
    }

    public Codebook book() {
        return book;
    }

    /**
     * The index of a codebook that came of this one's by an edit: where only entries were added at the end or changed beside
     * their keys, what is known of keys is kept. Panels are made anew whenever the codebook has doubled.
     */
    public KeyIndex after(Codebook next) {
        Panels known = panels;
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
        Panels known = panels;
        double[] point = known == null ? null : Panels.point(book.distance(), query);
        Found found = known == null || point == null ? book.nearest(query) : within(query, point, known);
        return found.hit() ? found : Found.NOTHING;
    }

    private Found within(double[] query, double[] point, Panels known) {
        double least = largest;
        double limit = apart(least, query.length);
        if (!(limit >= 0)) {
            return Found.NOTHING; // no entry serves anything
        }
        float[] seen = known.seen(point);
        Nearby near = known.near(seen, limit);
        near.putNearestFirst();
        float most = known.most(seen, limit);
        int best = -1;
        for (int i = 0; i < near.size(); i++) {
            if (near.sum(i) > most) {
                continue;
            }
            int place = near.place(i);
            double[] key = book.entries().get(place).key();
            if (book.distance() == Distance.COS && isFar(point, key, near.inverse(i), limit)) {
                continue; // a cosine is measured to its end, the way between directions is not
            }
            double d = book.distance().within(query, key, least);
            if (d < least || (d == least && (best < 0 || place < best))) {
                least = d;
                best = place;
                limit = apart(least, query.length);
                most = known.most(seen, limit);
            }
        }
        return best < 0 ? Found.NOTHING : book.found(best, least);
    }

    /** How far apart the points of two vectors lie at most that are so far from each other, and some more for rounding. */
    private double apart(double d, int width) {
        return book.distance() == Distance.EUC
                ? d * (1 + ROUNDING)
                : Math.sqrt(2 * Math.max(0, d + 4 * width * Math.ulp(1.0))) + ROUNDING;
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

    /** With the entries at the end put where they belong. Null where one of them has no point. */
    private @Nullable Panels extended(Panels known, Codebook next) {
        Panels wider = known;
        for (int j = book.size(); j < next.size(); j++) {
            double[] key = next.entries().get(j).key();
            double[] point = Panels.point(next.distance(), key);
            if (point == null) {
                return null;
            }
            wider = wider.with(j, point, Panels.inverse(next.distance(), key));
        }
        return wider;
    }
}
