package org.counterweight.distill.real;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * How pixels become what a network sees: (x − mean) / deviation, channel by channel. It goes wherever a distilled set goes.
 *
 * @param mean one a channel
 * @param deviation one a channel, above 0
 */
public record PixelScale(double[] mean, double[] deviation) {
    public PixelScale {
        if (mean.length != deviation.length || mean.length == 0) {
            throw new IllegalArgumentException(mean.length + " means and " + deviation.length + " deviations");
        }
        if (Arrays.stream(deviation).anyMatch(d -> !(d > 0))) {
            throw new IllegalArgumentException("a deviation is above 0: " + Arrays.toString(deviation));
        }
        mean = mean.clone();
        deviation = deviation.clone();
    }

    /** Pixels as they are. */
    public static PixelScale none(int channels) {
        double[] ones = new double[channels];
        Arrays.fill(ones, 1);
        return new PixelScale(new double[channels], ones);
    }

    /**
     * Of these images; a channel without any variation keeps its scale.
     *
     * @param images {@code [n, channels, height, width]}
     */
    public static PixelScale of(Tensor images) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            double[] mean = Tensors.toDoubles(Tensors.mean(images, false, 0, 2, 3));
            double[] square = Tensors.toDoubles(Tensors.mean(images.square(), false, 0, 2, 3));
            double[] deviation = new double[mean.length];
            Arrays.setAll(deviation, c -> Math.sqrt(Math.max(square[c] - mean[c] * mean[c], 0)));
            Arrays.setAll(deviation, c -> deviation[c] > 0 ? deviation[c] : 1);
            return new PixelScale(mean, deviation);
        }
    }

    @Override
    public double[] mean() {
        return mean.clone();
    }

    @Override
    public double[] deviation() {
        return deviation.clone();
    }

    /** {@code [n, channels, height, width]} pixels as a network sees them. */
    public Tensor apply(Tensor pixels) {
        return pixels.sub(beside(mean, pixels)).div(beside(deviation, pixels));
    }

    /** The pixels that a network sees so: the inverse of {@link #apply}, of the same shape. */
    public Tensor back(Tensor images) {
        return images.mul(beside(deviation, images)).add(beside(mean, images));
    }

    private static Tensor beside(double[] values, Tensor images) {
        return Tensors.as(Tensors.to(Tensors.doubles(values), images.device()), images)
                .view(1, values.length, 1, 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PixelScale scale
                && Arrays.equals(mean, scale.mean)
                && Arrays.equals(deviation, scale.deviation);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(mean) + Arrays.hashCode(deviation);
    }

    @Override
    public String toString() {
        return "mean " + Arrays.toString(mean) + ", deviation " + Arrays.toString(deviation);
    }
}
