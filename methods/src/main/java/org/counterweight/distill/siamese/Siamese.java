package org.counterweight.distill.siamese;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * The augmentation: each time one of several changes is drawn, and its numbers.
 *
 * @param kinds which, each as likely; none for images as they are
 * @param strengths of each kind
 */
public record Siamese(List<Kind> kinds, Strengths strengths) {
    /** What may be drawn. */
    public enum Kind {
        /** Brightness, then saturation, then contrast. */
        COLOR,
        CROP,
        CUTOUT,
        FLIP,
        SCALE,
        ROTATE
    }

    /** How many numbers are drawn. */
    public enum Sharing {
        /** For each image its own, as trajectories are matched. */
        EACH,
        /** One for a batch, and for all that the draw is applied to: as gradients and distributions are matched. */
        ALL
    }

    public Siamese {
        kinds = List.copyOf(kinds);
    }

    /**
     * From the official spelling, as {@code color_crop_cutout_flip_scale_rotate}; empty, or {@code none}, for none.
     *
     * @throws ConfigException if a name is unknown
     */
    public static Siamese of(String strategy) {
        if (strategy.isBlank() || strategy.equalsIgnoreCase("none")) {
            return new Siamese(List.of(), Strengths.USUAL);
        }
        List<Kind> kinds = Arrays.stream(strategy.split("_"))
                .map(name -> Arrays.stream(Kind.values())
                        .filter(kind -> kind.name().equals(name.toUpperCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow(() -> new ConfigException(
                                "dsa_strategy", name, "some of color, crop, cutout, flip, scale, rotate, joined by _")))
                .toList();
        return new Siamese(kinds, Strengths.USUAL);
    }

    /**
     * A change for images of that shape.
     *
     * @param shape n, channels, height, width
     */
    public Transform draw(long[] shape, Sharing sharing, Seed seed) {
        if (kinds.isEmpty()) {
            return new Transform.Sequence(List.of());
        }
        SplittableRandom random = seed.random();
        Kind kind = kinds.get(random.nextInt(kinds.size()));
        int n = sharing == Sharing.ALL ? 1 : Math.toIntExact(shape[0]);
        int height = Math.toIntExact(shape[2]);
        int width = Math.toIntExact(shape[3]);
        return switch (kind) {
            case COLOR ->
                new Transform.Sequence(List.of(
                        new Brightness(uniform(n, random), strengths.brightness()),
                        new Saturation(uniform(n, random), strengths.saturation()),
                        new Contrast(uniform(n, random), strengths.contrast())));
            case CROP -> {
                int down = Strengths.part(strengths.crop(), height);
                int across = Strengths.part(strengths.crop(), width);
                yield new Crop(integers(n, -down, down, random), integers(n, -across, across, random));
            }
            case CUTOUT -> {
                int tall = Strengths.part(strengths.cutout(), height);
                int wide = Strengths.part(strengths.cutout(), width);
                yield new Cutout(
                        integers(n, 0, height - tall % 2, random),
                        integers(n, 0, width - wide % 2, random),
                        tall,
                        wide);
            }
            case FLIP -> new Flip(uniform(n, random), strengths.flip());
            case SCALE -> Affine.scale(uniform(n, random), uniform(n, random), strengths.scale());
            case ROTATE -> Affine.rotation(uniform(n, random), strengths.rotate());
        };
    }

    private static Tensor uniform(int n, SplittableRandom random) {
        return Tensors.doubles(random.doubles(n).toArray());
    }

    /** Both ends included. */
    private static Tensor integers(int n, int least, int most, SplittableRandom random) {
        return Tensors.longs(random.longs(n, least, most + 1L).toArray());
    }
}
