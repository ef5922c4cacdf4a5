package org.counterweight.studies.adapt;

import static org.counterweight.engine.Tensors.zeros;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.studies.bed.Contender;
import org.counterweight.studies.bed.Trace;
import org.counterweight.studies.bed.Untouched;
import org.counterweight.studies.bed.classifier.PatchTransformer;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.digits.Digits;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.RateSweep;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.CrossEntropy;

/**
 * A small transformer that reads digits learns, from 300 images, to read them turned and inverted. Compacter against
 * adapters with more parameters, with as many, and against what it trains beside its adapters.
 */
public final class CompacterDigitsStudy implements Study {
    private static final PatchTransformer MODEL = new PatchTransformer(3, 64, 4, 128, 10);
    private static final List<String> LORA = List.of("query", "value");
    private static final String COMPACTER = "Compacter";
    private static final List<Contender> CONTENDERS = List.of(
            new Contender("head only", new Untouched()),
            Contender.of("norms only", "norms", "{}"),
            Contender.of("BitFit", "bitfit", "{}"),
            Contender.of("LoRA r4", "lora", "{r: 4, alpha: 8}"),
            bottleneck("Adapter-LowRank r1", "rank: 1"),
            compacter("Compacter++", "placement: feed_forward"),
            compacter(COMPACTER, "placement: double"),
            compacter("Compacter, A of 0.01", "phm_init_range: 0.01"),
            compacter("PHM-Adapter", "shared_phm_rule: false, factorized_phm_w: false"),
            bottleneck("Pfeiffer", "placement: attention"),
            bottleneck("Houlsby", "placement: double"),
            Contender.of("full", "full", "{}"));
    private static final RateSweep SWEEP = new RateSweep(
            CONTENDERS.stream().map(Contender::name).toList(), List.of(3e-3, 1e-2, 3e-2, 1e-1, 3e-1), 3e-3);

    /** Those that the figure of the rates shows: as many as there are colours. */
    private static final RateSweep SHOWN = new RateSweep(
            SWEEP.methods().stream()
                    .filter(method -> !method.equals("BitFit") && !method.equals("Compacter, A of 0.01"))
                    .toList(),
            SWEEP.rates(),
            SWEEP.fixed());

    private static final Metric TEST = Metric.higher("test_accuracy", "test accuracy", 3);
    private static final Metric VALIDATION = Metric.higher("validation_accuracy", "validation accuracy", 3);
    private static final Metric SOURCE = Metric.plain("source_accuracy", "base on upright images", 3);
    private static final Metric COUNT = Metric.lower("trained", "trained parameters beside the head", 0);

    private static Contender bottleneck(String name, String settings) {
        return Contender.of(name, "bottleneck", "{reduction_factor: 8, non_linearity: gelu_new, " + settings + "}");
    }

    private static Contender compacter(String name, String settings) {
        return Contender.of(name, "compacter", "{reduction_factor: 8, " + settings + "}");
    }

    @Override
    public Plan plan() {
        List<Metric> columns = List.of(COUNT, SOURCE, TEST);
        Pick compacter = Pick.tuned(COMPACTER);
        return Plan.of("compacter-digits", "Compacter: adapters of Kronecker products, and the controls they must beat")
                .method("compacter")
                .paper(
                        "R. Karimi Mahabadi, J. Henderson and S. Ruder, Compacter: Efficient Low-Rank Hypercomplex Adapter Layers,"
                                + " NeurIPS 2021 (arXiv 2106.04647)")
                .says(
                        "With a fraction of an adapter's parameters, Compacter is as good as adapters and as full fine-tuning.")
                .data(
                        "1,797 handwritten digits of 8 × 8 pixels (UCI optdigits). For each seed, shuffled: 1,097 train the base as"
                                + " they are; of the others, rotated by 90° and with black for white, 300 adapt it, 150 are for"
                                + " validation, 250 for the test.")
                .setup(
                        "Pre-norm transformer of 3 layers, width 64, on 16 patches of 2 × 2 pixels, trained for 30 epochs. For the new"
                                + " images every contender gets a new head, which trains; adapters train the normalisations too, as"
                                + " the paper has it. n = 4, bottleneck 8. 16 epochs in batches of 32, AdamW without decay, 10 %"
                                + " warm-up then linear decay.")
                .arms(SWEEP.arms())
                .seeds(5)
                .tunedBy(VALIDATION)
                .claim(
                        "Compacter is more accurate than training the normalisations alone",
                        new Rule.Wins(TEST, compacter, Pick.tuned("norms only"), 0.9))
                .claim(
                        "Compacter is more accurate than BitFit",
                        new Rule.Wins(TEST, compacter, Pick.tuned("BitFit"), 0.9))
                .claim(
                        "Compacter is more accurate than low-rank adapters of as many parameters",
                        new Rule.Wins(TEST, compacter, Pick.tuned("Adapter-LowRank r1"), 0.9))
                .claim(
                        "Compacter++ is more accurate than training the normalisations alone",
                        new Rule.Wins(TEST, Pick.tuned("Compacter++"), Pick.tuned("norms only"), 0.9))
                .claim(
                        "Compacter trains at most 35 % of what Houlsby's adapter trains",
                        new Rule.Ratio(COUNT, compacter, Pick.tuned("Houlsby"), 0.35, 1))
                .claim(
                        "Compacter is no more than five points behind Houlsby's adapter",
                        new Rule.Advantage(TEST, compacter, Pick.tuned("Houlsby"), -0.05))
                .claim(
                        "Compacter is no more than two points behind LoRA, which trains more",
                        new Rule.Advantage(TEST, compacter, Pick.tuned("LoRA r4"), -0.02))
                .claim(
                        "Compacter is as good as full fine-tuning, to within a point",
                        new Rule.Advantage(TEST, compacter, Pick.tuned("full"), -0.01))
                .table("The best rate of each, by validation accuracy", SWEEP.tuned(), columns)
                .table("Rate 0.003 for all", SWEEP.atFixed(), columns)
                .figure(SHOWN.figure("rates", "What the learning rate does to each", TEST))
                .figure(new Figure.Bars(
                        "accuracy", "At the best rate of each", "test accuracy", List.of(TEST), SWEEP.tuned()))
                .limit(
                        "A base of 100,000 parameters, trained on 1,097 images, for a task far from its own: the paper's parity"
                                + " with full fine-tuning needs a strong base and a near task.")
                .limit("LoRA stands at query and value and leaves the normalisations frozen, as it is published.")
                .done();
    }

    /** The images of one seed. */
    private record Parts(Samples adaptation, Samples validation, Samples test) {}

    @Override
    public Trial prepare(Seed seed, Size size) {
        Samples all = Digits.read().shuffled(seed.child("split"));
        var parts =
                new Parts(changed(all.part(1097, 1397)), changed(all.part(1397, 1547)), changed(all.part(1547, 1797)));
        Map<String, Tensor> base = pretrained(all.part(0, 1097), seed, size);
        double source = accuracy(Params.of(base), all.part(1397, 1797));
        Tensor head = MODEL.initialize(seed.child("head").generator()).get(PatchTransformer.HEAD + ".weight");
        return arm -> run(arm, withHead(base, Objects.requireNonNull(head)), source, parts, seed, size);
    }

    private static Samples changed(Samples images) {
        return images.with(Digits::rotated).with(Digits::inverted);
    }

    private static Map<String, Tensor> pretrained(Samples images, Seed seed, Size size) {
        var classifier = new WeighedClassifier(MODEL);
        BatchSource batches = images.batches(32, seed.child("pretraining"));
        return classifier.trained(
                classifier.fresh(seed.child("base")), batches, settings(2e-3, size.of(30, 1) * batches.batches()));
    }

    /** The frozen base with a head of its own, which trains. */
    private static Params withHead(Map<String, Tensor> base, Tensor head) {
        var weights = new LinkedHashMap<>(base);
        weights.put(PatchTransformer.HEAD + ".weight", head.clone().requires_grad_(true));
        weights.put(PatchTransformer.HEAD + ".bias", zeros(head.size(0)).requires_grad_(true));
        return Params.of(weights);
    }

    private static Measurement run(Arm arm, Params base, double source, Parts parts, Seed seed, Size size) {
        Contender contender = Contender.named(arm.method(), CONTENDERS);
        double rate = Knob.RATE.of(arm);
        List<String> modules = MODEL.modules().linears().stream()
                .filter(module -> LORA.stream().anyMatch(target -> module.endsWith("." + target)))
                .toList();
        Params params = contender.onto(MODEL, base, modules, seed);
        BatchSource batches = parts.adaptation().batches(32, seed.child("batches"));
        Task task = Task.of(MODEL, params, batches, new CrossEntropy(0));
        Trace trace = Trace.of(task, settings(rate, size.of(16 * batches.batches(), 2)));
        var values = new HashMap<String, Double>();
        values.put(TEST.key(), trace.unlessDiverged(accuracy(params, parts.test())));
        values.put(VALIDATION.key(), trace.unlessDiverged(accuracy(params, parts.validation())));
        values.put(SOURCE.key(), source);
        values.put(COUNT.key(), Contender.count(params) - headSize());
        return Measurement.of(values);
    }

    private static double headSize() {
        return MODEL.shapes().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(PatchTransformer.HEAD + "."))
                .mapToLong(entry -> Tensors.length(entry.getValue()))
                .sum();
    }

    private static double accuracy(Params params, Samples images) {
        return images.judge(MODEL, params, new CrossEntropy(0)).metric("accuracy");
    }

    private static TrainConfig settings(double rate, int steps) {
        return TrainConfig.of("""
                max_steps: %d
                lr: %s
                weight_decay: 0
                schedule: linear
                warmup: 0.1
                precision: float32
                """.formatted(steps, rate));
    }
}
