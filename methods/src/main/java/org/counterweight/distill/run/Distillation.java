package org.counterweight.distill.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.OuterStep;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.expert.Experts;
import org.counterweight.distill.match.FeatureMatcher;
import org.counterweight.distill.match.GradientMatcher;
import org.counterweight.distill.match.Matcher;
import org.counterweight.distill.match.TrajectoryMatcher;
import org.counterweight.distill.real.RealImages;
import org.counterweight.distill.settings.DistillConfig;
import org.counterweight.distill.trial.Trial;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Images that are moved step by step by one of the ways of {@link org.counterweight.distill.settings.Way}, or chosen from the
 * real ones.
 *
 * <p>A step whose loss or gradient is no number is discarded, and both rates are halved from then on; after {@value #PATIENCE}
 * in a row there is nothing to be had, and the work ends with advice.
 *
 * @param real images to learn from
 * @param choose images to choose the best set by; no part of the test
 * @param names of the classes
 * @param experts recorded, or null where the way needs none
 */
public record Distillation(
        DistillConfig config,
        FlatModel model,
        RealImages real,
        RealImages choose,
        List<String> names,
        Experts.@Nullable Recorded experts,
        Seed seed) {
    /** How many steps in a row may be discarded. */
    public static final int PATIENCE = 5;

    private static final int CHECKPOINT_EVERY = 50;

    /** What is told while it goes on, and whether it is to go on. */
    public interface Following {
        boolean isStopped();

        void stepped(int iteration, double loss);

        void looked(Look look);

        void remark(String line);
    }

    /**
     * Takes all steps, or continues them.
     *
     * @param file where the state is kept, and found; null for nowhere
     * @return the result, of the open scope; null if it was stopped before its end
     * @throws TrainingException if it diverges, or the state is of other settings
     */
    public @Nullable Distilled run(@Nullable Path file, Following following) {
        ObjectNode settings = settings();
        try (var state = file != null && Files.exists(file) ? DistillationState.read(file, settings) : begun()) {
            Matcher matcher = matcher();
            int last = matcher == null ? 0 : config.iterations();
            while (true) {
                int done = state.iteration();
                boolean isOver = done >= last;
                boolean isDue = isLookDue(state, last);
                if (isDue && !look(state, following) || !isOver && following.isStopped()) {
                    write(state, file, settings);
                    return null;
                }
                if (isDue || done > 0 && done % CHECKPOINT_EVERY == 0) {
                    write(state, file, settings);
                }
                if (isOver || matcher == null) {
                    return state.distilled();
                }
                step(state, matcher, following);
            }
        }
    }

    private boolean isLookDue(DistillationState state, int last) {
        int done = state.iteration();
        boolean isLooked = !state.looks.isEmpty()
                && state.looks.get(state.looks.size() - 1).iteration() == done;
        return !isLooked && (done % config.every() == 0 || done == last);
    }

    private static void write(DistillationState state, @Nullable Path file, ObjectNode settings) {
        if (file != null) {
            state.write(file, settings);
        }
    }

    private DistillationState begun() {
        try (var scope = Scope.open()) {
            Tensor expert = experts == null ? null : experts.end(0);
            var first = new FirstImages(model, real, names, config.ipc(), expert, seed.child("first"));
            long[] labels = new long[real.classes() * config.ipc()];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = i / config.ipc();
            }
            Tensor images = first.of(config);
            Tensor rate = Tensors.as(Tensors.doubles(new double[] {config.lrTeacher()}), images)
                    .squeeze();
            return DistillationState.of(images, Tensors.longs(labels), rate);
        }
    }

    private @Nullable Matcher matcher() {
        return switch (config.method()) {
            case AST, MTT, TESLA -> {
                if (experts == null) {
                    throw new IllegalStateException(config.method() + " follows experts, and there are none");
                }
                yield new TrajectoryMatcher(config, model, experts);
            }
            case DM -> new FeatureMatcher(config, model, real);
            case DC -> new GradientMatcher(config, model, real);
            case HERDING, REPRESENTATIVE, RANDOM -> null;
        };
    }

    private void step(DistillationState state, Matcher matcher, Following following) {
        try (var scope = Scope.open()) {
            OuterStep usual = config.outer();
            double factor = Math.pow(0.5, state.halvings);
            var outer = new OuterStep(usual.images() * factor, usual.rate() * factor, usual.momentum(), usual.floor());
            SyntheticSet set = state.set();
            Tensor labels = set.isSoft() ? set.labels().argmax(new LongOptional(1), false) : set.labels();
            int iteration = state.iteration();
            Matcher.Outcome found = matcher.step(
                    state.outer(), labels, outer, seed.child("step").child(iteration));
            if (!found.isFinite()) {
                discard(state, iteration, following);
                return;
            }
            state.inARow = 0;
            state.moveTo(found.state(), found.labels());
            state.losses.add(found.loss());
            if (!Double.isNaN(found.loss()) && found.state().rate().item_double() <= config.lrFloor()) {
                if (state.floored++ == 0) {
                    following.remark(String.format(
                            Locale.ROOT,
                            "the learned rate fell to its floor, %.1e, in step %d; a lower distill.lr_lr keeps it above",
                            config.lrFloor(),
                            iteration + 1));
                }
            }
            following.stepped(iteration + 1, found.loss());
        }
    }

    private void discard(DistillationState state, int iteration, Following following) {
        state.losses.add(Double.NaN);
        state.discarded++;
        state.halvings++;
        state.inARow++;
        double rate = state.set().rate().item_double();
        if (state.inARow >= PATIENCE) {
            throw new TrainingException(String.format(
                    Locale.ROOT,
                    "step %d: the loss or its gradient was no number %d times in a row, at a learned rate of %.3g; lower"
                            + " distill.lr_lr (%.1e), distill.lr_teacher (%.3g) or distill.lr_img (%.3g), or take fewer"
                            + " distill.syn_steps",
                    iteration + 1,
                    PATIENCE,
                    rate,
                    config.lrLr(),
                    config.lrTeacher(),
                    config.outer().images()));
        }
        following.remark(String.format(
                Locale.ROOT,
                "step %d: the loss or its gradient was no number (learned rate %.3g); the step is discarded, and both rates"
                        + " are halved from here on",
                iteration + 1,
                rate));
    }

    /** @return whether all networks of the look had their turn */
    private boolean look(DistillationState state, Following following) {
        try (var scope = Scope.open()) {
            SyntheticSet set = state.set();
            List<Double> found = new Trial(config.trial(), config.dsa())
                    .accuracies(model, set, choose, seed.child("look"), following::isStopped);
            if (found.size() < config.trial().networks()) {
                return false;
            }
            double mean =
                    found.stream().mapToDouble(Double::doubleValue).average().orElse(0);
            var look = new Look(state.iteration(), mean, set.rate().item_double());
            state.look(look);
            following.looked(look);
            return true;
        }
    }

    private ObjectNode settings() {
        ObjectNode settings = Configs.tree(config);
        settings.put("seed", seed.value());
        settings.remove("memory");
        return (ObjectNode) Configs.JSON.readTree(settings.toString()); // as it is when it is read back
    }
}
