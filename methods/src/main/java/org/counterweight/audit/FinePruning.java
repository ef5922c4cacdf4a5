package org.counterweight.audit;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/**
 * Fine-pruning: the hidden units that clean data leave most dormant are switched off, in the hope that a backdoor sits in
 * them; fine-tuning follows.
 *
 * <p>K. Liu, B. Dolan-Gavitt and S. Garg, "Fine-Pruning: Defending Against Backdooring Attacks on Deep Neural Networks", RAID
 * 2018, section 4.
 *
 * @param mean |activation| of each unit on clean data
 * @param order the units from the most dormant on, equals by their number
 */
public record FinePruning(double[] mean, int[] order) {
    /** @param activations {@code [inputs, units]}, on clean data */
    public static FinePruning of(Tensor activations) {
        return of(Tensors.toDoubles(Tensors.mean(activations.abs(), false, 0)));
    }

    /** @param mean |activation| of each unit */
    public static FinePruning of(double[] mean) {
        int[] order = IntStream.range(0, mean.length)
                .boxed()
                .sorted(Comparator.comparingDouble(unit -> mean[unit]))
                .mapToInt(Integer::intValue)
                .toArray();
        return new FinePruning(mean, order);
    }

    /**
     * The floor(fraction · units) most dormant units, in their order.
     *
     * @param fraction in [0, 1]
     */
    public int[] pruned(double fraction) {
        return Arrays.copyOf(order, (int) Math.floor(fraction * order.length));
    }

    /**
     * A tensor with a unit in each row, with the rows of these units zero: {@code [units, …]}.
     *
     * @param tensor a bias of the units, or a weight by its units
     */
    public static Tensor without(Tensor tensor, int[] units) {
        Tensor keep = torch.ones(new long[] {tensor.size(0)}, Tensors.options(tensor));
        Tensor places = Tensors.longs(Arrays.stream(units).asLongStream().toArray());
        keep.index_fill_(0, Tensors.to(places, tensor.device()), Tensors.scalar(0));
        long[] shape = new long[(int) tensor.dim()];
        Arrays.fill(shape, 1);
        shape[0] = -1;
        return tensor.mul(keep.view(shape));
    }
}
