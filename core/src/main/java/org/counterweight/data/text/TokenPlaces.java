package org.counterweight.data.text;

/**
 * A text as tokens, and where each stands in it.
 *
 * @param ids with the special ones that the model wants around the text
 * @param starts of each token the first letter, counted in Unicode's code points; −1 of a special one
 * @param ends behind its last letter
 * @param inner whether a token is a part of the word that the one before it is of
 * @param cut whether the text is longer
 */
public record TokenPlaces(long[] ids, int[] starts, int[] ends, boolean[] inner, boolean cut) {
    public TokenPlaces {
        ids = ids.clone();
        starts = starts.clone();
        ends = ends.clone();
        inner = inner.clone();
    }
}
