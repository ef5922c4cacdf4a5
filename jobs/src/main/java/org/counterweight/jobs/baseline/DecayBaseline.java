package org.counterweight.jobs.baseline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.model.Params;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.Section;

/**
 * What the same run reaches with plain weights and the weight decay that suits it best: one run for each of some decays, of which
 * the held-out rows to choose by choose one, as they choose the weights of each. What a regulariser of weights must beat.
 *
 * @param runs in the order of the decays
 * @param best the place of the chosen one
 * @param test its figures on the rows to judge by
 * @param figure by which it was chosen
 */
public record DecayBaseline(List<One> runs, int best, Evaluation test, String figure) implements PartReport {
    public DecayBaseline {
        runs = List.copyOf(runs);
    }

    /**
     * One run.
     *
     * @param dev figures of the weights that it ended with, on the rows to choose by
     * @param steps after which it was looked at
     * @param curve the figure then
     */
    public record One(double decay, Evaluation dev, double[] steps, double[] curve) {}

    /**
     * Trains them one after the other; {@code plain}'s weights stay as they are.
     *
     * @param plain the run before any part has joined it
     * @param decays at least one
     * @param judge measures on the rows to judge by
     */
    public static DecayBaseline of(Run plain, List<Double> decays, Evaluator judge, ProgressLine progress) {
        TrainConfig config = plain.config();
        Evaluator dev = Objects.requireNonNull(plain.task().evaluator(), "a run that is not judged has no best decay");
        var runs = new ArrayList<One>();
        int best = 0;
        Evaluation test = null;
        for (double decay : decays) {
            try (var scope = Scope.open()) {
                var curve = new Curve(config.bestBy());
                Params params = copy(plain.task().params());
                Task task = Task.of(
                                plain.task().model(),
                                params,
                                plain.task().data(),
                                plain.task().objective())
                        .weighedBy(plain.task().weigher())
                        .evaluatedBy(dev);
                try (var trainer = new Trainer(task, config.withWeightDecay(decay), progress.and(curve), null)) {
                    Evaluation found = Objects.requireNonNull(trainer.run().evaluation());
                    progress.end();
                    runs.add(new One(decay, found, curve.steps(), curve.values()));
                    if (test == null || isBetter(config, found, runs.get(best).dev())) {
                        best = runs.size() - 1;
                        test = judge.evaluate(task.model(), params);
                    }
                }
            }
        }
        var baseline = new DecayBaseline(runs, best, Objects.requireNonNull(test), config.bestBy());
        progress.say(baseline.line());
        return baseline;
    }

    private static boolean isBetter(TrainConfig config, Evaluation one, Evaluation other) {
        double a = one.metric(config.bestBy());
        double b = other.metric(config.bestBy());
        return config.largerIsBetter() ? a > b : a < b;
    }

    /** Copies of all weights, those to be trained that are trained in {@code params}. */
    private static Params copy(Params params) {
        var copies = new LinkedHashMap<String, Tensor>();
        params.weights()
                .forEach((name, tensor) ->
                        copies.put(name, tensor.detach().clone().requires_grad_(tensor.requires_grad())));
        return Params.of(copies);
    }

    /** The figure at each evaluation. */
    private static final class Curve implements TrainingListener {
        private final String figure;
        private final List<double[]> seen = new ArrayList<>();

        Curve(String figure) {
            this.figure = figure;
        }

        @Override
        public void evaluated(long step, Evaluation evaluation) {
            seen.add(new double[] {step, evaluation.metric(figure)});
        }

        double[] steps() {
            return seen.stream().mapToDouble(pair -> pair[0]).toArray();
        }

        double[] values() {
            return seen.stream().mapToDouble(pair -> pair[1]).toArray();
        }
    }

    /** The chosen weight decay. */
    public double decay() {
        return runs.get(best).decay();
    }

    private String line() {
        return String.format(
                Locale.ROOT,
                "plain weights with the best of %d weight decays, %s: %s on the rows to judge by",
                runs.size(),
                decay(),
                figures());
    }

    private String figures() {
        var all = new ArrayList<String>();
        for (Map.Entry<String, Double> figure : test.all().entrySet()) {
            all.add(String.format(Locale.ROOT, "%s %.4f", figure.getKey().replace('_', ' '), figure.getValue()));
        }
        return String.join(", ", all);
    }

    @Override
    public List<Section> sections() {
        List<Section.Curve> curves = runs.stream()
                .map(run -> new Section.Curve("weight decay " + run.decay(), run.steps(), run.curve(), true))
                .toList();
        return List.of(new Section.Curves(
                "Plain weights, by weight decay",
                "The same run with plain weights: " + figure.replace('_', ' ')
                        + " on the rows held out to choose by, which choose " + decay()
                        + ". On the rows to judge by, it has " + figures() + ".",
                curves));
    }
}
