package org.counterweight.graph.domain;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.graph.Reversal;
import org.counterweight.graph.domain.adversary.Adversary;
import org.counterweight.graph.domain.adversary.Conditional;
import org.counterweight.graph.domain.adversary.Discriminator;
import org.counterweight.graph.domain.adversary.Losses;

/** {@link Dann} whose discriminator sees with each embedding what class is told of it: {@link Conditional}. */
public record Cdan(
        @Setting(
                value = "Widths between the discriminator's input and its answer",
                defaultsTo = "[10]",
                range = "each at least 1")
        List<Integer> hidden,

        @Setting(
                value = "How steeply the reversal rises with the epochs: times (epoch + 1) / epochs",
                defaultsTo = "1.0",
                range = "at least 0")
        double alphaTimes,

        @Setting(
                value = "Where it stops rising; the authors' code calls it alphamin",
                defaultsTo = "0.2",
                range = "at least 0")
        double alphaMax,

        @Setting(value = "Whether nodes count more whose class is clear", defaultsTo = "false")
        boolean entropy)
        implements Alignment {
    public Cdan {
        Checks.ranges(Cdan.class, "reweigh_edges.alignment", hidden, alphaTimes, alphaMax);
        hidden = List.copyOf(hidden);
    }

    @Override
    public Tensor gap(Sight source, Sight target, Step step) {
        double alpha = new Reversal(alphaTimes, alphaMax).at(step.epoch(), step.epochs());
        Adversary.Verdict verdict =
                new Adversary(Discriminator.of(hidden)).judge(step.beside(), rows(source), rows(target), alpha);
        return entropy
                ? Losses.domain(verdict.source(), false, Conditional.certainty(source.logits()))
                        .add(Losses.domain(verdict.target(), true, Conditional.certainty(target.logits())))
                : verdict.sourceLoss().add(verdict.targetLoss());
    }

    private static Tensor rows(Sight sight) {
        return Conditional.rows(sight.embeddings(), sight.logits());
    }

    @Override
    public Map<String, long[]> shapes(int width, int classes) {
        return Discriminator.shapes(hidden, width * classes);
    }

    @Override
    public boolean looksAtTarget() {
        return true;
    }
}
