package org.counterweight.merge.tensor;

import org.counterweight.merge.block.BlockSource;
import org.counterweight.weights.DType;
import org.counterweight.weights.number.FloatFormat;

/**
 * Elements that are computed in float32 from codes and scales, and rounded as the field's libraries store them: to the type of
 * the whole tensor first, then to the one that the merge asks for.
 */
final class Widening implements BlockSource {
    private final Elements elements;
    private final FloatFormat whole;
    private final FloatFormat cast;

    /** Computes {@code count} elements from the flat index {@code from} on, into {@code to} from {@code at} on. */
    @FunctionalInterface
    interface Elements {
        void read(long from, int count, double[] to, int at);
    }

    Widening(Elements elements, DType whole, DType cast) {
        this.elements = elements;
        this.whole = FloatFormat.of(whole);
        this.cast = FloatFormat.of(cast);
    }

    @Override
    public void read(long from, int count, double[] to, int at) {
        elements.read(from, count, to, at);
        for (int i = at; i < at + count; i++) {
            double value = whole.round(to[i]);
            to[i] = whole == cast ? value : cast.round(value);
        }
    }
}
