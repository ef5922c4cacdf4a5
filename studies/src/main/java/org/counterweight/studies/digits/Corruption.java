package org.counterweight.studies.digits;

import static org.bytedeco.pytorch.global.torch.affine_grid_generator;
import static org.bytedeco.pytorch.global.torch.grid_sampler;
import static org.bytedeco.pytorch.global.torch.stack;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.engine.Tensors.zeros;

import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/** What happens to the digits outside the laboratory. Images are {@code [n, 64]}, 8 × 8 pixels from 0 to 1. */
public enum Corruption {
    /** Turned by 20 to 40 degrees, either way. */
    ROTATION,
    /** Moved by one pixel along each axis, either way. */
    SHIFT,
    /** Normal noise of standard deviation 0.2 on every pixel. */
    NOISE,
    /** Contrast taken down to 0.4, around a brightness drawn for each image. */
    CONTRAST,
    /** A square of 3 × 3 pixels is black, anywhere. */
    OCCLUSION;

    private static final int SIDE = 8;

    public Tensor apply(Tensor images, Seed seed) {
        long n = images.size(0);
        GeneratorOptional random = Tensors.optional(seed.generator());
        return switch (this) {
            case ROTATION -> warped(images, degrees(n, 20, 40, random), zeros(n), zeros(n));
            case SHIFT -> warped(images, zeros(n), pixels(n, 1, 1, random), pixels(n, 1, 1, random));
            case NOISE -> noisy(images, 0.2, random);
            case CONTRAST -> faded(images, 0.4, random);
            case OCCLUSION -> covered(images, 3, random);
        };
    }

    /**
     * Many versions of each image, all of these corruptions at once but milder: turned by up to 45 degrees, moved by up to 1.5
     * pixels, of a contrast between 0.3 and 1, noisy, a quarter of them with a square of 3 × 3 pixels covered.
     */
    public static Samples heavily(Samples clean, int versions, Seed seed) {
        Tensor images = clean.inputs().repeat(versions, 1);
        long n = images.size(0);
        GeneratorOptional random = Tensors.optional(seed.generator());
        Tensor turned = warped(images, degrees(n, 0, 45, random), pixels(n, 0, 1.5, random), pixels(n, 0, 1.5, random));
        Tensor contrast = uniform(n, 0.3, 1, random).unsqueeze(1);
        Tensor centre = uniform(n, 0, 1, random).unsqueeze(1);
        Tensor faded = turned.sub(centre).mul(contrast).add(centre);
        Tensor covered = uniform(n, 0, 1, random).lt(scalar(0.25)).unsqueeze(1);
        return new Samples(
                noisy(torch.where(covered, covered(faded, 3, random), faded), 0.2, random),
                clean.labels().repeat(versions));
    }

    /** Normal noise on every pixel, kept from 0 to 1. */
    public static Tensor noisy(Tensor images, double deviation, GeneratorOptional random) {
        Tensor noise = torch.zeros_like(images).normal_(0, deviation, random);
        return images.add(noise).clamp(new ScalarOptional(scalar(0)), new ScalarOptional(scalar(1)));
    }

    private static Tensor faded(Tensor images, double contrast, GeneratorOptional random) {
        Tensor centre = uniform(images.size(0), 0.2, 0.8, random).unsqueeze(1);
        return times(images.sub(centre), contrast).add(centre);
    }

    private static Tensor covered(Tensor images, int side, GeneratorOptional random) {
        long n = images.size(0);
        Tensor top = corner(n, side, random);
        Tensor left = corner(n, side, random);
        Tensor places = torch.arange(scalar(SIDE)).reshape(1, SIDE);
        Tensor rows = places.ge(top).logical_and(places.lt(plus(top, side))); // [n, 8]
        Tensor columns = places.ge(left).logical_and(places.lt(plus(left, side)));
        Tensor square = rows.unsqueeze(2).logical_and(columns.unsqueeze(1)).reshape(n, SIDE * SIDE);
        return images.masked_fill(square, scalar(0));
    }

    private static Tensor corner(long n, int side, GeneratorOptional random) {
        return uniform(n, 0, SIDE - side + 1, random).floor().unsqueeze(1);
    }

    private static Tensor uniform(long n, double from, double to, GeneratorOptional random) {
        return zeros(n).uniform_(from, to, random);
    }

    private static Tensor signed(Tensor sizes, GeneratorOptional random) {
        Tensor signs =
                times(uniform(sizes.size(0), 0, 1, random).lt(scalar(0.5)).to(ScalarType.Float), 2);
        return sizes.mul(plus(signs, -1));
    }

    private static Tensor degrees(long n, double from, double to, GeneratorOptional random) {
        return times(signed(uniform(n, from, to, random), random), Math.PI / 180);
    }

    /** In the units of the sampler, whose image is two wide. */
    private static Tensor pixels(long n, double from, double to, GeneratorOptional random) {
        return times(signed(uniform(n, from, to, random), random), 2.0 / SIDE);
    }

    private static Tensor warped(Tensor images, Tensor angle, Tensor dx, Tensor dy) {
        long n = images.size(0);
        Tensor rows = stack(new TensorVector(angle.cos(), angle.sin().neg(), dx, angle.sin(), angle.cos(), dy), 1);
        Tensor grid = affine_grid_generator(rows.reshape(n, 2, 3), new long[] {n, 1, SIDE, SIDE}, false);
        return grid_sampler(images.reshape(n, 1, SIDE, SIDE), grid, 0, 0, false).reshape(n, SIDE * SIDE);
    }
}
