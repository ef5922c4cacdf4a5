package org.counterweight.graph.domain;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.graph.Reversal;
import org.counterweight.graph.domain.adversary.Adversary;
import org.counterweight.graph.domain.adversary.Discriminator;

/**
 * A discriminator learns to tell the domains by their embeddings, and the encoder to make them alike: Y. Ganin et al.,
 * "Domain-Adversarial Training of Neural Networks", JMLR 2016.
 */
public record Dann(
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
        double alphaMax)
        implements Alignment {
    public Dann {
        Checks.ranges(Dann.class, "reweigh_edges.alignment", hidden, alphaTimes, alphaMax);
        hidden = List.copyOf(hidden);
    }

    @Override
    public Tensor gap(Sight source, Sight target, Step step) {
        double alpha = new Reversal(alphaTimes, alphaMax).at(step.epoch(), step.epochs());
        Adversary.Verdict verdict = new Adversary(Discriminator.of(hidden))
                .judge(step.beside(), source.embeddings(), target.embeddings(), alpha);
        return verdict.sourceLoss().add(verdict.targetLoss());
    }

    @Override
    public Map<String, long[]> shapes(int width, int classes) {
        return Discriminator.shapes(hidden, width);
    }

    @Override
    public boolean looksAtTarget() {
        return true;
    }
}
