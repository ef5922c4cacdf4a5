package org.counterweight.data.image;

/**
 * A picture as bytes.
 *
 * @param values {@code [channels, height, width]}, row-major, unsigned
 */
record Pixels(int channels, int height, int width, byte[] values) {
    static Pixels blank(int channels, int height, int width) {
        return new Pixels(
                channels, height, width, new byte[Math.multiplyExact(Math.multiplyExact(channels, height), width)]);
    }

    /** Where that pixel's value stands. */
    int at(int channel, int row, int column) {
        return (channel * height + row) * width + column;
    }

    /** The middle of it; black around one that is smaller, as in transformers. */
    Pixels middle(int high, int wide) {
        Pixels cut = blank(channels, high, wide);
        int top = start(height, high);
        int left = start(width, wide);
        for (int channel = 0; channel < channels; channel++) {
            for (int y = Math.max(0, -top); y < Math.min(high, height - top); y++) {
                int from = Math.max(0, -left);
                int count = Math.min(wide, width - left) - from;
                System.arraycopy(
                        values, at(channel, y + top, from + left), cut.values, cut.at(channel, y, from), count);
            }
        }
        return cut;
    }

    /** Where a cut begins; below 0 where it is larger than what there is. */
    private static int start(int there, int wanted) {
        return Math.floorDiv(there - wanted, 2);
    }

    /** The same grey on three channels. */
    Pixels inColour() {
        if (channels != 1) {
            return this;
        }
        Pixels colour = blank(3, height, width);
        for (int channel = 0; channel < 3; channel++) {
            System.arraycopy(values, 0, colour.values, channel * values.length, values.length);
        }
        return colour;
    }
}
