package org.counterweight.studies.merge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.dynamic.TaskDawin;
import org.counterweight.merge.dynamic.baseline.AdaMerging;
import org.counterweight.merge.soup.UniformSoupConfig;
import org.counterweight.merge.vector.TiesConfig;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.studies.bed.classifier.Robustness;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.digits.Digits;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;

/** DaWin for several tasks: four ways of writing digits, an encoder fine-tuned for each, merged. */
public final class DawinTasksStudy implements Study {
    private static final Metric MEAN = Metric.higher("accuracy", "mean accuracy of the four tasks, %", 1);
    private static final Metric MODELS = Metric.plain("models", "merged models built for a task, most", 0);

    private static final String DAWIN = "DaWin";
    private static final String ARITHMETIC = "task arithmetic";
    private static final Map<String, UnaryOperator<Tensor>> TASKS = tasks();
    private static final String HEAD = "3.";
    private static final double SCALE = 0.3;

    private static Map<String, UnaryOperator<Tensor>> tasks() {
        var tasks = new LinkedHashMap<String, UnaryOperator<Tensor>>();
        tasks.put("upright", images -> images);
        tasks.put("turned", Digits::rotated);
        tasks.put("inverted", Digits::inverted);
        tasks.put("mirrored", images -> images.view(-1, 8, 8).flip(2).reshape(-1, 64));
        return java.util.Collections.unmodifiableMap(tasks);
    }

    private static final List<Pick> ALL = List.of(
            Pick.of("pre-trained"),
            Pick.of("fine-tuned for the task"),
            Pick.of("average"),
            Knob.FACTOR.at(ARITHMETIC, 0.25),
            Knob.FACTOR.at(ARITHMETIC, 0.3),
            Knob.FACTOR.at(ARITHMETIC, 0.4),
            Knob.FACTOR.at(ARITHMETIC, 0.5),
            Pick.of("TIES", "λ 1, 20 %"),
            Pick.of("AdaMerging", "task-wise"),
            Pick.of(DAWIN, "K 1"),
            Pick.of(DAWIN, "K 3"),
            Pick.of(DAWIN, "a model a sample"));

    @Override
    public Plan plan() {
        Pick dawin = Pick.of(DAWIN, "K 1");
        Pick arithmetic = Knob.FACTOR.at(ARITHMETIC, 0.3);
        return Plan.of("dawin-tasks", "DaWin for several tasks")
                .method("dawin")
                .paper(
                        "C. Oh et al., DaWin: Training-free Dynamic Weight Interpolation for Robust Adaptation, ICLR 2025 (arXiv"
                                + " 2410.03782)")
                .says(
                        "Coefficients from entropies, here one vector for each task's data, do better than task arithmetic and than"
                                + " coefficients trained without labels (AdaMerging).")
                .data(
                        "1,797 handwritten digits of 8 × 8 pixels (UCI optdigits). For each seed, shuffled: 600 upright images for"
                                + " pretraining, 597 for fine-tuning, 600 for the test; the tasks are these images upright, turned by a"
                                + " quarter, inverted, mirrored.")
                .setup(
                        "Perceptron 64-160-160-64 as encoder, and a linear head of 10 classes a task: trained on the pre-trained encoder"
                                + " first, then frozen. The encoder is fine-tuned for each task by AdamW at 0.002, batches of 16, 10"
                                + " epochs. All merges are of the four encoders; each task is answered with its own head. AdaMerging: 500"
                                + " steps of Adam at 0.001 on the entropies of the unlabelled test images, 64 of one task a step, in turn.")
                .picks(ALL)
                .seeds(6)
                .claim(
                        "DaWin (K 1) is two points more accurate than task arithmetic at 0.3",
                        new Rule.Advantage(MEAN, dawin, arithmetic, 2))
                .claim("and better in most seeds", new Rule.Wins(MEAN, dawin, arithmetic, 0.8))
                .claim(
                        "It is more accurate than AdaMerging, which trains",
                        new Rule.Wins(MEAN, dawin, Pick.of("AdaMerging", "task-wise"), 0.8))
                .claim("It is more accurate than TIES", new Rule.Wins(MEAN, dawin, Pick.of("TIES", "λ 1, 20 %"), 0.8))
                .claim(
                        "A model a sample is no more accurate than one a task, within a point",
                        new Rule.Near(MEAN, Pick.of(DAWIN, "a model a sample"), dawin, 1))
                .claim("One model is built for a task", new Rule.Within(MODELS, dawin, 1, 1, 1))
                .table("Accuracy", ALL, List.of(MEAN))
                .table(
                        "Cost",
                        ALL.stream().filter(pick -> pick.method().equals(DAWIN)).toList(),
                        List.of(MODELS))
                .figure(new Figure.Bars(
                        "accuracy",
                        "Mean accuracy of the four tasks",
                        "%",
                        List.of(MEAN),
                        List.of(ALL.get(0), ALL.get(1), ALL.get(2), ALL.get(4), ALL.get(7), ALL.get(8), ALL.get(9))))
                .limit("A perceptron and four easy tasks: nothing is said of CLIP.")
                .limit(
                        "DaWin needs M forward passes more of each sample, and is told the task, as all rows are by the head.")
                .limit("The coefficients of task arithmetic are not tuned; the table shows four.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Samples all = Digits.read().shuffled(seed.child("split"));
        WeighedClassifier classifier = WeighedClassifier.perceptron(64, 160, 160, 64, 10);
        Map<String, Tensor> pretrained = classifier.trained(
                classifier.fresh(seed.child("start")),
                all.part(0, 600).batches(32, seed.child("pretraining")),
                Robustness.config(size.of(20, 2), 1e-3, "constant"));
        Samples training = all.part(600, 1197);
        Samples test = all.part(1197, size == Size.FULL ? 1797 : 1260);
        var encoders = new LinkedHashMap<String, Map<String, Tensor>>();
        var heads = new LinkedHashMap<String, Map<String, Tensor>>();
        var tests = new LinkedHashMap<String, Samples>();
        TASKS.forEach((task, change) -> {
            Samples own = training.with(change);
            Seed order = seed.child(task);
            Map<String, Tensor> probed = classifier.finished(
                    Params.of(moving(pretrained, true)),
                    own.batches(32, order.child("head")),
                    Robustness.config(size.of(20, 2), 1e-2, "cosine"),
                    plain -> plain);
            Map<String, Tensor> tuned = classifier.finished(
                    Params.of(moving(probed, false)),
                    own.batches(16, order.child("encoder")),
                    Robustness.config(size.of(10, 1), 2e-3, "cosine"),
                    plain -> plain);
            heads.put(task, part(probed, true));
            encoders.put(task, part(tuned, false));
            tests.put(task, test.with(change));
        });
        return new Measured(classifier, part(pretrained, false), encoders, heads, tests, seed, size);
    }

    /** Copies, of which the head or all but the head may move. */
    private static Map<String, Tensor> moving(Map<String, Tensor> weights, boolean head) {
        Map<String, Tensor> moving = WeighedClassifier.moving(weights);
        moving.forEach((name, tensor) -> tensor.requires_grad_(name.startsWith(HEAD) == head));
        return moving;
    }

    private static Map<String, Tensor> part(Map<String, Tensor> weights, boolean head) {
        var part = new LinkedHashMap<>(weights);
        part.keySet().removeIf(name -> name.startsWith(HEAD) != head);
        return part;
    }

    private record Measured(
            WeighedClassifier classifier,
            Map<String, Tensor> base,
            Map<String, Map<String, Tensor>> encoders,
            Map<String, Map<String, Tensor>> heads,
            Map<String, Samples> tests,
            Seed seed,
            Size size)
            implements Trial {

        @Override
        public Measurement run(Arm arm) {
            List<Map<String, Tensor>> models = List.copyOf(new ArrayList<>(encoders.values()));
            return switch (arm.method()) {
                case "pre-trained" -> merged(base);
                case "fine-tuned for the task" ->
                    mean(tests.keySet().stream()
                            .mapToDouble(task -> accuracy(encoder(task), task))
                            .average()
                            .orElseThrow());
                case "average" -> merged(InMemory.merge(new UniformSoupConfig(), models));
                case ARITHMETIC ->
                    merged(dawin(1).merged(java.util.Collections.nCopies(models.size(), Knob.FACTOR.of(arm))));
                case "TIES" -> {
                    var all = new ArrayList<Map<String, Tensor>>(List.of(base));
                    all.addAll(models);
                    yield merged(InMemory.merge(new TiesConfig(List.of(1.0), List.of(0.2), true, false, 1), all));
                }
                case "AdaMerging" -> merged(dawin(1).merged(adaMerged(models)));
                default ->
                    dynamic(arm.setting().equals("K 1") ? 1 : arm.setting().equals("K 3") ? 3 : 0);
            };
        }

        private Map<String, Tensor> encoder(String task) {
            return Objects.requireNonNull(encoders.get(task), task);
        }

        private Samples test(String task) {
            return Objects.requireNonNull(tests.get(task), task);
        }

        private TaskDawin dawin(int clusters) {
            return new TaskDawin(classifier.model(), base, encoders, heads, SCALE, clusters);
        }

        private Measurement merged(Map<String, Tensor> encoder) {
            return mean(tests.keySet().stream()
                    .mapToDouble(task -> accuracy(encoder, task))
                    .average()
                    .orElseThrow());
        }

        private static Measurement mean(double accuracy) {
            return Measurement.of(Map.of(MEAN.key(), accuracy));
        }

        private Map<String, Tensor> headed(Map<String, Tensor> encoder, String task) {
            var headed = new LinkedHashMap<>(encoder);
            headed.putAll(Objects.requireNonNull(heads.get(task), task));
            return headed;
        }

        private double accuracy(Map<String, Tensor> encoder, String task) {
            return classifier.accuracy(headed(encoder, task), test(task));
        }

        private Measurement dynamic(int clusters) {
            double accuracy = 0;
            int most = 0;
            for (String task : tests.keySet()) {
                try (var scope = Scope.open()) {
                    TaskDawin.Prediction prediction =
                            dawin(clusters).predict(task, test(task).batch(), seed.child("mixture"));
                    accuracy += WeighedClassifier.accuracy(
                                    prediction.logits(), test(task).labels())
                            / tests.size();
                    most = Math.max(most, prediction.models());
                }
            }
            return Measurement.of(Map.of(MEAN.key(), accuracy, MODELS.key(), (double) most));
        }

        /** Steps take the tasks in turn; 64 of the test images each, in an order of their own. */
        private List<Double> adaMerged(List<Map<String, Tensor>> models) {
            List<String> tasks = List.copyOf(new ArrayList<>(tests.keySet()));
            return new AdaMerging(size.of(500, 8), 0.001, SCALE).train(base, models, step -> {
                String task = tasks.get((int) (step % tasks.size()));
                Samples samples = test(task);
                int[] order = seed.child("adamerging").child(step).permutation(samples.size());
                Tensor rows = Tensors.longs(
                        java.util.Arrays.stream(order).limit(64).asLongStream().toArray());
                Batch batch =
                        new Batch(Map.of(Batch.PIXEL_VALUES, samples.inputs().index_select(0, rows)));
                return merged -> classifier
                        .model()
                        .forward(Params.of(headed(merged, task)), batch, Pass.evaluation())
                        .logits();
            });
        }
    }
}
