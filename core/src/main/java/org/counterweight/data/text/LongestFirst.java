package org.counterweight.data.text;

/**
 * How many tokens of two texts stay where they share too little room: the longer is cut first, down to the other's length; if that
 * is still too much, each gets half. As Hugging Face's tokenizers do it ({@code longest_first}).
 *
 * @param first tokens of the first text that stay
 * @param second of the second; 0 of a text alone
 */
public record LongestFirst(int first, int second) {
    /** @param room tokens of both together */
    public static LongestFirst of(int first, int second, int room) {
        if (first + second <= room) {
            return new LongestFirst(first, second);
        }
        int shorter = Math.min(first, second);
        int longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
        if (shorter + longer > room) {
            shorter = room / 2;
            longer = shorter + room % 2;
        }
        return first > second ? new LongestFirst(longer, shorter) : new LongestFirst(shorter, longer);
    }

    /** How many of this many tokens go. */
    int[] over(int ofFirst, int ofSecond) {
        return new int[] {ofFirst - first, ofSecond - second};
    }
}
