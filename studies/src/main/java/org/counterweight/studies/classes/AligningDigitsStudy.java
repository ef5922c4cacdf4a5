package org.counterweight.studies.classes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.engine.Seed;
import org.counterweight.incremental.run.GrowthStep;
import org.counterweight.incremental.run.SequenceConfig;
import org.counterweight.incremental.run.SequenceResult;
import org.counterweight.incremental.run.TaskResult;
import org.counterweight.incremental.run.TaskSequence;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.studies.plan.Figure;
import org.counterweight.studies.plan.Measurement;
import org.counterweight.studies.plan.Metric;
import org.counterweight.studies.plan.Pick;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Rule;
import org.counterweight.studies.plan.Size;
import org.counterweight.studies.plan.Study;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.TrainingListener;

/** Weight Aligning and what it is compared with, on digits that come two at a time. */
public final class AligningDigitsStudy implements Study {
    private static final Metric AVERAGE = Metric.higher("average", "average, %", 1);
    private static final Metric LAST = Metric.higher("last", "after the last task, %", 1);
    private static final Metric TRAINED = Metric.higher("trained", "the same as trained, %", 1);
    private static final Metric GAIN = Metric.higher("gain", "gain by aligning, points", 1);
    private static final Metric FORGETTING = Metric.lower("forgetting", "forgetting, points", 1);
    private static final Metric GAMMA = Metric.plain("gamma", "mean gamma, unclamped", 2);
    private static final Metric GAP = Metric.lower("gap", "new above old, points", 1);
    private static final String CURVE = "accuracy";

    private static final String FINETUNE = "fine-tuning";
    private static final String LWF = "LwF";
    private static final String REPLAY = "replay";
    private static final String PYCIL = "Weight Aligning as PyCIL has it";
    private static final String AUTHOR = "Weight Aligning, the authors'";
    private static final String WA = "Weight Aligning";
    private static final String BIC = "BiC";
    private static final String ICARL = "iCaRL, nearest mean";
    private static final String JOINT = "all rows of all tasks";

    private static final Map<String, String> WAYS = ways();
    private static final Mlp MODEL = new Mlp(64, List.of(128), 10, Activation.RELU, 0);
    private static final int LEARNT = 130;

    private static Map<String, String> ways() {
        var ways = new LinkedHashMap<String, String>();
        ways.put(FINETUNE, "method: finetune");
        ways.put(LWF, "method: lwf");
        ways.put(REPLAY, "method: replay");
        ways.put(PYCIL, "preset: pycil");
        ways.put(AUTHOR, "preset: author");
        ways.put(WA, "preset: default");
        ways.put(BIC, "method: bic");
        ways.put(ICARL, "method: icarl");
        ways.put(JOINT, "method: joint");
        return ways;
    }

    private static List<Pick> all() {
        return WAYS.keySet().stream().map(Pick::of).toList();
    }

    private static List<Pick> aligned() {
        return List.of(Pick.of(PYCIL), Pick.of(AUTHOR), Pick.of(WA));
    }

    @Override
    public Plan plan() {
        return Plan.of("aligning-digits", "Weight Aligning: digits that come two at a time")
                .method("weight_aligning")
                .paper(
                        "B. Zhao et al., Maintaining Discrimination and Fairness in Class Incremental Learning, CVPR 2020 (arXiv"
                                + " 1911.07053)")
                .says(
                        "Distillation keeps old classes apart from one another, and rescaling the new rows of the head to the mean"
                                + " length of the old ones keeps old and new ones fair to each other, without further parameters or rows held"
                                + " out.")
                .data(
                        "The included 8 x 8 digits: 130 of each to learn from, the others (43 to 53) to judge by; five tasks of two"
                                + " digits, in an order of each seed; 30 rows are kept in all.")
                .setup(
                        "Perceptron 64-128-10 with ReLU, SGD with momentum 0.9 at 0.05, batches of 32, 15 epochs a task, cosine"
                                + " schedule, decay 5e-4. Accuracies are over all digits seen; the average is over the five tasks. With the"
                                + " restriction, which the authors' and our preset have, the head's weight is never negative.")
                .picks(all())
                .seeds(5)
                .claim(
                        "Aligning the head of the same training raises the accuracy after the last task by at least 10 points",
                        new Rule.Within(GAIN, Pick.of(WA), 10, 100, 0.8))
                .claim(
                        "New rows are longer than old ones there: mean gamma is below 1",
                        new Rule.Within(GAMMA, Pick.of(WA), 0, 1, 0.8))
                .claim(
                        "Weight Aligning has a better average than replay alone",
                        new Rule.Wins(AVERAGE, Pick.of(WA), Pick.of(REPLAY), 0.8))
                .claim("and than LwF", new Rule.Wins(AVERAGE, Pick.of(WA), Pick.of(LWF), 0.8))
                .claim("and than BiC", new Rule.Wins(AVERAGE, Pick.of(WA), Pick.of(BIC), 0.8))
                .claim(
                        "The restriction is what makes lengths tell: without it, as in PyCIL, the average is worse",
                        new Rule.Wins(AVERAGE, Pick.of(WA), Pick.of(PYCIL), 0.8))
                .claim(
                        "L2 norms serve better here than the authors' L1",
                        new Rule.Wins(LAST, Pick.of(WA), Pick.of(AUTHOR), 0.8))
                .claim(
                        "On digits this easy nearest means are ahead all the same",
                        new Rule.Wins(AVERAGE, Pick.of(ICARL), Pick.of(WA), 0.8))
                .table("Accuracy and forgetting", all(), List.of(AVERAGE, LAST, FORGETTING))
                .table("Before and after aligning the same head", aligned(), List.of(TRAINED, LAST, GAIN, GAMMA, GAP))
                .figure(new Figure.Curves(
                        "tasks",
                        "Accuracy on all digits seen, after each task",
                        CURVE,
                        "task",
                        "accuracy, %",
                        1,
                        false,
                        List.of(
                                Pick.of(FINETUNE),
                                Pick.of(REPLAY),
                                Pick.of(PYCIL),
                                Pick.of(WA),
                                Pick.of(BIC),
                                Pick.of(ICARL))))
                .limit("A perceptron and easy digits: the paper's setting is 100 classes of CIFAR with a ResNet-32.")
                .limit("Nothing is tuned for any arm.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        ImageSet digits = ImageSet.digits();
        var learnt = new ArrayList<Integer>();
        var judged = new ArrayList<Integer>();
        for (int c = 0; c < 10; c++) {
            int digit = c;
            int[] own = IntStream.range(0, digits.size())
                    .filter(row -> digits.label(row) == digit)
                    .toArray();
            int[] order = seed.child(digit).permutation(own.length);
            IntStream.range(0, own.length).forEach(place -> (place < LEARNT ? learnt : judged).add(own[order[place]]));
        }
        TrainConfig train = TrainConfig.of("{epochs: " + size.of(15, 2)
                + ", batch_size: 32, lr: 0.05, warmup: 0.0, weight_decay:"
                + " 5e-4, precision: float32, optimizer: {name: sgd, momentum: 0.9}, seed: " + seed.value() + "}");
        LabelledDataset train130 = select(digits, learnt);
        LabelledDataset test = select(digits, judged);
        return arm -> {
            SequenceConfig config = Configs.bind(
                    Configs.yaml(
                            "{tasks: 5, order_seed: " + seed.value() + ", learn: {" + WAYS.get(arm.method())
                                    + ", memory: {total: 30}}}",
                            "the study"),
                    SequenceConfig.class,
                    "grow");
            var start = MODEL.initialize(seed.child("start").generator());
            return measured(new TaskSequence(config, MODEL, start, train130, test, train).run(null, alone()));
        };
    }

    private static LabelledDataset select(ImageSet digits, List<Integer> rows) {
        return digits.select(rows.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Nobody follows, and nobody stops it. */
    private static GrowthStep.Following alone() {
        return new GrowthStep.Following() {
            @Override
            public TrainingListener listener() {
                return new TrainingListener() {};
            }

            @Override
            public void stops(Runnable work) {}

            @Override
            public Consumer<String> remarks() {
                return remark -> {};
            }
        };
    }

    private static Measurement measured(SequenceResult result) {
        var values = new HashMap<String, Double>();
        values.put(AVERAGE.key(), 100 * result.after().average());
        values.put(LAST.key(), 100 * result.after().last());
        values.put(TRAINED.key(), 100 * result.before().last());
        values.put(GAIN.key(), 100 * (result.after().last() - result.before().last()));
        values.put(FORGETTING.key(), 100 * result.after().forgetting());
        List<TaskResult> aligned =
                result.tasks().stream().filter(task -> task.unclamped() != null).toList();
        if (!aligned.isEmpty()) {
            values.put(
                    GAMMA.key(),
                    aligned.stream()
                            .mapToDouble(task -> Objects.requireNonNull(task.unclamped()))
                            .average()
                            .orElseThrow());
        }
        TaskResult last = result.tasks().get(result.tasks().size() - 1);
        double old = last.after().subList(0, last.task()).stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
        values.put(GAP.key(), 100 * (last.after().get(last.task()) - old));
        double[] curve = result.after().afterEachTask();
        Arrays.setAll(curve, t -> 100 * curve[t]);
        return new Measurement(values, Map.of(CURVE, curve));
    }
}
