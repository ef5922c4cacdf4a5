package org.counterweight.fewgen.classify;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;

/**
 * Which texts are learnt from: those of which the averaged classifier believes what their label says, and is sure.
 *
 * @param threshold δ in [0, 1): the likeliest class must be more probable; 0 takes every text
 * @param fewest of a class with fewer selected texts, those too whose own label is more probable than that of the text in the
 *     middle; 16
 */
public record Selection(double threshold, int fewest) {
    public Selection {
        if (!(threshold >= 0 && threshold < 1)) {
            throw new ConfigException("threshold", threshold, "a number in [0, 1); 0 takes every text");
        }
        if (fewest < 0) {
            throw new ConfigException("min_per_class", fewest, "an integer of at least 0");
        }
    }

    /**
     * Which are selected, {@code bool [texts]}.
     *
     * @param average z̄ {@code [texts, classes]}
     * @param labels {@code int64 [texts]}
     */
    public Tensor of(Tensor average, Tensor labels) {
        if (threshold == 0) {
            return torch.ones_like(labels).to(torch.ScalarType.Bool);
        }
        Tensor sure = average.amax(new long[] {-1}, false).gt(scalar(threshold));
        Tensor selected = average.argmax(new LongOptional(-1), false).eq(labels).logical_and(sure);
        Tensor all = selected;
        for (long label = 0; label < average.size(1); label++) {
            Tensor own = labels.eq(scalar(label));
            long texts = own.sum().item_long();
            boolean isShort = selected.logical_and(own).sum().item_long() < fewest;
            if (isShort && texts > 0) {
                Tensor probability = average.select(1, label);
                all = all.logical_or(own.logical_and(probability.gt(middle(probability.masked_select(own)))));
            }
        }
        return all;
    }

    /** The value at rank ⌊n / 2⌋ of n, from the greatest down, counted from 0. */
    private static Tensor middle(Tensor values) {
        Tensor sorted =
                new Tensor(torch.sort(values, new BoolOptional(true), 0, true).get0());
        return sorted.select(0, values.size(0) / 2);
    }

    /** How many of each class are selected, {@code int64 [classes]}: to be reported where they are few. */
    public static Tensor counts(Tensor selected, Tensor labels, long classes) {
        Tensor counts = labels.new_zeros(classes);
        return counts.index_add(0, labels, Tensors.as(selected, labels));
    }
}
