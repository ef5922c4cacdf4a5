package org.counterweight.train.measure.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.text.tag.TagScheme;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.measure.Confusion;
import org.counterweight.train.measure.Metric;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective.Losses;

/** How well entities are told: {@link EntityCounts} of the words that have a label, the likeliest tag of each. */
public final class EntityFigures implements Metric {
    private final List<String> tags;
    private final EntityCounts counts;

    /** @param tags their names, in the order of the model's outputs */
    public EntityFigures(List<String> tags) {
        this.tags = List.copyOf(tags);
        this.counts = new EntityCounts(TagScheme.of(tags));
    }

    @Override
    public void add(Losses losses, Batch batch) {
        Tensor logits = losses.logits();
        if (logits == null) {
            return;
        }
        int length = Math.toIntExact(batch.labels().size(1));
        long[] truth = Tensors.toLongs(batch.labels());
        long[] told = Tensors.toLongs(logits.argmax(new LongOptional(2), false));
        for (int row = 0; row < truth.length / length; row++) {
            var wanted = new ArrayList<String>();
            var given = new ArrayList<String>();
            for (int at = row * length; at < (row + 1) * length; at++) {
                if (truth[at] != CrossEntropy.IGNORED) {
                    wanted.add(tags.get(Math.toIntExact(truth[at])));
                    given.add(tags.get(Math.toIntExact(told[at])));
                }
            }
            counts.add(wanted, given);
        }
    }

    @Override
    public Map<String, Double> figures() {
        return counts.figures();
    }

    @Override
    public List<Confusion.PerClass> parts() {
        return counts.perType();
    }
}
