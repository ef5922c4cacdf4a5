package org.counterweight.data;

import java.util.List;
import java.util.function.IntFunction;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;

/**
 * Where batches come from, epoch by epoch. A pure function of epoch and place, so that a resumed run gets the batches that
 * an unbroken one gets.
 */
public interface BatchSource {
    /** How many batches an epoch has; at least 1. */
    int batches();

    /** The batches of an epoch, by their place in it. Their tensors belong to the scope that is open when one is asked for. */
    IntFunction<Batch> epoch(int epoch);

    /** Every row of {@code data} once an epoch, shuffled anew each time. */
    static BatchSource shuffled(Dataset data, Batching batching, Seed seed) {
        return of(batching.batches(data), epoch -> {
            List<int[]> plan = batching.shuffled(data, seed.child(epoch));
            return place -> data.batch(plan.get(place));
        });
    }

    /** Every row of {@code data} once, the longest first; for evaluation. */
    static BatchSource byLength(Dataset data, Batching batching) {
        List<int[]> plan = batching.byLength(data);
        return of(plan.size(), epoch -> place -> data.batch(plan.get(place)));
    }

    /** The same batches in the same order in every epoch; their tensors belong to the caller. */
    static BatchSource of(List<Batch> batches) {
        return of(batches.size(), epoch -> batches::get);
    }

    static BatchSource of(int batches, IntFunction<IntFunction<Batch>> epochs) {
        return new BatchSource() {
            @Override
            public int batches() {
                return batches;
            }

            @Override
            public IntFunction<Batch> epoch(int epoch) {
                return epochs.apply(epoch);
            }
        };
    }
}
