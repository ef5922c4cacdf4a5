package org.counterweight.experiments;

import static org.counterweight.engine.Tensors.longs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.update.AlphaChoice;
import org.counterweight.merge.update.Bcwi;
import org.counterweight.merge.update.BitFit;
import org.counterweight.merge.update.ClassifierHead;
import org.counterweight.merge.update.DiagonalFisher;
import org.counterweight.merge.update.Distillation;
import org.counterweight.merge.update.Ewc;
import org.counterweight.merge.update.FisherConfig;
import org.counterweight.merge.update.Flips;
import org.counterweight.merge.update.Ia3;
import org.counterweight.merge.update.Mixout;
import org.counterweight.merge.update.PriorWeightDecay;
import org.counterweight.merge.update.ProbabilityEnsemble;
import org.counterweight.model.Batch;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.train.BatchSource;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;

/**
 * A digit reader in production gets more data, of the classes that it knows or with new ones. How much of the gain can be had
 * without breaking what worked?
 *
 * @param addsClasses whether the digits 8 and 9 are new
 */
record BcwiDigitsStudy(boolean addsClasses) implements Study {
    private static final Metric ACC = Metric.higher("accuracy", "accuracy, %", 1);
    private static final Metric NFR = Metric.lower("nfr", "negative flip rate, %", 2);
    private static final Metric CHOSEN = Metric.plain("chosen", "chosen by the rule, mean", 3);

    private static final int SOUP = 8;
    private static final String LAST = "2";
    private static final double NOISE = 0.25;

    private static final String OLD = "old model";
    private static final String TARGET = "target: pre-trained on all data";
    private static final String NEW = "new model";
    private static final String SOUP_ONLY = "soup of 8 new models";
    private static final String PLAIN = "BCWI";
    private static final String SOUPED = "SoupBCWI of 8";
    private static final String FISHER = "FisherBCWI";
    private static final String ENSEMBLE = "ensemble of two";
    private static final String ENSEMBLE_SOUP = "ensemble of nine";
    private static final String RULE = "by rule";

    private static final List<Double> GRID = List.of(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0);
    private static final List<Double> FINE =
            List.of(0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.96, 0.98, 1.0);

    /** Baselines that train: the strengths that are tried, weakest first. */
    private static final Map<String, List<Double>> STRENGTHS = strengths();

    private static Map<String, List<Double>> strengths() {
        var strengths = new LinkedHashMap<String, List<Double>>();
        strengths.put("EWC", List.of(1e-4, 1e-3, 1e-2, 1e-1));
        strengths.put("L2 to the old model", List.of(1e-4, 1e-3, 1e-2, 1e-1));
        strengths.put("prior weight decay", List.of(0.1, 1.0, 10.0, 50.0));
        strengths.put("Mixout", List.of(0.3, 0.6, 0.9, 0.97));
        strengths.put("distillation, old data only", List.of(1.0));
        strengths.put("distillation, all data", List.of(0.25, 0.5, 0.75));
        strengths.put("BitFit", List.of(1e-3, 3e-3, 1e-2));
        strengths.put("IA3", List.of(3e-3, 1e-2, 3e-2));
        return java.util.Collections.unmodifiableMap(strengths);
    }

    private static Pick rule(String method) {
        return Pick.of(method, RULE);
    }

    private static Pick fixed(String method) {
        return Pick.of(method, "");
    }

    private static String alpha(double alpha) {
        return String.format(Locale.ROOT, "α %s", alpha);
    }

    private static List<Pick> trail(String method, List<Double> grid) {
        return grid.stream().map(a -> Pick.of(method, alpha(a))).toList();
    }

    private static List<Pick> chosen() {
        var chosen = new ArrayList<>(List.of(fixed(OLD), fixed(TARGET), fixed(NEW), fixed(SOUP_ONLY)));
        List.of(PLAIN, SOUPED, FISHER, ENSEMBLE, ENSEMBLE_SOUP).forEach(method -> chosen.add(rule(method)));
        STRENGTHS.keySet().forEach(method -> chosen.add(rule(method)));
        return chosen;
    }

    private static List<Arm> arms() {
        var picks = new LinkedHashSet<>(chosen());
        picks.addAll(trail(PLAIN, GRID));
        picks.addAll(trail(SOUPED, GRID));
        picks.addAll(trail(FISHER, FINE));
        return picks.stream()
                .map(pick -> new Arm(pick.method(), String.valueOf(pick.setting())))
                .toList();
    }

    @Override
    public Plan plan() {
        List<Pick> ruled =
                chosen().stream().filter(pick -> RULE.equals(pick.setting())).toList();
        var claims = new ArrayList<>(List.of(
                new Claim(
                        "SoupBCWI, its share by the rule, has fewer negative flips than the new model in most seeds",
                        new Rule.Wins(NFR, rule(SOUPED), fixed(NEW), 0.8)),
                new Claim(
                        "and is not half a point less accurate",
                        new Rule.Advantage(ACC, rule(SOUPED), fixed(NEW), -0.5)),
                new Claim(
                        "Plain BCWI at 0.3 takes away a fifth of the negative flips",
                        new Rule.Ratio(NFR, Pick.of(PLAIN, alpha(0.3)), fixed(NEW), 0.8, 0.8)),
                new Claim(
                        "and is not half a point less accurate",
                        new Rule.Advantage(ACC, Pick.of(PLAIN, alpha(0.3)), fixed(NEW), -0.5)),
                new Claim(
                        "SoupBCWI has fewer negative flips than the soup alone",
                        new Rule.Wins(NFR, rule(SOUPED), fixed(SOUP_ONLY), 0.8)),
                new Claim(
                        "FisherBCWI has fewer negative flips than plain BCWI, each by the rule",
                        new Rule.Wins(NFR, rule(FISHER), rule(PLAIN), 0.8)),
                new Claim(
                        "SoupBCWI has fewer negative flips than distillation, which may see all data",
                        new Rule.Wins(NFR, rule(SOUPED), rule("distillation, all data"), 0.8)),
                new Claim(
                        "SoupBCWI has fewer negative flips than EWC",
                        new Rule.Wins(NFR, rule(SOUPED), rule("EWC"), 0.8)),
                new Claim(
                        "Starting again from the pre-trained model flips more than going on from the old one",
                        new Rule.Wins(NFR, fixed(NEW), fixed(TARGET), 0.8))));
        return new Plan(
                addsClasses ? "bcwi-digits-classes" : "bcwi-digits",
                addsClasses ? "BCWI: new classes without regressions" : "BCWI: more data without regressions",
                "bcwi",
                "R. Schumann et al., Backward Compatibility During Data Updates by Weight Interpolation, EACL 2024 (arXiv"
                        + " 2301.10546)",
                "Weights between the old model and its update keep the gain in accuracy with fewer predictions that were right"
                        + " and are wrong now; Fisher information and soups of updates help further, and regularised updates do"
                        + " not do as well.",
                "1,797 handwritten digits of 8 × 8 pixels (UCI optdigits), all with normal noise of 0.25 on each pixel. For each"
                        + " seed, shuffled: 400 images, in five distorted versions each, are for pretraining; "
                        + (addsClasses
                                ? "the digits 0 to 7 among 120 others are the old training set, all ten digits among 240, those"
                                        + " included, the updated one"
                                : "120 others are the old training set, 240, those included, the updated one")
                        + "; 300 are the dev set, 800 the test set. Flips are counted against the old model.",
                "Perceptron 64-128-128-10 with ReLU, AdamW at 0.008, batches of 4, 10 epochs, cosine schedule, for the old model"
                        + " from the pre-trained one, for new models from the old one. "
                        + (addsClasses
                                ? "Rows of the last layer: those of 8 and 9 start the update at their random values, those of"
                                        + " the old digits stand still in it; interpolation leaves the rows of 8 and 9 to the"
                                        + " new model. "
                                : "")
                        + "Everything that has a share or a strength has it chosen by one rule on the dev set: of those at least"
                        + " as accurate as the new model, the one that flips least; if there is none, the weakest. BitFit and"
                        + " IA3 choose a rate by it.",
                arms(),
                addsClasses ? 6 : 10,
                null,
                claims,
                List.of(
                        new Table("Each at the share or strength that the rule chose", chosen(), List.of(ACC, NFR)),
                        new Table("What the rule chose", ruled, List.of(CHOSEN)),
                        new Table("BCWI at every share of the old model", trail(PLAIN, GRID), List.of(ACC, NFR)),
                        new Table("SoupBCWI at every share of the old model", trail(SOUPED, GRID), List.of(ACC, NFR)),
                        new Table(
                                "FisherBCWI at every share of the old model", trail(FISHER, FINE), List.of(ACC, NFR))),
                List.of(new Figure.Tradeoff(
                        "tradeoff",
                        "What is kept and what is broken, from α = 0 (right) to 1",
                        NFR,
                        ACC,
                        List.of(
                                new Figure.Trail(PLAIN, trail(PLAIN, GRID)),
                                new Figure.Trail(SOUPED, trail(SOUPED, GRID)),
                                new Figure.Trail(FISHER, trail(FISHER, FINE)),
                                new Figure.Trail("new model", List.of(fixed(NEW))),
                                new Figure.Trail(ENSEMBLE, List.of(rule(ENSEMBLE))),
                                new Figure.Trail("distillation", List.of(rule("distillation, all data"))),
                                new Figure.Trail("EWC", List.of(rule("EWC"))),
                                new Figure.Trail("L2", List.of(rule("L2 to the old model"))),
                                new Figure.Trail("Mixout", List.of(rule("Mixout"))),
                                new Figure.Trail("target", List.of(fixed(TARGET)))))),
                List.of(
                        "A perceptron of 26,000 parameters and a few hundred images: nothing is said of language models.",
                        "With 300 dev images one flip is a third of a point: the rule is cautious, and the whole curves say more"
                                + " than its choice.",
                        "Cost: SoupBCWI trains eight times; the ensembles answer with two or nine models."));
    }

    private static TrainConfig config(int epochs, double rate) {
        return TrainConfig.of("""
                epochs: %d
                lr: %s
                weight_decay: 0.01
                schedule: cosine
                warmup: 0
                clip: null
                precision: float32
                """.formatted(epochs, rate));
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Samples all = Digits.read().shuffled(seed.child("split"));
        Samples noisy = all.with(images -> Corruption.noisy(
                images, NOISE, Tensors.optional(seed.child("noise").generator())));
        Classifier classifier = Classifier.perceptron(64, 128, 128, 10);
        Map<String, Tensor> pretrained = classifier.trained(
                classifier.fresh(seed.child("start")),
                Corruption.heavily(all.part(0, 400), 5, seed.child("distortion"))
                        .batches(32, seed.child("pretraining")),
                Robustness.config(size.of(10, 1), 1e-3, "constant"));
        var setting =
                new Setting(classifier, config(size.of(10, 1), 0.008), noisy.part(400, 640), 120, addsClasses, seed);
        Map<String, Tensor> old = setting.old(pretrained);
        int soup = size.of(SOUP, 2);
        List<Map<String, Tensor>> news = IntStream.range(0, soup)
                .mapToObj(i -> setting.updated(old, i, plain -> plain))
                .toList();
        Samples dev = noisy.part(640, 940);
        Map<String, Tensor> fisher = DiagonalFisher.of(
                Configs.bind(
                        Configs.yaml("new_label_ids: " + setting.added(), "the study"), FisherConfig.class, "fisher"),
                classifier.model(),
                old,
                List.of(setting.data.batch(), dev.batch()));
        Samples test = noisy.part(940, size == Size.FULL ? 1740 : 1100);
        return new Measured(setting, pretrained, old, news, fisher, dev, test);
    }

    /**
     * How models are updated.
     *
     * @param data the updated training set
     * @param before how many of its first rows were the old one
     */
    private record Setting(
            Classifier classifier, TrainConfig config, Samples data, int before, boolean addsClasses, Seed seed) {
        List<Integer> added() {
            return addsClasses ? List.of(8, 9) : List.of();
        }

        /** Whether each row of the data was there before, {@code [n]}. */
        Tensor known() {
            Tensor first = torch.arange(Tensors.scalar(data.size())).lt(Tensors.scalar(before));
            return addsClasses ? first.logical_and(data.labels().lt(Tensors.scalar(8))) : first;
        }

        private Samples only(Tensor mask) {
            Tensor rows = mask.nonzero().squeeze(1);
            return new Samples(
                    data.inputs().index_select(0, rows), data.labels().index_select(0, rows));
        }

        /** The model in production: trained on what there was before, classes that come later left out. */
        Map<String, Tensor> old(Map<String, Tensor> pretrained) {
            return classifier.trained(pretrained, only(known()).batches(4, seed.child("old")), config);
        }

        Map<String, Tensor> target(Map<String, Tensor> pretrained) {
            return classifier.trained(pretrained, data.batches(4, seed.child("target")), config);
        }

        /** Where updates begin: the old model, the rows of new classes at random values. */
        Map<String, Tensor> start(Map<String, Tensor> old) {
            if (!addsClasses) {
                return old;
            }
            Map<String, Tensor> start = Classifier.still(Classifier.moving(old));
            head().reset(start, classifier.fresh(seed.child("new rows")));
            return start;
        }

        ClassifierHead head() {
            return new ClassifierHead(LAST, added());
        }

        BatchSource order(int replica) {
            return data.batches(4, seed.child("update").child(replica));
        }

        Map<String, Tensor> updated(Map<String, Tensor> old, int replica, UnaryOperator<Task> how) {
            return updated(Params.of(Classifier.moving(start(old))), old, order(replica), config, how);
        }

        Map<String, Tensor> updated(
                Params params,
                Map<String, Tensor> old,
                BatchSource order,
                TrainConfig config,
                UnaryOperator<Task> how) {
            return classifier.finished(
                    params,
                    order,
                    config,
                    plain -> addsClasses ? how.apply(plain).with(head().holding(old)) : how.apply(plain));
        }
    }

    /** A model as its answers: to a set of samples, scores {@code [n, classes]}. */
    private interface Answers extends Function<Samples, Tensor> {}

    /** One seed: what its arms share. */
    private record Measured(
            Setting setting,
            Map<String, Tensor> pretrained,
            Map<String, Tensor> old,
            List<Map<String, Tensor>> news,
            Map<String, Tensor> fisher,
            Samples dev,
            Samples test)
            implements Trial {

        @Override
        public Measurement run(Arm arm) {
            String method = arm.method();
            return switch (method) {
                case OLD -> measured(model(old), Double.NaN);
                case TARGET -> measured(model(setting.target(pretrained)), Double.NaN);
                case NEW -> measured(model(news.get(0)), Double.NaN);
                case SOUP_ONLY -> measured(model(bcwi(SOUPED, 0)), Double.NaN);
                case PLAIN, SOUPED -> interpolated(arm, GRID);
                case FISHER -> interpolated(arm, FINE);
                case ENSEMBLE -> chosen(ProbabilityEnsemble.grid(), alpha -> ensemble(alpha, news.subList(0, 1)));
                case ENSEMBLE_SOUP -> chosen(ProbabilityEnsemble.grid(), alpha -> ensemble(alpha, news));
                default ->
                    chosen(
                            Objects.requireNonNull(STRENGTHS.get(method), method),
                            strength -> model(regularised(method, strength)));
            };
        }

        private Answers model(Map<String, Tensor> weights) {
            return samples -> setting.classifier.logits(weights, samples);
        }

        private Measurement interpolated(Arm arm, List<Double> grid) {
            return arm.setting().equals(RULE)
                    ? chosen(grid, alpha -> model(bcwi(arm.method(), alpha)))
                    : measured(
                            model(bcwi(
                                    arm.method(),
                                    Double.parseDouble(arm.setting().substring(2)))),
                            Double.NaN);
        }

        private Map<String, Tensor> bcwi(String method, double alpha) {
            var bcwi = new Bcwi(alpha, method.equals(FISHER) ? fisher : Map.of(), setting.added(), LAST);
            return bcwi.merge(alpha, old, method.equals(SOUPED) ? news : news.subList(0, 1));
        }

        private Answers ensemble(double alpha, List<Map<String, Tensor>> models) {
            var ensemble = new ProbabilityEnsemble(alpha, setting.added());
            return samples -> {
                Tensor[] logits = models.stream()
                        .map(model -> setting.classifier.logits(model, samples))
                        .toArray(Tensor[]::new);
                return ensemble.probabilities(
                        setting.classifier.logits(old, samples), torch.stack(new TensorVector(logits), 0));
            };
        }

        private Map<String, Tensor> regularised(String method, double strength) {
            return switch (method) {
                case "EWC" -> setting.updated(old, 0, plain -> plain.with(new Ewc(strength, held(), fisher)));
                case "L2 to the old model" ->
                    setting.updated(old, 0, plain -> plain.with(new Ewc(strength, held(), Map.of())));
                case "prior weight decay" ->
                    setting.updated(
                            start(),
                            old,
                            setting.order(0),
                            noDecay(),
                            plain -> plain.with(new PriorWeightDecay(new Ewc(strength, held(), Map.of()))));
                case "Mixout" ->
                    setting.updated(
                            old,
                            0,
                            plain -> towards(
                                    plain,
                                    new Mixout(
                                            plain.objective(),
                                            held(),
                                            strength,
                                            false,
                                            Set.of(LAST + ".weight", LAST + ".bias"))));
                case "distillation, old data only" -> distilled(Distillation.Variant.OLD_ONLY_A, strength);
                case "distillation, all data" -> distilled(Distillation.Variant.ALL, strength);
                case "BitFit" ->
                    setting.updated(
                            Params.of(withHead(BitFit.trainable(setting.start(old)))),
                            old,
                            setting.order(0),
                            rate(strength),
                            plain -> plain);
                case "IA3" -> setting.updated(ia3(), old, setting.order(0), rate(strength), plain -> plain);
                default -> throw new IllegalArgumentException(method);
            };
        }

        private Params start() {
            return Params.of(Classifier.moving(setting.start(old)));
        }

        /** What is held to the old model: all of it, but for rows that it has not learnt. */
        private Map<String, Tensor> held() {
            if (!setting.addsClasses()) {
                return old;
            }
            var held = new LinkedHashMap<>(old);
            held.keySet().removeIf(name -> name.startsWith(LAST + "."));
            return held;
        }

        private TrainConfig noDecay() {
            return TrainConfig.of("""
                    {epochs: %d, lr: %s, weight_decay: 0, schedule: cosine, warmup: 0, clip: null, precision: float32}""".formatted(setting.config.epochs(), setting.config.lr()));
        }

        private TrainConfig rate(double rate) {
            return BcwiDigitsStudy.config(setting.config.epochs(), rate);
        }

        private static Task towards(Task plain, org.counterweight.train.Objective objective) {
            return new Task(
                    plain.model(),
                    plain.params(),
                    plain.data(),
                    objective,
                    plain.weigher(),
                    plain.regularizers(),
                    plain.events(),
                    plain.evaluator());
        }

        /** New classes have rows of their own to learn: they are trained whatever else stands still. */
        private Map<String, Tensor> withHead(Map<String, Tensor> weights) {
            if (setting.addsClasses()) {
                weights.computeIfPresent(
                        LAST + ".weight", (name, w) -> w.detach().clone().requires_grad_(true));
            }
            return weights;
        }

        private Params ia3() {
            var adapters = new HashMap<String, Parametrization>();
            Map<String, Tensor> weights = Classifier.still(Classifier.moving(setting.start(old)));
            for (String module : List.of("0", "1")) {
                String name = module + ".weight";
                adapters.put(name, Ia3.create(Objects.requireNonNull(weights.get(name))));
            }
            if (!setting.addsClasses()) {
                adapters.put(LAST + ".weight", Ia3.create(Objects.requireNonNull(weights.get(LAST + ".weight"))));
                return Params.of(weights).parametrized(adapters);
            }
            weights.computeIfPresent(LAST + ".bias", (name, b) -> b.clone().requires_grad_(true));
            return Params.of(withHead(weights)).parametrized(adapters);
        }

        private Map<String, Tensor> distilled(Distillation.Variant variant, double strength) {
            Tensor teacher = setting.classifier.logits(old, setting.data);
            Tensor known = setting.known();
            BatchSource plain =
                    setting.data.batches(4, setting.seed.child("update").child(0));
            Batch whole = new Batch(Map.of(
                    Batch.PIXEL_VALUES,
                    setting.data.inputs(),
                    Batch.LABELS,
                    setting.data.labels(),
                    Distillation.TEACHER,
                    teacher,
                    Distillation.IS_OLD,
                    known));
            int rows = setting.data.size();
            BatchSource taught = BatchSource.of(plain.batches(), epoch -> {
                int[] order = setting.seed.child("update").child(0).child(epoch).permutation(rows);
                return place -> {
                    Tensor some = longs(LongStream.range(place * 4L, place * 4L + 4)
                            .map(i -> order[(int) i])
                            .toArray());
                    return new Batch(whole.tensors().entrySet().stream()
                            .collect(Collectors.toMap(
                                    Map.Entry::getKey, entry -> entry.getValue().index_select(0, some))));
                };
            });
            return setting.updated(
                    start(),
                    old,
                    taught,
                    setting.config,
                    task -> towards(task, new Distillation(variant, strength, 2)));
        }

        /** The rule: on the dev set, of those as accurate as the new model the one that flips least. */
        private Measurement chosen(List<Double> grid, Function<Double, Answers> at) {
            double accNew = flips(model(news.get(0)), dev).accNew();
            double[] accuracy = new double[grid.size()];
            double[] nfr = new double[grid.size()];
            var answers = new ArrayList<Answers>();
            for (int i = 0; i < accuracy.length; i++) {
                answers.add(at.apply(grid.get(i)));
                Flips flips = flips(answers.get(i), dev);
                accuracy[i] = flips.accNew();
                nfr[i] = flips.nfr();
            }
            AlphaChoice choice = AlphaChoice.of(
                    grid.stream().flatMapToDouble(DoubleStream::of).toArray(), accuracy, nfr, accNew, 0, null);
            return measured(answers.get(choice.index()), choice.alpha());
        }

        private Flips flips(Answers model, Samples samples) {
            try (var scope = Scope.open()) {
                return Flips.of(
                        Classifier.best(model(old).apply(samples)),
                        Classifier.best(model.apply(samples)),
                        samples.labels());
            }
        }

        private Measurement measured(Answers model, double chosen) {
            Flips flips = flips(model, test);
            return Measurement.of(Map.of(
                    ACC.key(), flips.accNew(),
                    NFR.key(), flips.nfr(),
                    CHOSEN.key(), chosen));
        }
    }
}
