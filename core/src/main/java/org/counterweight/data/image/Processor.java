package org.counterweight.data.image;

import org.jspecify.annotations.Nullable;

/**
 * What an image processor of transformers does to a picture: pixels of another size, the middle of them, and numbers.
 *
 * @param resampling how pixels of another size are made
 * @param size which; null leaves pictures as they are
 * @param cut height and width of the middle that is kept; null for all
 * @param values what numbers bytes become
 */
public record Processor(
        Resampling resampling,
        @Nullable Size size,
        @Nullable Exactly cut,
        PixelValues values) {
    /** Of what size a picture is to be. */
    sealed interface Size {
        /** @return height and width */
        int[] of(int height, int width);
    }

    /** The same for all pictures, whatever theirs. */
    record Exactly(int high, int wide) implements Size {
        @Override
        public int[] of(int height, int width) {
            return new int[] {high, wide};
        }
    }

    /** The shorter side, and the other in proportion. */
    record Shorter(int side) implements Size {
        @Override
        public int[] of(int height, int width) {
            int longer = (int) ((long) side * Math.max(height, width) / Math.min(height, width));
            return width <= height ? new int[] {longer, side} : new int[] {side, longer};
        }
    }

    /** The picture's bytes as they become numbers. */
    Pixels apply(Pixels picture) {
        Pixels sized = picture;
        if (size != null) {
            int[] wanted = size.of(picture.height(), picture.width());
            sized = resampling.apply(picture, wanted[0], wanted[1]);
        }
        return cut == null ? sized : sized.middle(cut.high(), cut.wide());
    }
}
