package org.counterweight.studies.adapt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.model.Params;
import org.counterweight.studies.bed.Contender;
import org.counterweight.studies.bed.Trace;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.RateSweep;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.MeanSquaredError;

/** Five layers of which two need an update, one of rank 8 and one of 2: does AdaLoRA's budget go where the rank is? */
public final class AdaLoraRanksStudy implements Study {
    private static final long WIDTH = 32;
    private static final List<Integer> TRUE = List.of(0, 0, 8, 0, 2);
    private static final int STEPS = 600;

    private static final String UNIFORM = "LoRA r2";
    private static final String ORACLE = "LoRA, true ranks";
    private static final String DEALT = "LoRA, random ranks";
    private static final String ADALORA = "AdaLoRA 6 to 2";
    private static final String PULLED = "AdaLoRA 6 to 2, w 0.1";
    private static final String SMOOTHED = "AdaLoRA 6 to 2, smoothed";
    private static final String MAGNITUDE = "AdaLoRA 6 to 2, by magnitude";

    private static final RateSweep SWEEP = new RateSweep(
            contenders(STEPS).stream().map(Contender::name).toList(), List.of(2e-3, 5e-3, 1e-2, 2e-2, 5e-2), 5e-3);

    private static final Metric ERROR = Metric.lower("relative_error", "test MSE over the base's", 3);
    private static final Metric VALIDATION = Metric.lower("validation_error", "validation MSE over the base's", 3);
    private static final Metric COUNT = Metric.plain("trained", "trained parameters", 0);
    private static final List<Metric> RANKS = IntStream.range(0, TRUE.size())
            .mapToObj(layer -> Metric.plain("rank_" + layer, "rank of layer " + (layer + 1), 1))
            .toList();

    /** @param steps of the run along which ranks fall */
    private static List<Contender> contenders(int steps) {
        return List.of(
                Contender.of(UNIFORM, "lora", "{r: 2, alpha: 2}"),
                new Contender(ORACLE, new RankedLora(TRUE)),
                new Contender(DEALT, new RankedLora.Dealt(10)),
                adalora("SVD-LoRA r2", 2, 2, 0, "uncertain", steps),
                adalora("SVD-LoRA r6", 6, 6, 0, "uncertain", steps),
                adalora(ADALORA, 6, 2, 0, "uncertain", steps),
                adalora(PULLED, 6, 2, 0.1, "uncertain", steps),
                adalora(SMOOTHED, 6, 2, 0, "smoothed", steps),
                adalora(MAGNITUDE, 6, 2, 0, "magnitude", steps));
    }

    private static Contender adalora(String name, int from, int to, double pull, String importance, int steps) {
        String settings =
                "{init_r: %d, target_r: %d, alpha: %d, tinit: %d, tfinal: %d, delta_t: 10, orth_reg_weight: %s, importance: %s}"
                        .formatted(from, to, from, steps / 10, steps / 3, pull, importance);
        return Contender.of(name, "adalora", settings);
    }

    @Override
    public Plan plan() {
        List<Metric> columns = List.of(COUNT, ERROR);
        var ranks = new ArrayList<>(RANKS);
        ranks.add(ERROR);
        List<Pick> adaloras = List.of(SWEEP.at(ADALORA), SWEEP.at(PULLED), SWEEP.at(SMOOTHED), SWEEP.at(MAGNITUDE));
        var shown = new ArrayList<>(List.of(SWEEP.at(ORACLE), SWEEP.at(UNIFORM)));
        shown.addAll(adaloras);
        return Plan.of("adalora-ranks", "AdaLoRA: does the budget go where the rank is?")
                .method("adalora")
                .paper(
                        "Q. Zhang et al., AdaLoRA: Adaptive Budget Allocation for Parameter-Efficient Fine-Tuning, ICLR 2023 (arXiv"
                                + " 2303.10512)")
                .says(
                        "Triplets pruned by importance over all matrices leave more rank to those that matter, and at an equal budget"
                                + " that is better than an equal rank for all.")
                .data(
                        "Five linear layers of 32 × 32 with ReLU between them, normal weights; the target differs from them by updates"
                                + " of rank 0, 0, 8, 0 and 2, each half as large as its weight. 512 normal inputs with the target's"
                                + " exact answers to learn from, 512 others for validation, 1,024 for the test. Drawn anew for each"
                                + " seed.")
                .setup(
                        "600 steps of 64, AdamW without decay, linear decay, alpha = r. AdaLoRA: ranks fall from 6 to 2 in the mean"
                                + " between steps 60 and 400, allocated every 10. All but SVD-LoRA r6 end with 10 triplets; before"
                                + " that AdaLoRA trains 30. w is the factor of the orthogonality penalty, 0 where none is named.")
                .arms(SWEEP.arms())
                .seeds(8)
                .tunedBy(VALIDATION)
                .claim(
                        "The first layer, which needs no update, ends with rank 0",
                        new Rule.Within(RANKS.get(0), SWEEP.at(ADALORA), 0, 0, 0.85))
                .claim(
                        "The layer that needs rank 8 ends with more than the mean rank of 2",
                        new Rule.Within(RANKS.get(2), SWEEP.at(ADALORA), 2.5, 6, 0.85))
                .claim(
                        "At one rate, AdaLoRA's error is below that of LoRA with rank 2 everywhere",
                        new Rule.Wins(ERROR, SWEEP.at(ADALORA), SWEEP.at(UNIFORM), 0.75))
                .claim(
                        "It is still below with the orthogonality penalty",
                        new Rule.Wins(ERROR, SWEEP.at(PULLED), SWEEP.at(UNIFORM), 0.75))
                .claim(
                        "It is below that of LoRA with the same budget dealt at random",
                        new Rule.Wins(ERROR, SWEEP.at(ADALORA), SWEEP.at(DEALT), 0.75))
                .claim(
                        "With the rate tuned for each, AdaLoRA's error is below that of LoRA with rank 2 everywhere",
                        new Rule.Wins(ERROR, Pick.tuned(ADALORA), Pick.tuned(UNIFORM), 0.75))
                .claim(
                        "The paper's score does better than the magnitude of the singular value alone",
                        new Rule.Advantage(ERROR, Pick.tuned(ADALORA), Pick.tuned(MAGNITUDE), 0))
                .table("One rate for all", SWEEP.atFixed(), columns)
                .table("Final ranks at that rate", adaloras, ranks)
                .table("The best rate of each, by validation error", SWEEP.tuned(), columns)
                .figure(new Figure.Bars(
                        "ranks", "Final ranks, lr 0.005; the truth is at the left", "rank", RANKS, shown))
                .figure(SWEEP.figure("rates", "What the learning rate does to each", ERROR))
                .limit(
                        "A teacher made so that ranks differ: whether the matrices of a real model need unequal ranks is not"
                                + " asked here.")
                .limit("AdaLoRA needs three times the memory of LoRA r2 until its ranks have fallen.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        var teacher = TrueRankTeacher.of(WIDTH, TRUE, seed.child("teacher").generator());
        Samples learnt = teacher.samples(512, seed.child("train").generator());
        Samples chosen = teacher.samples(512, seed.child("validation").generator());
        Samples judged = teacher.samples(1024, seed.child("test").generator());
        Params base = Params.of(teacher.base());
        double scaleOfChosen = error(teacher, base, chosen);
        double scaleOfJudged = error(teacher, base, judged);
        BatchSource batches = learnt.batches(64, seed.child("batches"));
        int steps = size.of(STEPS, 12);
        return arm -> {
            Contender contender = Contender.named(arm.method(), contenders(steps));
            double rate = Knob.RATE.of(arm);
            Params params = contender.onto(
                    teacher.model(), base, teacher.model().modules().linears(), seed);
            Task task = Task.of(teacher.model(), params, batches, new MeanSquaredError());
            Trace trace = Trace.of(contender.training(task, rate, steps), settings(rate, steps));
            var values = new HashMap<String, Double>();
            values.put(ERROR.key(), trace.unlessDiverged(error(teacher, params, judged) / scaleOfJudged));
            values.put(VALIDATION.key(), trace.unlessDiverged(error(teacher, params, chosen) / scaleOfChosen));
            values.put(COUNT.key(), Contender.count(params));
            for (int layer = 0; layer < RANKS.size(); layer++) {
                values.put(RANKS.get(layer).key(), rank(params.trainables(), layer));
            }
            return Measurement.of(values);
        };
    }

    /** How many triplets of a layer are on; of LoRA, all. */
    static double rank(Map<String, Tensor> trainables, int layer) {
        Tensor singular = trainables.get(layer + ".lora_E");
        if (singular != null) {
            return singular.count_nonzero(new long[] {0, 1}).item_long();
        }
        Tensor a = trainables.get(layer + ".lora_A.weight");
        return a == null ? 0 : a.size(0);
    }

    private static double error(TrueRankTeacher teacher, Params params, Samples samples) {
        return samples.judge(teacher.model(), params, new MeanSquaredError()).loss();
    }

    private static TrainConfig settings(double rate, int steps) {
        return TrainConfig.of("""
                max_steps: %d
                lr: %s
                weight_decay: 0
                schedule: linear
                warmup: 0
                clip: null
                precision: float32
                """.formatted(steps, rate));
    }
}
