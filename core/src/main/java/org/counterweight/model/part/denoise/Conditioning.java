package org.counterweight.model.part.denoise;

import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.silu;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.part.Shapes;

/**
 * What a network knows of a row beside the row: the level of its noise, in waves of many lengths and through two linear layers,
 * and its class out of a table, added. J. Ho, A. Jain and P. Abbeel, NeurIPS 2020, appendix B; P. Dhariwal and A. Nichol,
 * NeurIPS 2021, section 3.
 *
 * @param first the first linear module, {@code [width, waves]}
 * @param second the second one, {@code [width, width]}
 * @param table of classes, {@code [classes + 1, width]}; the last row stands for none
 * @param waves how many numbers the level becomes; even
 * @param width of what comes out
 * @param classes how many there are, none not counted
 */
public record Conditioning(String first, String second, String table, int waves, int width, int classes) {
    /** The levels of noise in a batch: {@code float [rows]}, 0 for data to 1 for noise. */
    public static final String LEVELS = "noise_levels";

    /** The classes that a network is told: {@code int64 [rows]}; their number for none. */
    public static final String CLASSES = "class_labels";

    private static final double FASTEST = 1000; // as if levels were timesteps of a thousand
    private static final double PERIODS = 10000;

    /** A batch of rows at levels of noise, of classes. */
    public static Batch batch(Batch rows, Tensor noisy, Tensor levels, Tensor classes) {
        return rows.with(Batch.PIXEL_VALUES, noisy).with(LEVELS, levels).with(CLASSES, classes);
    }

    /** What the blocks are told, {@code [rows, width]}. */
    public Tensor of(Params params, Batch batch, Pass pass) {
        Tensor x = batch.get(Batch.PIXEL_VALUES);
        Tensor waved = Tensors.as(waves(batch.get(LEVELS)), x);
        Tensor level = params.linear(second, silu(params.linear(first, waved, pass)), pass);
        return level.add(Tensors.as(params.embedding(table, batch.get(CLASSES)), x));
    }

    /** Cosines and sines of {@code levels}, {@code [rows]}, at frequencies that fall from one to the next; {@code [rows, waves]}. */
    private Tensor waves(Tensor levels) {
        long half = waves / 2;
        Tensor slower = torch.arange(Tensors.scalar(half)).to(ScalarType.Double);
        Tensor frequencies = Tensors.to(
                Tensors.times(Tensors.times(slower, -Math.log(PERIODS) / half).exp(), FASTEST), levels.device());
        Tensor angles = levels.to(ScalarType.Double).unsqueeze(1).mul(frequencies);
        return cat(new TensorVector(angles.cos(), angles.sin()), 1);
    }

    /** {@code shapes} with its own. */
    public Shapes shapes(Shapes shapes) {
        return shapes.linear(first, width, waves, true)
                .linear(second, width, width, true)
                .embedding(table, classes + 1L, width);
    }
}
