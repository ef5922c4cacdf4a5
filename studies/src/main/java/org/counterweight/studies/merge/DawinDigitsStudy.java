package org.counterweight.studies.merge;

import static org.counterweight.engine.Tensors.softmax;
import static org.counterweight.engine.Tensors.times;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.InMemory;
import org.counterweight.merge.dynamic.Dawin;
import org.counterweight.merge.dynamic.DawinConfig;
import org.counterweight.merge.dynamic.TemperatureScaling;
import org.counterweight.merge.dynamic.baseline.RandomCoefficients;
import org.counterweight.merge.soup.UniformSoupConfig;
import org.counterweight.merge.soup.WiseFtConfig;
import org.counterweight.merge.stock.ModelStockConfig;
import org.counterweight.merge.stock.StockRatios;
import org.counterweight.studies.bed.classifier.Robustness;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
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
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.CrossEntropy;

/** DaWin between a robust and a fine-tuned digit reader, against one coefficient for all samples and against ensembles. */
public final class DawinDigitsStudy implements Study {
    private static final Metric ID = Robustness.ID;
    private static final Metric OOD = Robustness.OOD;
    private static final Metric MODELS = Metric.plain("models", "merged models built for a set, most", 0);

    private static final String WISE = "WiSE-FT";
    private static final String DAWIN = "DaWin";
    private static final String ORACLE = "oracle: true labels' losses";
    private static final String EACH = "a model a sample";
    private static final String THREE = "K 3";
    private static final String EACH_OFFSET = "a model a sample, offset";
    private static final String THREE_OFFSET = "K 3, offset";
    private static final String CALIBRATED = "K 3, offset, temperatures";

    private static final List<Pick> WISES = Stream.of(0.3, 0.5, 0.7, 0.9)
            .map(share -> Knob.SHARE.at(WISE, share))
            .toList();
    private static final List<Pick> STATIC = List.of(
            Pick.of("pre-trained"),
            Pick.of("fine-tuned"),
            Pick.of("average of two fine-tuned"),
            Pick.of("Model Stock of two"),
            WISES.get(0),
            WISES.get(1),
            WISES.get(2),
            WISES.get(3),
            Pick.of("ensemble, half and half"));
    private static final List<Pick> DYNAMIC = List.of(
            Pick.of("ensemble, DaWin's coefficients"),
            Pick.of("the surer model of the two"),
            Pick.of("random coefficients", "even"),
            Pick.of("random coefficients", "normal 0.5"),
            Pick.of("random coefficients", "normal 0.8"),
            Pick.of(DAWIN, EACH),
            Pick.of(DAWIN, THREE),
            Pick.of(DAWIN, EACH_OFFSET),
            Pick.of(DAWIN, THREE_OFFSET),
            Pick.of(DAWIN, CALIBRATED),
            Pick.of(DAWIN, "K 3, by confidence"),
            Pick.of(ORACLE));

    private static List<Pick> all() {
        var all = new ArrayList<>(STATIC);
        all.addAll(DYNAMIC);
        return all;
    }

    private static List<Pick> dawins() {
        return DYNAMIC.stream().filter(pick -> pick.method().equals(DAWIN)).toList();
    }

    @Override
    public Plan plan() {
        Pick three = Pick.of(DAWIN, THREE_OFFSET);
        Pick each = Pick.of(DAWIN, EACH_OFFSET);
        Pick half = Knob.SHARE.at(WISE, 0.5);
        Pick more = Knob.SHARE.at(WISE, 0.7);
        Pick oracle = Pick.of(ORACLE);
        return Plan.of("dawin-digits", "DaWin: a mixture of two models for each sample")
                .method("dawin")
                .paper(
                        "C. Oh et al., DaWin: Training-free Dynamic Weight Interpolation for Robust Adaptation, ICLR 2025 (arXiv"
                                + " 2410.03782)")
                .says(
                        "Coefficients from the entropies of the two models, sample by sample, do better than one coefficient for all; three"
                                + " merged models are as good as one a sample.")
                .data(Robustness.DATA + " Each of the six sets is taken as a whole: offset and clusters are its own.")
                .setup(
                        "Perceptron 64-192-192-10 with ReLU; fine-tuning with label smoothing of 0.1, AdamW at 0.005, batches of 4, 10"
                                + " epochs, cosine schedule. Temperatures, where they are used, on the 200 held-out images. The shares of"
                                + " WiSE-FT are those of the fine-tuned model, none is tuned.")
                .picks(all())
                .seeds(6)
                .claim(
                        "DaWin (K 3, offset) is two points more accurate on clean images than WiSE-FT at 0.5",
                        new Rule.Advantage(ID, three, half, 2))
                .claim("and not half a point less robust", new Rule.Advantage(OOD, three, half, -0.5))
                .claim(
                        "It is more accurate on clean images than WiSE-FT at 0.7",
                        new Rule.Advantage(ID, three, more, 0))
                .claim("It is more robust than WiSE-FT at 0.7", new Rule.Advantage(OOD, three, more, 0))
                .claim(
                        "Three merged models are as accurate on clean images as one a sample, within half a point",
                        new Rule.Near(ID, three, each, 0.5))
                .claim("and as robust, within half a point", new Rule.Near(OOD, three, each, 0.5))
                .claim("No more than three models are built for a set", new Rule.Within(MODELS, three, 1, 3, 1))
                .claim(
                        "Coefficients that know the sample are more robust than random ones",
                        new Rule.Wins(OOD, Pick.of(DAWIN, EACH), Pick.of("random coefficients", "normal 0.5"), 0.8))
                .claim(
                        "There is room: the oracle is two points more robust than DaWin (K 3, offset)",
                        new Rule.Advantage(OOD, oracle, three, 2))
                .table("One model for all samples", STATIC, List.of(ID, OOD))
                .table("By sample", DYNAMIC, List.of(ID, OOD))
                .table("Cost", dawins(), List.of(MODELS))
                .figure(new Figure.Tradeoff(
                        "tradeoff",
                        "Accuracy and robustness",
                        ID,
                        OOD,
                        List.of(
                                new Figure.Trail("WiSE-FT 0.3 to 0.9", WISES),
                                new Figure.Trail("fine-tuned", List.of(Pick.of("fine-tuned"))),
                                new Figure.Trail("DaWin, K 3", List.of(Pick.of(DAWIN, THREE))),
                                new Figure.Trail("DaWin, K 3, offset", List.of(three)),
                                new Figure.Trail("DaWin, calibrated", List.of(Pick.of(DAWIN, CALIBRATED))),
                                new Figure.Trail("Model Stock of two", List.of(Pick.of("Model Stock of two"))),
                                new Figure.Trail("ensemble", List.of(Pick.of("ensemble, half and half"))),
                                new Figure.Trail("oracle", List.of(oracle)))))
                .limit("A perceptron of 51,000 parameters: nothing is said of CLIP.")
                .limit(
                        "Transductive: offset and mixture see the whole set they are applied to, as in the official code. The frozen"
                                + " mode for streams is tested, not measured here.")
                .limit("Without label smoothing small networks are sure of everything and entropies say little.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Robustness task = Robustness.prepare(192, seed, size);
        TrainConfig config = Robustness.config(size.of(10, 1), 0.005, "cosine");
        var tuned = new ArrayList<Map<String, Tensor>>();
        for (int i = 0; i < 2; i++) {
            tuned.add(task.classifier()
                    .trained(
                            task.pretrained(),
                            task.clean().batches(4, seed.child("order").child(i)),
                            config,
                            DawinDigitsStudy::smoothed));
        }
        return new Measured(task, tuned, seed);
    }

    private static Task smoothed(Task plain) {
        return plain.towards(new CrossEntropy(0.1));
    }

    private record Measured(Robustness task, List<Map<String, Tensor>> tuned, Seed seed) implements Trial {
        @Override
        public Measurement run(Arm arm) {
            Map<String, Tensor> w0 = task.pretrained();
            Map<String, Tensor> w1 = tuned.get(0);
            return switch (arm.method()) {
                case "pre-trained" -> Measurement.of(task.values(w0));
                case "fine-tuned" -> Measurement.of(task.values(w1));
                case "average of two fine-tuned" ->
                    Measurement.of(task.values(InMemory.merge(new UniformSoupConfig(), tuned)));
                case "Model Stock of two" -> {
                    StockRatios ratios = StockRatios.fit(Configs.defaults(ModelStockConfig.class), w0, tuned);
                    yield Measurement.of(task.values(ratios.merge(w0, tuned)));
                }
                case WISE -> Measurement.of(task.values(between(Knob.SHARE.of(arm))));
                case "ensemble, half and half" -> scored((samples, at) -> mixed(samples, 0.5));
                case "ensemble, DaWin's coefficients" -> {
                    DawinConfig config = config("{bmm_ncluster: 1}");
                    yield scored(
                            (samples, at) -> new Dawin(config, task.classifier().model(), w0, w1)
                                    .predict(samples.batch(), at)
                                    .ensemble(config));
                }
                case "the surer model of the two" -> dawin("{expertise: selective_entropy, bmm_ncluster: 2}");
                case "random coefficients" -> {
                    RandomCoefficients kind = Objects.requireNonNull(Map.of(
                                    "even", RandomCoefficients.UNIFORM,
                                    "normal 0.5", RandomCoefficients.GAUSSIAN,
                                    "normal 0.8", RandomCoefficients.WISE_GAUSSIAN)
                            .get(arm.setting()));
                    yield scored((samples, at) -> answered(samples, kind.draw(samples.size(), at)));
                }
                case ORACLE ->
                    dawin("{expertise: negexp_loss_ratio, pseudo_label: 0, offset_adjustment: false, bmm_ncluster: 0}");
                default -> dawin(settings(arm.setting()));
            };
        }

        private String settings(String setting) {
            return switch (setting) {
                case EACH -> "{offset_adjustment: false, bmm_ncluster: 0}";
                case THREE -> "{offset_adjustment: false, bmm_ncluster: 3}";
                case EACH_OFFSET -> "{bmm_ncluster: 0}";
                case THREE_OFFSET -> "{bmm_ncluster: 3}";
                case CALIBRATED ->
                    "{bmm_ncluster: 3, temperatures: [" + temperature(task.pretrained()) + ", "
                            + temperature(tuned.get(0)) + "]}";
                case "K 3, by confidence" -> "{expertise: expconf_ratio, offset_adjustment: false, bmm_ncluster: 3}";
                default -> throw new IllegalArgumentException(setting);
            };
        }

        private double temperature(Map<String, Tensor> weights) {
            return TemperatureScaling.of(
                            task.classifier().logits(weights, task.held()),
                            task.held().labels())
                    .t();
        }

        private static DawinConfig config(String yaml) {
            return Configs.bind(Configs.yaml(yaml, "the study"), DawinConfig.class, "dawin");
        }

        private Map<String, Tensor> between(double share) {
            return InMemory.merge(new WiseFtConfig(share), List.of(task.pretrained(), tuned.get(0)));
        }

        private Tensor mixed(Samples samples, double share) {
            Tensor p0 = softmax(task.classifier().logits(task.pretrained(), samples), -1);
            Tensor p1 = softmax(task.classifier().logits(tuned.get(0), samples), -1);
            return times(p0, 1 - share).add(times(p1, share));
        }

        /** Each sample with a model of a coefficient that is given. */
        private Tensor answered(Samples samples, Tensor lambda) {
            double[] shares = Tensors.toDoubles(lambda);
            Tensor scores = torch.zeros(new long[] {samples.size(), 10});
            for (int i = 0; i < shares.length; i++) {
                try (var scope = Scope.open()) {
                    scores.select(0, i)
                            .copy_(task.classifier()
                                    .logits(between(shares[i]), samples.part(i, i + 1))
                                    .select(0, 0));
                }
            }
            return scores;
        }

        private Measurement dawin(String yaml) {
            var dawin = new Dawin(config(yaml), task.classifier().model(), task.pretrained(), tuned.get(0));
            int[] most = {0};
            Measurement measured = scored((samples, at) -> {
                Dawin.Prediction prediction = dawin.predict(samples.batch(), at);
                most[0] = Math.max(most[0], prediction.models());
                return prediction.logits();
            });
            var values = new LinkedHashMap<>(measured.values());
            values.put(MODELS.key(), (double) most[0]);
            return Measurement.of(values);
        }

        private Measurement scored(BiFunction<Samples, Seed, Tensor> answer) {
            double id = accuracy(answer, task.test(), seed.child("test"));
            double ood = 0;
            for (int i = 0; i < task.corrupted().size(); i++) {
                ood += accuracy(
                                answer,
                                task.corrupted().get(i),
                                seed.child("corrupted").child(i))
                        / task.corrupted().size();
            }
            return Measurement.of(Map.of(ID.key(), id, OOD.key(), ood));
        }

        private static double accuracy(BiFunction<Samples, Seed, Tensor> answer, Samples samples, Seed seed) {
            try (var scope = Scope.open()) {
                return WeighedClassifier.accuracy(answer.apply(samples, seed), samples.labels());
            }
        }
    }
}
