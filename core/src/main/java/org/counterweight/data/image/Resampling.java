package org.counterweight.data.image;

import java.util.function.DoubleUnaryOperator;
import org.counterweight.config.ConfigException;

/**
 * How pixels of another size are made of those there are, to the bit as the Pillow library does it, since image processors of
 * transformers leave it to that: a filter is stretched over as many pixels as become one, its weights are whole multiples of
 * 2⁻²², and rows are rounded to bytes before columns are made.
 */
public enum Resampling {
    NEAREST(0, 0.5, x -> 1),
    LANCZOS(1, 3, x -> Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0),
    BILINEAR(2, 1, x -> Math.max(0, 1 - Math.abs(x))),
    BICUBIC(3, 2, Resampling::cubic),
    BOX(4, 0.5, x -> x > -0.5 && x <= 0.5 ? 1 : 0),
    HAMMING(5, 1, x -> Math.abs(x) < 1 ? sinc(x) * (0.54 + 0.46 * Math.cos(Math.PI * x)) : 0);

    private static final int BITS = 22;

    private final int code;
    private final double support;
    private final DoubleUnaryOperator filter;

    Resampling(int code, double support, DoubleUnaryOperator filter) {
        this.code = code;
        this.support = support;
        this.filter = filter;
    }

    /** @param code Pillow's number of it, as files have it under {@code resample} */
    static Resampling of(int code, String field) {
        for (Resampling resampling : values()) {
            if (resampling.code == code) {
                return resampling;
            }
        }
        throw new ConfigException(
                field, code, "0 (nearest), 1 (Lanczos), 2 (bilinear), 3 (bicubic), 4 (box) or 5 (Hamming)");
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    /** Keys' cubic with a = −0.5. */
    private static double cubic(double x) {
        double at = Math.abs(x);
        if (at < 1) {
            return (1.5 * at - 2.5) * at * at + 1;
        }
        return at < 2 ? -0.5 * (((at - 5) * at + 8) * at - 4) : 0;
    }

    /** The picture at that size. */
    Pixels apply(Pixels picture, int height, int width) {
        if (this == NEAREST) {
            return nearest(picture, height, width);
        }
        Pixels wide = width == picture.width()
                ? picture
                : pass(picture, Weights.of(this, picture.width(), width), picture.height(), width, 1);
        return height == picture.height()
                ? wide
                : pass(wide, Weights.of(this, wide.height(), height), height, width, wide.width());
    }

    /**
     * For each new place the first of the old ones that it is made of, and their weights.
     *
     * @param of {@code [new, most]}, row by row
     */
    private record Weights(int[] first, int[] count, int most, int[] of) {
        static Weights of(Resampling resampling, int before, int after) {
            double scale = (double) before / after;
            double stretched = Math.max(1, scale);
            double support = resampling.support * stretched;
            int most = (int) Math.ceil(support) * 2 + 1;
            int[] first = new int[after];
            int[] count = new int[after];
            int[] all = new int[Math.multiplyExact(after, most)];
            double[] some = new double[most];
            for (int place = 0; place < after; place++) {
                double centre = (place + 0.5) * scale;
                int from = Math.max(0, (int) (centre - support + 0.5));
                int to = Math.min(before, (int) (centre + support + 0.5));
                double sum = 0;
                for (int i = from; i < to; i++) {
                    some[i - from] = resampling.filter.applyAsDouble((i - centre + 0.5) / stretched);
                    sum += some[i - from];
                }
                first[place] = from;
                count[place] = to - from;
                for (int i = 0; i < to - from; i++) {
                    double weight = (sum == 0 ? some[i] : some[i] / sum) * (1 << BITS);
                    all[place * most + i] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
                }
            }
            return new Weights(first, count, most, all);
        }
    }

    /**
     * Makes rows or columns.
     *
     * @param step from one pixel to the next that is summed with it: 1 along a row, the width along a column
     */
    private static Pixels pass(Pixels from, Weights weights, int height, int width, int step) {
        Pixels to = Pixels.blank(from.channels(), height, width);
        for (int channel = 0; channel < from.channels(); channel++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int place = step == 1 ? x : y;
                    int at = step == 1
                            ? from.at(channel, y, weights.first[place])
                            : from.at(channel, weights.first[place], x);
                    int sum = 1 << (BITS - 1);
                    for (int i = 0; i < weights.count[place]; i++) {
                        sum += (from.values()[at + i * step] & 0xff) * weights.of[place * weights.most + i];
                    }
                    to.values()[to.at(channel, y, x)] = (byte) Math.min(255, Math.max(0, sum >> BITS));
                }
            }
        }
        return to;
    }

    private static Pixels nearest(Pixels from, int height, int width) {
        Pixels to = Pixels.blank(from.channels(), height, width);
        int[] rows = places(from.height(), height);
        int[] columns = places(from.width(), width);
        for (int channel = 0; channel < from.channels(); channel++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    to.values()[to.at(channel, y, x)] = from.values()[from.at(channel, rows[y], columns[x])];
                }
            }
        }
        return to;
    }

    /** Summed step by step, as Pillow does: a product would round otherwise. */
    private static int[] places(int before, int after) {
        double scale = (double) before / after;
        int[] places = new int[after];
        double at = scale * 0.5;
        for (int i = 0; i < after; i++) {
            places[i] = Math.min(before - 1, (int) at);
            at += scale;
        }
        return places;
    }
}
