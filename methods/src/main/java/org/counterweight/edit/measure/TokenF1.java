package org.counterweight.edit.measure;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How far a predicted sequence of tokens has those of the right one: 2 P R / (P + R), 0 where nothing is shared.
 *
 * <p>{@link #SET} is what GRACE's official code reports, {@link #MULTISET} that of SQuAD (P. Rajpurkar et al., EMNLP 2016).
 */
public enum TokenF1 {
    /** Different tokens that are shared, over the full lengths: repeated tokens count in the lengths alone. */
    SET {
        @Override
        long shared(long[] predicted, long[] gold) {
            var distinct = Arrays.stream(gold).boxed().collect(Collectors.toSet());
            return Arrays.stream(predicted)
                    .distinct()
                    .filter(distinct::contains)
                    .count();
        }
    },
    /** Each token as often as both have it. */
    MULTISET {
        @Override
        long shared(long[] predicted, long[] gold) {
            Map<Long, Integer> left = new HashMap<>();
            for (long token : gold) {
                left.merge(token, 1, Integer::sum);
            }
            long shared = 0;
            for (long token : predicted) {
                Integer count = left.get(token);
                if (count != null && count > 0) {
                    left.put(token, count - 1);
                    shared++;
                }
            }
            return shared;
        }
    };

    abstract long shared(long[] predicted, long[] gold);

    /** In [0, 1]; padding and ignored labels are to be taken out before. */
    public double of(long[] predicted, long[] gold) {
        long shared = shared(predicted, gold);
        if (shared == 0) {
            return 0;
        }
        double precision = (double) shared / predicted.length;
        double recall = (double) shared / gold.length;
        return 2 * precision * recall / (precision + recall);
    }
}
