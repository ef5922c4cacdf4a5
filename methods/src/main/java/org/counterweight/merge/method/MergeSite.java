package org.counterweight.merge.method;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.block.LinearMerge;
import org.counterweight.merge.block.Rounding;
import org.counterweight.merge.thin.RandomThinning;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a tensor before it is merged.
 *
 * @param tensor its name in the output
 * @param shape its shape, the same in all models
 * @param models how many models there are, the base among them
 * @param base the index of the base; −1 if there is none
 * @param layers how many layers the output has
 * @param rounding null for one rounding at the end; else mergekit's, after each operation
 * @param minKeep how many elements thinning by magnitude keeps at least
 * @param masks what decides of each model's elements where chance does
 */
public record MergeSite(
        String tensor,
        long[] shape,
        int models,
        int base,
        int layers,
        @Nullable Rounding rounding,
        long minKeep,
        IntFunction<RandomThinning.Mask> masks) {

    /** The indices of the models that are not the base, in their order. */
    public List<Integer> others() {
        return IntStream.range(0, models).filter(i -> i != base).boxed().toList();
    }

    /** How many elements the tensor has. */
    public long size() {
        return Tensors.length(shape);
    }

    /**
     * The number of each model beside the base.
     *
     * @param field the setting, for the message
     * @param given one a model, or one for all
     * @throws ConfigException if there are more or fewer
     */
    public double[] each(String field, List<Double> given) {
        int count = others().size();
        if (given.size() != 1 && given.size() != count) {
            throw new ConfigException(field, given, "one number for all, or " + count + ", one a model");
        }
        return IntStream.range(0, count)
                .mapToDouble(k -> given.get(given.size() == 1 ? 0 : k))
                .toArray();
    }

    /** From the base so far towards the one other model: 0 is the base, 1 the other. */
    public Blockwise towards(double share) {
        double[] weights = new double[models];
        weights[base] = 1 - share;
        weights[others().get(0)] = share;
        return Blockwise.of(this, () -> new LinearMerge(weights, false, rounding));
    }
}
