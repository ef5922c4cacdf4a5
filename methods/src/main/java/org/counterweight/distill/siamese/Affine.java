package org.counterweight.distill.siamese;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * Takes each pixel from where the map puts it, in coordinates of which −1 and 1 are the middles of the outermost pixels;
 * bilinear, 0 outside.
 *
 * @param map {@code [n, 2, 3]} or {@code [1, 2, 3]}, of (x, y, 1)
 */
public record Affine(Tensor map) implements Transform {
    private static final long BILINEAR = 0;
    private static final long ZEROS = 0;

    /**
     * diag(s_x, s_y), s = u (r − 1/r) + 1/r.
     *
     * @param u of x, in [0, 1), {@code [n]} or {@code [1]}
     * @param v of y
     * @param ratio r, at least 1
     */
    public static Affine scale(Tensor u, Tensor v, double ratio) {
        Tensor none = torch.zeros_like(u);
        return of(factor(u, ratio), none, none, factor(v, ratio));
    }

    private static Tensor factor(Tensor u, double ratio) {
        return Tensors.plus(Tensors.times(u, ratio - 1 / ratio), 1 / ratio);
    }

    /**
     * [[cos a, −sin a], [sin a, cos a]], a = (u − 0.5) · 2 · degrees.
     *
     * @param u in [0, 1), {@code [n]} or {@code [1]}
     */
    public static Affine rotation(Tensor u, double degrees) {
        Tensor angle = Tensors.times(Tensors.plus(u, -0.5), Math.toRadians(2 * degrees));
        return of(angle.cos(), angle.sin().neg(), angle.sin(), angle.cos());
    }

    private static Affine of(Tensor xx, Tensor xy, Tensor yx, Tensor yy) {
        Tensor none = torch.zeros_like(xx);
        return new Affine(
                torch.stack(new TensorVector(xx, xy, none, yx, yy, none), 1).view(-1, 2, 3));
    }

    @Override
    public Tensor apply(Tensor images) {
        Tensor each = Tensors.as(Tensors.to(map, images.device()), images).expand(images.size(0), 2, 3);
        Tensor grid = torch.affine_grid_generator(each, Tensors.shape(images), true);
        return torch.grid_sampler_2d(images, grid, BILINEAR, ZEROS, true);
    }
}
