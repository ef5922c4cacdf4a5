package org.counterweight.distill.siamese;

/**
 * How strong each change is.
 *
 * @param scale most that an image is made larger or smaller by; at least 1
 * @param rotate most degrees to either side
 * @param crop most that an image is moved by, of its size
 * @param cutout side of the rectangle, of the image's
 * @param flip share of the images that are mirrored
 * @param brightness width of the range of what is added
 * @param saturation most that colours are stretched by
 * @param contrast least that the distance from the mean is stretched by; the most is 1 more
 */
public record Strengths(
        double scale,
        double rotate,
        double crop,
        double cutout,
        double flip,
        double brightness,
        double saturation,
        double contrast) {
    /** Of the published methods. */
    public static final Strengths USUAL = new Strengths(1.2, 15, 0.125, 0.5, 0.5, 1, 2, 0.5);

    /** That part of a size, in whole pixels: ⌊ratio · size + 0.5⌋. */
    public static int part(double ratio, int size) {
        return (int) Math.floor(ratio * size + 0.5);
    }
}
