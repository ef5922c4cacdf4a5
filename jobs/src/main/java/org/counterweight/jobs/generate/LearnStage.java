package org.counterweight.jobs.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.text.TextClassification;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.classify.FewShotLearning;
import org.counterweight.fewgen.classify.LearnConfig;
import org.counterweight.fewgen.classify.Learner;
import org.counterweight.fewgen.classify.LearningListener;
import org.counterweight.fewgen.classify.SyntheticLearning;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.model.Model;
import org.counterweight.train.state.Checkpoint;
import org.counterweight.train.state.Remembering;
import org.jspecify.annotations.Nullable;

/**
 * The last stages: the classifier learns from the few examples; then, from there, once from the written texts and once, to hold
 * that against, as many steps from the few examples again.
 *
 * @param start the classifier's weights before it learns
 * @param examples the few
 * @param texts those that were written and kept
 */
record LearnStage(
        LearnConfig config,
        Seed seed,
        Model model,
        Map<String, Tensor> start,
        TextClassification examples,
        TextClassification texts,
        @Nullable TextClassification dev,
        ProgressLine progress,
        BooleanSupplier stops) {
    static final String FEW_SHOT = "few-shot.safetensors";
    static final String REPEATED = "repeated.safetensors";
    static final String LEARNT = "learnt.safetensors";
    private static final String CURVE = "curve";

    /**
     * A classifier that has learnt.
     *
     * @param weights its best
     * @param figure how well it did on dev; NaN without one
     * @param steps at which it was judged
     * @param accuracies on dev, there
     */
    record Learnt(Map<String, Tensor> weights, double figure, double[] steps, double[] accuracies) {}

    /**
     * The classifiers that are compared.
     *
     * @param fewShot from the few examples
     * @param repeated from these again, as long as from written texts
     * @param written from written texts
     */
    record Compared(Learnt fewShot, Learnt repeated, Learnt written) {}

    /**
     * What became of each written text.
     *
     * @param times it was learnt from
     * @param beliefs {@code [texts, classes]}: what the averaged classifier believes
     * @param selected of each class, for the last interval
     */
    record Uses(long[] times, Tensor beliefs, long[] selected) {}

    private Learner.Schedule schedule(double lr, int steps) {
        return new Learner.Schedule(lr, steps, config.warmUp(), config.maxGradNorm());
    }

    /** All of them, but for what lies in the directory already; null if it was stopped. */
    @Nullable
    Compared run(Path directory) throws IOException {
        Learnt fewShot = fewShot(directory);
        Learnt repeated = fewShot == null ? null : repeated(directory, fewShot);
        Learnt written = fewShot == null || repeated == null ? null : written(directory, fewShot);
        return fewShot == null || repeated == null || written == null ? null : new Compared(fewShot, repeated, written);
    }

    private @Nullable Learnt fewShot(Path directory) throws IOException {
        var learning = new FewShotLearning(
                examples,
                dev,
                config.fewShotBatchSize(),
                config.fewShotEvery(),
                config.labelSmoothing(),
                seed.child("few-shot order"));
        return examples(
                "learning from the few",
                directory.resolve(FEW_SHOT),
                start,
                schedule(config.fewShotLr(), config.fewShotSteps()),
                learning);
    }

    private @Nullable Learnt repeated(Path directory, Learnt from) throws IOException {
        var learning = new FewShotLearning(
                examples,
                dev,
                config.batchSize(),
                config.every(),
                config.labelSmoothing(),
                seed.child("repeated order"));
        return examples(
                "learning from the few again",
                directory.resolve(REPEATED),
                from.weights(),
                schedule(config.lr(), config.steps()),
                learning);
    }

    private @Nullable Learnt examples(
            String what, Path file, Map<String, Tensor> begin, Learner.Schedule schedule, FewShotLearning learning)
            throws IOException {
        Path part = part(file);
        try (var learner = new Learner(model, begin, schedule, seed.child(what))) {
            var listener = new Told(what, part, schedule.steps());
            if (Files.exists(file)) {
                return done(file);
            }
            if (Files.exists(part)) {
                Map<String, Tensor> saved = Checkpoint.read(part).tensors();
                learner.restore(saved);
                listener.restore(saved);
            }
            if (!learning.run(learner, listener)) {
                return null;
            }
            return finish(file, part, learner, listener, Map::of);
        }
    }

    private @Nullable Learnt written(Path directory, Learnt from) throws IOException {
        Path file = directory.resolve(LEARNT);
        Path part = part(file);
        if (Files.exists(file)) {
            return done(file);
        }
        Learner.Schedule schedule = schedule(config.lr(), config.steps());
        String what = "learning from written texts";
        try (var learner = new Learner(model, from.weights(), schedule, seed.child(what));
                var learning = new SyntheticLearning(texts, dev, config, seed.child("text order"))) {
            var listener = new Told(what, part, schedule.steps());
            if (Files.exists(part)) {
                Map<String, Tensor> saved = Checkpoint.read(part).tensors();
                learning.restore(saved, learner);
                listener.restore(saved);
            }
            if (!learning.run(learner, listener)) {
                return null;
            }
            return finish(file, part, learner, listener, () -> uses(learning));
        }
    }

    private static Map<String, Tensor> uses(SyntheticLearning learning) {
        return Map.of(
                "uses/times", Tensors.longs(learning.learnt()),
                "uses/beliefs", learning.beliefs(),
                "uses/selected", Tensors.longs(learning.selected()));
    }

    /** What became of the written texts, after {@link #run}. */
    static Uses uses(Path directory) {
        Map<String, Tensor> saved = Checkpoint.read(directory.resolve(LEARNT)).tensors();
        return new Uses(
                Tensors.toLongs(Remembering.required(saved, "uses/times")),
                Remembering.required(saved, "uses/beliefs"),
                Tensors.toLongs(Remembering.required(saved, "uses/selected")));
    }

    private static Path part(Path file) {
        return file.resolveSibling(String.valueOf(file.getFileName()).replace(".safetensors", ".part.safetensors"));
    }

    private Learnt finish(Path file, Path part, Learner learner, Told told, Supplier<Map<String, Tensor>> more)
            throws IOException {
        progress.end();
        try (var scope = Scope.open()) {
            var all = new LinkedHashMap<>(more.get());
            learner.best().forEach((name, tensor) -> all.put("weights/" + name, tensor));
            all.put(CURVE, told.curve());
            all.put("figure", Tensors.doubles(new double[] {dev == null ? Double.NaN : learner.bestFigure()}));
            new Checkpoint(Configs.JSON.createObjectNode(), learner.taken(), all).write(file);
        }
        Files.deleteIfExists(part);
        return done(file);
    }

    /** Its tensors belong to the open scope. */
    private static Learnt done(Path file) {
        Map<String, Tensor> saved = Checkpoint.read(file).tensors();
        double[] curve = Tensors.toDoubles(Remembering.required(saved, CURVE));
        double[] steps = new double[curve.length / 2];
        double[] accuracies = new double[steps.length];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = curve[2 * i];
            accuracies[i] = curve[2 * i + 1];
        }
        double figure = Tensors.toDoubles(Remembering.required(saved, "figure"))[0];
        return new Learnt(Checkpoint.of(saved, "weights"), figure, steps, accuracies);
    }

    /** Tells how it goes, and saves what it takes to go on. */
    private final class Told implements LearningListener {
        private final String what;
        private final Path part;
        private final List<Double> curve = new ArrayList<>();
        private final long steps;
        private boolean begun;

        Told(String what, Path part, long steps) {
            this.what = what;
            this.part = part;
            this.steps = steps;
        }

        void restore(Map<String, Tensor> saved) {
            for (double value : Tensors.toDoubles(Remembering.required(saved, CURVE))) {
                curve.add(value);
            }
        }

        Tensor curve() {
            return Tensors.doubles(
                    curve.stream().mapToDouble(Objects::requireNonNull).toArray());
        }

        @Override
        public void stepped(long step, long all, double loss) {
            if (!begun) {
                progress.begin(what, "steps", steps);
                progress.advance(step - 1);
                begun = true;
            }
            progress.advance(1);
        }

        @Override
        public void judged(long step, double accuracy, Remembering state) {
            curve.add((double) step);
            curve.add(accuracy);
            try (var scope = Scope.open()) {
                var all = new LinkedHashMap<>(state.state());
                all.put(CURVE, curve());
                new Checkpoint(Configs.JSON.createObjectNode(), step, all).write(part);
            }
        }

        @Override
        public boolean stops() {
            return stops.getAsBoolean();
        }
    }
}
