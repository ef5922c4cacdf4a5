package org.counterweight.incremental.run;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Batching;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.incremental.BiasCorrection;
import org.counterweight.incremental.Herding;
import org.counterweight.incremental.NearestMean;
import org.counterweight.incremental.NonNegative;
import org.counterweight.incremental.WeightAligning;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One step of a classifier that grows: it is trained on rows of the new classes and those kept of the old ones, with the model
 * before as a teacher, and its head is corrected at the end.
 *
 * @param model with all classes
 * @param params its weights, which are changed in place; those that require a gradient are trained
 * @param known how many classes there were before, the first ones: k
 * @param task counted from 0
 */
public record GrowthStep(GrowConfig config, Model model, Params params, long known, int task, TrainConfig train) {
    private static final BiasCorrection.Fit FIT = new BiasCorrection.Fit(0.01, 0.9, 0, 200);
    private static final int ROWS = 64; // at a time, where features are computed

    /**
     * What was done to the head after training.
     *
     * @param trained the head as it was trained, to be compared with what became of it
     * @param aligned of Weight Aligning from the second task on; else null
     * @param corrected of BiC from the second task on; else null
     * @param restricted whether the weight was kept from being negative
     * @param steps taken; fewer than planned if it was interrupted
     * @param interrupted whether it was asked to stop: then nothing was done to the head
     */
    public record Result(
            LinearHead trained,
            WeightAligning.@Nullable Aligned aligned,
            @Nullable BiasCorrection corrected,
            boolean restricted,
            long steps,
            boolean interrupted) {}

    /** Who follows the step, and may end it. */
    public interface Following {
        TrainingListener listener();

        /** Told how the present training can be stopped, from any thread. */
        void stops(Runnable work);

        /** Told what the user should know, a line each. */
        Consumer<String> remarks();
    }

    private String head() {
        return LinearHead.name(model, "grow");
    }

    /** The live head. */
    public LinearHead live() {
        return new LinearHead(
                Objects.requireNonNull(params.weights().get(head() + ".weight")),
                params.weights().get(head() + ".bias"));
    }

    /**
     * Trains, and corrects the head in place; tensors of the result belong to the open scope.
     *
     * @param checkpoint where the training is kept; null for nowhere. Taken up where it left it if there is one
     */
    public Result run(StepRows rows, @Nullable Path checkpoint, Following following) {
        boolean restricted = config.restricts(config.method() == GrowConfig.Way.WA && isSigned(rows.rows(), following));
        var seed = new Seed(train.seed());
        BatchSource batches = rows.seen().apply(train.batches(rows.rows(), seed.child("order")));
        Task plain = Task.of(model, params, batches, new IncrementalObjective(config.loss(known), rows.teacher()));
        Task whole = restricted ? plain.with((TrainingEvents) new NonNegative(live().weight())) : plain;
        try (var trainer = new Trainer(whole, settings(), following.listener(), checkpoint)) {
            following.stops(trainer::stop);
            trainer.resume();
            var result = trainer.run();
            if (result.interrupted()) {
                return new Result(live(), null, null, restricted, result.steps(), true);
            }
            return corrected(rows.held(), restricted, result.steps(), following);
        }
    }

    private TrainConfig settings() {
        double divisor = config.decayDivisor(task);
        if (divisor == 1) {
            return train;
        }
        ObjectNode tree = Configs.tree(train);
        tree.put("weight_decay", train.weightDecay() / divisor);
        return Configs.bind(tree, TrainConfig.class, "train");
    }

    /** Whether any of the features is negative before the step: then the restriction has no reason, and its user is told. */
    private boolean isSigned(LabelledDataset rows, Following following) {
        try (var scope = Scope.open()) {
            Tensor features = features(rows).values();
            boolean signed = features.min().item_double() < 0;
            if (signed && Boolean.TRUE.equals(config.restrict())) {
                following
                        .remarks()
                        .accept("grow.restrict keeps the head's weight from being negative, but the features that it"
                                + " is fed are negative themselves, so that the argument for it is void; restrict:"
                                + " false is usual here");
            }
            return signed;
        }
    }

    private Result corrected(@Nullable LabelledDataset held, boolean restricted, long steps, Following following) {
        LinearHead trained = live().copy();
        if (known == 0) {
            return new Result(trained, null, null, restricted, steps, false);
        }
        if (config.method() == GrowConfig.Way.WA) {
            WeightAligning.Aligned aligned = aligned();
            if (aligned.zeroRows() > 0) {
                following
                        .remarks()
                        .accept(aligned.zeroRows()
                                + " rows of the head are zero, and their classes hardly answer; a lower"
                                + " train.lr may keep them");
            }
            live().take(aligned.head());
            return new Result(trained, aligned, null, restricted, steps, false);
        }
        if (config.method() == GrowConfig.Way.BIC && held != null) {
            HeadFeatures features = features(held);
            BiasCorrection correction =
                    BiasCorrection.fit(FIT, trained.logits(features.values()).detach(), features.labels(), known);
            live().take(correction.into(trained));
            return new Result(trained, null, correction, restricted, steps, false);
        }
        return new Result(trained, null, null, restricted, steps, false);
    }

    private WeightAligning.Aligned aligned() {
        try {
            return config.aligning().align(live(), known);
        } catch (ConfigException e) { // it does not know which step this is
            throw new TrainingException("task " + (task + 1) + ": " + e.getMessage(), e);
        }
    }

    /** What the head is fed for these rows, in their order; of the open scope. */
    public HeadFeatures features(LabelledDataset rows) {
        return features(model, params, rows);
    }

    /** What any model's head is fed for these rows, in their order; of the open scope. */
    public static HeadFeatures features(Model model, Params params, LabelledDataset rows) {
        try (var scope = Scope.open()) {
            List<int[]> plan = Batching.of(ROWS).byLength(rows);
            HeadFeatures found = HeadFeatures.of(
                    model, params, BatchSource.of(plan.size(), epoch -> at -> rows.batch(plan.get(at))));
            long[] places =
                    plan.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
            Tensor order = Tensors.longs(places).argsort();
            return new HeadFeatures(
                    scope.keep(found.values().index_select(0, order)),
                    scope.keep(found.labels().index_select(0, order)));
        }
    }

    /**
     * The head that answers as the nearest class mean does: W = the normalised means, b = 0, since all means have one length.
     *
     * @param exemplars features of the exemplars of every class, by class
     */
    public static LinearHead nearestMean(Map<Integer, Tensor> exemplars, LinearHead like) {
        Tensor weight = like.weight().detach().clone();
        exemplars.forEach((c, features) -> weight.select(0, c).copy_(NearestMean.ofExemplars(features, Herding.EPS)));
        Tensor bias = like.bias();
        return new LinearHead(weight, bias == null ? null : bias.detach().mul(Tensors.scalar(0)));
    }
}
