package org.counterweight.balance.run;

import static org.counterweight.engine.Tensors.optional;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.balance.ClassCounts;
import org.counterweight.balance.LogitAdjustment;
import org.counterweight.balance.adjust.AdjustConfig;
import org.counterweight.balance.adjust.TauChoice;
import org.counterweight.balance.audit.Recalls;
import org.counterweight.balance.stage.HeadTraining;
import org.counterweight.balance.stage.SecondStage;
import org.counterweight.data.Batching;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.train.sample.ClassBalanced;
import org.counterweight.train.sample.Sampler;
import org.jspecify.annotations.Nullable;

/**
 * The heads that a run ends with, one after the other: that of the first stage, of the second, with rows of one length, with
 * adjusted logits. Whatever is chosen is chosen on the rows to choose by.
 *
 * @param heads with what was done to each, in words
 * @param projected how often each class's row was shortened in the second stage; null without a ball
 * @param radius of the ball; null without one
 */
record Stages(
        List<Done> heads,
        long @Nullable [] projected,
        @Nullable Double radius) {
    /** A head, and what made it of the one before. */
    record Done(String name, LinearHead head) {}

    /**
     * @param start the head of the first stage
     * @param learnt the rows to learn from
     * @param chosen the rows to choose by; null for none: then the last epoch counts
     */
    static Stages of(
            BalanceConfig config,
            LinearHead start,
            HeadFeatures learnt,
            @Nullable HeadFeatures chosen,
            ClassCounts counts,
            Seed seed) {
        var heads = new ArrayList<Done>();
        heads.add(new Done("first stage", start));
        long[] projected = null;
        Double radius = null;
        if (config.second() != null) {
            try (var training = new HeadTraining(
                    config.second(),
                    start,
                    counts.weights(config.second().loss().beta()))) {
                heads.add(second(config, training, learnt, chosen, counts, seed));
                radius = training.radius();
                projected = radius == null ? null : training.projected();
            }
        }
        LinearHead head = last(heads);
        if (config.tauNorm() != null) {
            head = head.with(config.tauNorm().of(head.weight(), counts.ranks()));
            heads.add(new Done(
                    "rows of the head normalised, tau "
                            + Text.number(config.tauNorm().tau()),
                    head));
        }
        AdjustConfig adjust = config.adjust();
        if (adjust != null && adjust.when() == AdjustConfig.When.AFTER) {
            LogitAdjustment found = chosen == null
                    ? new LogitAdjustment(adjust.mode(), adjust.grid()[0]) // given, which was checked
                    : TauChoice.of(
                                    adjust,
                                    head.logits(chosen.values()),
                                    chosen.labels(),
                                    chosen.weights(),
                                    counts.logPrior())
                            .adjustment();
            heads.add(new Done(
                    "logits adjusted, tau " + Text.number(found.tau()), found.merged(head, counts.logPrior())));
        }
        return new Stages(heads, projected, radius);
    }

    private static LinearHead last(List<Done> heads) {
        return heads.get(heads.size() - 1).head();
    }

    private static Done second(
            BalanceConfig config,
            HeadTraining training,
            HeadFeatures learnt,
            @Nullable HeadFeatures chosen,
            ClassCounts counts,
            Seed seed) {
        var settings = Objects.requireNonNull(config.second());
        boolean drawsClasses = settings.rows() == SecondStage.Draw.CLASS_BALANCED;
        HeadFeatures weighed = drawsClasses ? withinClasses(learnt) : learnt;
        var rows = new FeatureRows(learnt, counts.classes());
        var batching = new Batching(settings.batchSize(), 1);
        Sampler drawn = new ClassBalanced(0).create(rows, batching, seed);
        LinearHead best = null;
        double most = Double.NEGATIVE_INFINITY;
        int at = 0;
        for (int epoch = 0; epoch < settings.epochs(); epoch++) {
            try (var scope = Scope.open()) {
                List<int[]> plan = switch (settings.rows()) {
                    case EACH -> batching.shuffled(rows, seed.child(epoch));
                    case CLASS_BALANCED -> drawn.epoch(epoch);
                };
                training.epoch(
                        epoch, weighed, plan.stream().map(Stages::numbers).toList());
                double balanced = chosen == null ? epoch : balanced(config, training.head(), chosen, counts);
                if (balanced > most) {
                    most = balanced;
                    at = epoch + 1;
                    LinearHead copy = training.head().copy();
                    Tensor bias = copy.bias();
                    best = new LinearHead(scope.keep(copy.weight()), bias == null ? null : scope.keep(bias));
                }
            }
        }
        return new Done("second stage, epoch " + at, Objects.requireNonNull(best));
    }

    /** Weights beside the mean of their class: for rows that are drawn from classes all alike. */
    private static HeadFeatures withinClasses(HeadFeatures rows) {
        Tensor count = torch.bincount(rows.labels());
        Tensor weight = torch.bincount(rows.labels(), optional(rows.weights()), 0);
        Tensor each = rows.weights().mul(count.div(weight).index_select(0, rows.labels()));
        return new HeadFeatures(rows.values(), rows.labels(), each);
    }

    private static Tensor numbers(int[] rows) {
        return Tensors.longs(Arrays.stream(rows).asLongStream().toArray());
    }

    private static double balanced(BalanceConfig config, LinearHead head, HeadFeatures chosen, ClassCounts counts) {
        Tensor logits = head.logits(chosen.values()).detach();
        return config.adjust() != null && config.adjust().selectsAdjusted()
                ? TauChoice.of(config.adjust(), logits, chosen.labels(), chosen.weights(), counts.logPrior())
                        .balanced()
                : Recalls.balanced(logits, chosen.labels(), chosen.weights());
    }
}
