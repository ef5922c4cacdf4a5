package org.counterweight.studies.classes;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.incremental.sequence.SequenceConfig;
import org.counterweight.incremental.sequence.SequenceResult;
import org.counterweight.incremental.sequence.TaskResult;
import org.counterweight.incremental.sequence.TaskSequence;
import org.counterweight.model.Model;
import org.counterweight.studies.bed.Alone;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.TrainConfig;

/**
 * Weight Aligning and what it is compared with, on classes that arrive task by task: what the studies of it have in common.
 *
 * @param model for any number of classes
 * @param start its weights
 * @param train of each task
 * @param tasks settings of the sequence but for how a task is learnt, as YAML: {@code tasks: 5, order_seed: 1}
 * @param memory as YAML
 */
record AligningArms(
        Model model,
        Map<String, Tensor> start,
        LabelledDataset learnt,
        LabelledDataset judged,
        TrainConfig train,
        String tasks,
        String memory) {
    static final String PAPER =
            "B. Zhao et al., Maintaining Discrimination and Fairness in Class Incremental Learning, CVPR 2020 (arXiv"
                    + " 1911.07053)";
    static final String SAYS =
            "Distillation keeps old classes apart from one another, and rescaling the new rows of the head to the mean"
                    + " length of the old ones keeps old and new ones fair to each other, without further parameters or rows held"
                    + " out.";

    static final Metric AVERAGE = Metric.higher("average", "average, %", 1);
    static final Metric LAST = Metric.higher("last", "after the last task, %", 1);
    static final Metric TRAINED = Metric.higher("trained", "the same as trained, %", 1);
    static final Metric GAIN = Metric.higher("gain", "gain by aligning, points", 1);
    static final Metric FORGETTING = Metric.lower("forgetting", "forgetting, points", 1);
    static final Metric GAMMA = Metric.plain("gamma", "mean gamma, unclamped", 2);
    static final Metric GAP = Metric.lower("gap", "new above old, points", 1);
    private static final String CURVE = "accuracy";

    static final String FINETUNE = "fine-tuning";
    static final String LWF = "LwF";
    static final String REPLAY = "replay";
    static final String PYCIL = "Weight Aligning as PyCIL has it";
    static final String AUTHOR = "Weight Aligning, the authors'";
    static final String WA = "Weight Aligning";
    static final String BIC = "BiC";
    static final String ICARL = "iCaRL, nearest mean";
    static final String JOINT = "all rows of all tasks";

    private static final Map<String, String> WAYS = ways();

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

    static List<Pick> all() {
        return WAYS.keySet().stream().map(Pick::of).toList();
    }

    static List<Pick> aligned() {
        return List.of(Pick.of(PYCIL), Pick.of(AUTHOR), Pick.of(WA));
    }

    /** What is claimed of every such sequence, and how it is shown. */
    static Plan.Draft shown(Plan.Draft draft) {
        return draft.method("weight_aligning")
                .paper(PAPER)
                .says(SAYS)
                .picks(all())
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
                .table("Accuracy and forgetting", all(), List.of(AVERAGE, LAST, FORGETTING))
                .table("Before and after aligning the same head", aligned(), List.of(TRAINED, LAST, GAIN, GAMMA, GAP))
                .figure(new Figure.Curves(
                        "tasks",
                        "Accuracy on all classes seen, after each task",
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
                                Pick.of(ICARL))));
    }

    Measurement run(Arm arm) {
        SequenceConfig config = Configs.bind(
                Configs.yaml(
                        "{" + tasks + ", learn: {" + WAYS.get(arm.method()) + ", memory: " + memory + "}}",
                        "the study"),
                SequenceConfig.class,
                "grow");
        return measured(
                new TaskSequence(config, model, start, learnt, judged, train, List.of()).run(null, Alone.FOLLOWING));
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
