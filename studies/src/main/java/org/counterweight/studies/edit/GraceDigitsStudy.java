package org.counterweight.studies.edit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.baseline.BaselineConfig;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.studies.bed.classifier.Perceptron;
import org.counterweight.studies.digits.Digits;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.optimize.Gradients;

/** GRACE and what its paper holds it against, on a reader of upright digits that is shown digits on their side. */
public final class GraceDigitsStudy implements Study {
    private static final Metric UPSTREAM = Metric.higher(CorrectedStream.UPSTREAM, "TRR, upright digits", 3);
    private static final Metric LOST = Metric.lower(CorrectedStream.LOST, "upright accuracy lost, points", 2);
    private static final Metric RETENTION = Metric.higher(CorrectedStream.RETENTION, "ERR, edits still right", 3);
    private static final Metric HOLDOUT = Metric.higher(CorrectedStream.HOLDOUT, "other turned digits", 3);
    private static final Metric EDITS = Metric.plain(CorrectedStream.EDITS, "edits", 0);
    private static final Metric ENTRIES = Metric.plain(CorrectedStream.ENTRIES, "entries", 0);

    private static final String LAYER = "2";
    private static final Model MODEL = new Perceptron(List.of(64L, 100L, 100L, 100L, 10L));

    private static final Pick NARROW = Pick.of("GRACE", "eps 0.5");
    private static final Pick WIDE = Pick.of("GRACE", "eps 2.0");
    private static final Pick WIDEST = Pick.of("GRACE", "eps 4.0");
    private static final Pick ANCHORED = Pick.of("GRACE with anchors", "eps 2.0");
    private static final Pick FT = Pick.of("FT", "");
    private static final Pick EWC = Pick.of("FT+EWC", "");
    private static final Pick RETRAIN = Pick.of("FT+Retrain", "");
    private static final Pick DEFER = Pick.of("Defer", "");
    private static final Pick MEMORY = Pick.of("Memory", "");
    private static final Pick UNEDITED = Pick.of("unedited", "");
    private static final List<Pick> ALL =
            List.of(UNEDITED, NARROW, WIDE, WIDEST, ANCHORED, FT, EWC, RETRAIN, DEFER, MEMORY);

    @Override
    public Plan plan() {
        List<Metric> columns = List.of(UPSTREAM, RETENTION, HOLDOUT, EDITS, ENTRIES);
        return Plan.of("grace-digits", "GRACE: digits are corrected one by one")
                .method("grace")
                .paper("T. Hartvigsen et al., Aging with GRACE: Lifelong Model Editing with Discrete Key-Value"
                        + " Adaptors, NeurIPS 2023")
                .says("Thousands of edits in sequence are kept, and the model's other answers with them, where"
                        + " methods that change weights lose both; a wider radius takes fewer keys and answers"
                        + " more of what is like an edit, and keeps fewer edits.")
                .data("1,797 digits of 8 x 8 pixels, shuffled by the seed: 900 upright ones train the reader, the"
                        + " next 300 judge it upright; 160 others are the stream, turned by a quarter, and the"
                        + " rest, turned too, are held out.")
                .setup("A perceptron of 64-100-100-100-10 with ReLU, 40 epochs of AdamW at 3e-3 with batches of 30."
                        + " The third linear layer is wrapped. Each digit of the stream that is read wrongly is an"
                        + " edit, in order. GRACE: 60 steps at rate 1, cold values, the official rules (splits may"
                        + " grow, no anchors) but where anchors are named. FT trains the layer's weight at 1e-2"
                        + " until the digit is right, 60 steps at most; EWC with 0.1 and the Fisher information of"
                        + " the ten newest edits; Retrain passes five times over all edits after every fiftieth."
                        + " Defer and Memory (100 values) train their own tensors at 1e-1, 60 steps.")
                .picks(ALL)
                .seeds(3)
                .claim(
                        "At a radius of 0.5 GRACE costs at most a point of the upright accuracy",
                        new Rule.Within(LOST, NARROW, -1, 1, 0.9))
                .claim(
                        "At a radius of 0.5 at least 95 % of the edits are kept",
                        new Rule.Within(RETENTION, NARROW, 0.95, 1, 0.9))
                .claim("GRACE keeps more of the upright accuracy than FT", new Rule.Wins(UPSTREAM, NARROW, FT, 0.9))
                .claim("than FT+EWC", new Rule.Wins(UPSTREAM, NARROW, EWC, 0.9))
                .claim("than FT+Retrain", new Rule.Wins(UPSTREAM, NARROW, RETRAIN, 0.9))
                .claim("than Defer", new Rule.Wins(UPSTREAM, NARROW, DEFER, 0.9))
                .claim("than Memory", new Rule.Wins(UPSTREAM, NARROW, MEMORY, 0.9))
                .claim("GRACE keeps more edits than FT", new Rule.Wins(RETENTION, NARROW, FT, 0.9))
                .claim("than FT+Retrain", new Rule.Wins(RETENTION, NARROW, RETRAIN, 0.9))
                .claim(
                        "A wider radius answers more digits that are like an edit",
                        new Rule.Wins(HOLDOUT, WIDE, NARROW, 0.9))
                .claim("and takes fewer entries", new Rule.Ratio(ENTRIES, WIDE, NARROW, 0.8, 0.9))
                .claim("and keeps fewer edits", new Rule.Wins(RETENTION, NARROW, WIDE, 0.9))
                .claim("Anchors keep more of them", new Rule.Wins(RETENTION, ANCHORED, WIDE, 0.9))
                .table("After the stream", ALL, columns)
                .figure(new Figure.Tradeoff(
                        "tradeoff",
                        "What is kept: the model's own answers, and the edits",
                        UPSTREAM,
                        RETENTION,
                        Stream.of(
                                        new Figure.Trail("GRACE", List.of(NARROW, WIDE, WIDEST)),
                                        new Figure.Trail("with anchors", List.of(ANCHORED)),
                                        new Figure.Trail("FT", List.of(FT)),
                                        new Figure.Trail("FT+EWC", List.of(EWC)),
                                        new Figure.Trail("FT+Retrain", List.of(RETRAIN)),
                                        new Figure.Trail("Defer", List.of(DEFER)),
                                        new Figure.Trail("Memory", List.of(MEMORY)))
                                .toList()))
                .limit("One small model and 160 images; nothing is said of language models, where the paper's own"
                        + " limits lie: on decoders edits hardly generalise to rephrasings.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Samples all = Digits.read().shuffled(seed.child("split"));
        Map<String, Tensor> weights = trained(all.part(0, 900), seed, size.of(40, 2));
        Samples upright = all.part(900, 1200);
        Samples stream = all.part(1200, 1200 + size.of(160, 12)).with(Digits::rotated);
        Samples held = all.part(1360, all.size()).with(Digits::rotated);
        Params params = Params.of(weights);
        var digits = new CorrectedStream(MODEL, upright.batch(), stream.batch(), held.batch());
        return arm -> {
            try (Corrector corrector = corrector(arm, weights, seed, size.of(60, 5))) {
                return Measurement.of(digits.under(corrector, params));
            }
        };
    }

    private static Map<String, Tensor> trained(Samples samples, Seed seed, int epochs) {
        var weights = new LinkedHashMap<>(MODEL.initialize(seed.child("model").generator()));
        weights.replaceAll((name, tensor) -> tensor.requires_grad_(true));
        Params params = Params.of(weights);
        var batches = samples.batches(30, seed.child("batches"));
        try (var adam = TrainConfig.of("{lr: 3e-3}").optimizer(weights)) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                var ofEpoch = batches.epoch(epoch);
                for (int place = 0; place < 30; place++) {
                    try (var scope = Scope.open()) {
                        new CrossEntropy(0)
                                .losses(MODEL, params, ofEpoch.apply(place), Pass.evaluation())
                                .perRow()
                                .mean()
                                .backward();
                        adam.step(1);
                        Gradients.clear(weights.values());
                    }
                }
            }
        }
        weights.replaceAll((name, tensor) -> tensor.detach());
        return weights;
    }

    private static Corrector corrector(Arm arm, Map<String, Tensor> weights, Seed seed, int steps) {
        Params params = Params.of(weights);
        if (arm.method().equals(UNEDITED.method())) {
            return new Unedited(params);
        }
        if (arm.method().startsWith("GRACE")) {
            boolean anchors = arm.method().endsWith("anchors");
            String settings = "{layer: '" + LAYER + "', eps: " + arm.setting().substring(4) + ", n_iter: " + steps
                    + ", replacement: replace_all, split_never_grows: false, on_duplicate: split, anchors: " + anchors
                    + "}";
            return new GraceCorrector(
                    MODEL, params, Configs.bind(Configs.yaml(settings, "study"), GraceConfig.class, "grace"));
        }
        String method = arm.method().toLowerCase(Locale.ROOT).replace('+', '_');
        String settings = "{method: " + method + ", layer: '" + LAYER + "', n_iter: " + steps + "}";
        return new TunedCorrector(
                MODEL, params, Configs.bind(Configs.yaml(settings, "study"), BaselineConfig.class, "baseline"), seed);
    }
}
