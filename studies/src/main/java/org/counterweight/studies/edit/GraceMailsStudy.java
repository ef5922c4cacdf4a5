package org.counterweight.studies.edit;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.Editor;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.baseline.BaselineConfig;
import org.counterweight.edit.codebook.Distance;
import org.counterweight.edit.measure.RadiusChoice;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.Heads;
import org.counterweight.studies.bed.Trace;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.weights.ModelDirectory;

/**
 * GRACE, what its paper holds it against, and LoRA trained again and again, on a real encoder that tells spam, and on mails
 * that were sent after those that it learnt from.
 *
 * @param mails all of them
 * @param encoder the directory of the encoder
 */
public record GraceMailsStudy(Supplier<Path> mails, Supplier<Path> encoder) implements Study {
    private static final Metric UPSTREAM = Metric.higher(CorrectedStream.UPSTREAM, "TRR, mails of before", 3);
    private static final Metric LOST = Metric.lower(CorrectedStream.LOST, "lost on mails of before, points", 2);
    private static final Metric RETENTION = Metric.higher(CorrectedStream.RETENTION, "ERR, edits still right", 3);
    private static final Metric HOLDOUT = Metric.higher(CorrectedStream.HOLDOUT, "other later mails", 3);
    private static final Metric MISTAKES = Metric.lower(CorrectedStream.MISTAKES, "wrong when they came", 0);
    private static final Metric EDITS = Metric.plain(CorrectedStream.EDITS, "edits", 0);
    private static final Metric ENTRIES = Metric.plain(CorrectedStream.ENTRIES, "entries", 0);
    /** Of the clock: the only figure that another run need not repeat. */
    public static final Metric MILLIS = Metric.plain(CorrectedStream.MILLIS, "ms an edit", 0);

    private static final LocalDate LATER = LocalDate.of(2002, 8, 1);
    private static final int LENGTH = 48;
    private static final int EVERY = 20;

    private static final Pick UNEDITED = Pick.of("unedited");
    private static final Pick NARROW = Pick.of("GRACE", "radius r");
    private static final Pick WIDE = Pick.of("GRACE", "radius 2 r");
    private static final Pick WIDEST = Pick.of("GRACE", "radius 4 r");
    private static final Pick FT = Pick.of("FT");
    private static final Pick EWC = Pick.of("FT+EWC");
    private static final Pick RETRAIN = Pick.of("FT+Retrain");
    private static final Pick DEFER = Pick.of("Defer");
    private static final Pick MEMORY = Pick.of("Memory");
    private static final Pick LORA = Pick.of("LoRA, trained again");
    private static final List<Pick> ALL =
            List.of(UNEDITED, NARROW, WIDE, WIDEST, FT, EWC, RETRAIN, DEFER, MEMORY, LORA);

    /** SpamAssassin's mails and MiniLM, fetched when the study runs. */
    public static GraceMailsStudy onHoldings() {
        Fetcher fetcher = Fetcher.ofUser(step -> {});
        return new GraceMailsStudy(
                () -> fetcher.fetch(Holdings.named("spam-assassin")), () -> fetcher.fetch(Holdings.named("minilm")));
    }

    @Override
    public Plan plan() {
        return Plan.of("grace-mails", "GRACE: a real encoder that tells spam, and the mails of later months")
                .method("grace")
                .paper("T. Hartvigsen et al., Aging with GRACE: Lifelong Model Editing with Discrete Key-Value"
                        + " Adaptors, NeurIPS 2023")
                .says("A deployed model whose inputs drift is corrected one mistake at a time: edits are kept, and the"
                        + " model's other answers with them, where methods that change weights lose both.")
                .data("SpamAssassin's mails of 2002, ham or spam, each text once: the subject and the first 60 words"
                        + " without markup, addresses and quotations. Of those sent before August 1,200 are learnt from"
                        + " and 300 judge what is left of that. Of those sent from August on 800 are the stream, in the"
                        + " order of their days, and 500 are held out. Drawn anew for each seed.")
                .setup("all-MiniLM-L6-v2 with a head on the mean of its tokens, " + LENGTH
                        + " tokens at most; the upper"
                        + " two of six layers and the head learn, 3 epochs of AdamW at 2e-4 with batches of 16. The last"
                        + " linear layer of the fifth is wrapped, the key is the mean over the tokens. A mail of the"
                        + " stream that is told wrongly is an edit. r is half the 1 % quantile of the distances between"
                        + " mails that were learnt. GRACE: 40 steps at rate 1, cold values, all positions replaced, our"
                        + " defaults else. FT trains the layer's weight at 1e-2 until the mail is right, 40 steps at"
                        + " most; EWC with 0.1 and the Fisher information of the ten newest edits; Retrain passes five"
                        + " times over all edits after every " + EVERY + "th. Defer and Memory (100 values) train their"
                        + " own tensors at 1e-1, 40 steps. LoRA (rank 8, all linear layers of the upper two) is trained"
                        + " after every " + EVERY
                        + "th mistake and at the end, anew from the model as it was served, on"
                        + " all mistakes so far and as many mails that were learnt, 5 epochs at 1e-3.")
                .picks(ALL)
                .seeds(3)
                .claim(
                        "GRACE costs at most a point on mails of before, at each radius: r",
                        new Rule.Within(LOST, NARROW, -1, 1, 1))
                .claim("2 r", new Rule.Within(LOST, WIDE, -1, 1, 1))
                .claim("4 r", new Rule.Within(LOST, WIDEST, -1, 1, 1))
                .claim(
                        "At radius r at least 95 % of the edits are kept",
                        new Rule.Within(RETENTION, NARROW, 0.95, 1, 1))
                .claim("GRACE keeps more on mails of before than FT", new Rule.Wins(UPSTREAM, NARROW, FT, 1))
                .claim("than FT+EWC", new Rule.Wins(UPSTREAM, NARROW, EWC, 1))
                .claim("than FT+Retrain", new Rule.Wins(UPSTREAM, NARROW, RETRAIN, 1))
                .claim("than Defer", new Rule.Wins(UPSTREAM, NARROW, DEFER, 1))
                .claim("than Memory", new Rule.Wins(UPSTREAM, NARROW, MEMORY, 1))
                .claim("GRACE keeps more edits than FT", new Rule.Wins(RETENTION, NARROW, FT, 1))
                .claim("than FT+Retrain", new Rule.Wins(RETENTION, NARROW, RETRAIN, 1))
                .claim("than LoRA that is trained again", new Rule.Wins(RETENTION, NARROW, LORA, 1))
                .claim(
                        "What is trained again answers other later mails better than GRACE at any radius: than r",
                        new Rule.Wins(HOLDOUT, LORA, NARROW, 1))
                .claim("than 4 r", new Rule.Wins(HOLDOUT, LORA, WIDEST, 1))
                .claim("It is wrong less often on the way", new Rule.Wins(MISTAKES, LORA, NARROW, 1))
                .table("After the stream", ALL, List.of(UPSTREAM, RETENTION, HOLDOUT, MISTAKES, EDITS, ENTRIES, MILLIS))
                .figure(new Figure.Tradeoff(
                        "tradeoff",
                        "What is kept: the model's own answers, and the edits",
                        UPSTREAM,
                        RETENTION,
                        Stream.concat(
                                        Stream.of(new Figure.Trail("GRACE", List.of(NARROW, WIDE, WIDEST))),
                                        Stream.of(FT, EWC, RETRAIN, DEFER, MEMORY, LORA)
                                                .map(pick -> new Figure.Trail(pick.method(), List.of(pick))))
                                .toList()))
                .limit("Two classes and one encoder; nothing is tuned for any arm, rates are those of the papers' code."
                        + " Milliseconds are those of a shared machine.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        int[] sizes = {size.of(1200, 48), size.of(300, 16), size.of(800, 24), size.of(500, 16)};
        List<Mail> drawn = drawn(Mail.read(mails.get()), seed.child("mails"), sizes);
        Path directory = encoder.get();
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, LENGTH);
                ModelDirectory files = ModelDirectory.open(directory)) {
            Model whole = Architectures.of(Heads.classifier(files.config(), List.of("ham", "spam"), Pooling.MEAN));
            int layers = files.config().path("num_hidden_layers").asInt();
            var model = new UpperLayers(whole, "bert.encoder.layer." + (layers - 3));
            String wrapped = "bert.encoder.layer." + (layers - 2) + ".output.dense";
            Map<String, Tensor> weights = weights(whole, files, seed);
            Batch all = model.reading(Params.of(weights), rows(drawn, tokenizer));
            var parts = new ArrayList<Batch>();
            int from = 0;
            for (int rows : sizes) {
                parts.add(all.slice(from, from + rows));
                from += rows;
            }
            Batch learnt = parts.get(0);
            Params served = trained(model, weights, learnt, size.of(3, 1), seed.child("served"));
            double radius = radius(model, served, wrapped, RowBatches.drawn(learnt, 100, seed.child("radius")));
            var stream = new CorrectedStream(model, parts.get(1), parts.get(2), parts.get(3));
            return arm -> {
                try (Corrector corrector = corrector(arm, model, served, wrapped, radius, learnt, size, seed)) {
                    return Measurement.of(stream.under(corrector, served));
                }
            };
        }
    }

    /** Mails of before to learn from and to judge by, then later ones: the stream in the order of its days, and others. */
    private static List<Mail> drawn(List<Mail> mails, Seed seed, int... sizes) {
        List<Mail> shuffled = IntStream.of(seed.permutation(mails.size()))
                .mapToObj(mails::get)
                .toList();
        List<Mail> before = shuffled.stream()
                .filter(mail -> mail.day().isBefore(LATER))
                .limit(sizes[0] + sizes[1])
                .toList();
        List<Mail> later = shuffled.stream()
                .filter(mail -> !mail.day().isBefore(LATER))
                .limit(sizes[2] + sizes[3])
                .toList();
        var all = new ArrayList<>(before);
        later.stream().limit(sizes[2]).sorted(Comparator.comparing(Mail::day)).forEach(all::add);
        all.addAll(later.subList(sizes[2], later.size()));
        return all;
    }

    /** All of them as one batch. */
    private static Batch rows(List<Mail> mails, TextTokenizer tokenizer) {
        var texts = new LabelledTexts(
                mails.stream().map(Mail::text).toList(),
                mails.stream().mapToInt(mail -> mail.isSpam() ? 1 : 0).toArray(),
                List.of("ham", "spam"));
        return TextClassification.of(texts, tokenizer)
                .batch(IntStream.range(0, mails.size()).toArray());
    }

    /** The encoder's, with a fresh head. */
    private static Map<String, Tensor> weights(Model model, ModelDirectory files, Seed seed) {
        var weights = new LinkedHashMap<>(model.initialize(seed.child("head").generator()));
        var stored = new LinkedHashMap<String, Tensor>();
        files.tensors()
                .keySet()
                .forEach(name -> stored.put(name, files.tensor(name).clone()));
        weights.putAll(Architectures.fit(model, stored).byName());
        return weights;
    }

    private static Params trained(UpperLayers model, Map<String, Tensor> start, Batch learnt, int epochs, Seed seed) {
        var weights = new LinkedHashMap<>(start);
        weights.replaceAll((name, tensor) -> model.trains(name) ? tensor.clone().requires_grad_(true) : tensor);
        var batches = RowBatches.shuffled(learnt, 16, seed.child("order"));
        Trace.of(Task.of(model, Params.of(weights), batches, new CrossEntropy(0)), TrainConfig.of("""
                epochs: %d
                lr: 2e-4
                weight_decay: 0.01
                schedule: linear
                warmup: 0.1
                precision: float32
                seed: %d
                """.formatted(
                        epochs, seed.value())));
        weights.replaceAll((name, tensor) -> tensor.detach());
        return Params.of(weights);
    }

    /** Half the 1 % quantile of the distances between these rows at the wrapped layer: few of them reach another. */
    private static double radius(Model model, Params params, String layer, Batch rows) {
        GraceConfig config = grace(layer, 1, 1);
        double[][] queries = new Editor(model, params, config, EditTask.CLASSES)
                .activations(rows)
                .queries();
        double[] distances = IntStream.range(0, queries.length)
                .boxed()
                .flatMapToDouble(
                        i -> IntStream.range(0, i).mapToDouble(j -> Distance.EUC.between(queries[i], queries[j])))
                .toArray();
        return RadiusChoice.of(distances, distances).spares();
    }

    private static GraceConfig grace(String layer, double radius, int steps) {
        return Configs.bind(
                Configs.yaml(
                        "{layer: " + layer + ", eps: " + radius + ", n_iter: " + steps
                                + ", key_token: mean, replacement: replace_all}",
                        "study"),
                GraceConfig.class,
                "grace");
    }

    private static Corrector corrector(
            Arm arm,
            UpperLayers model,
            Params served,
            String layer,
            double radius,
            Batch learnt,
            Size size,
            Seed seed) {
        int steps = size.of(40, 5);
        if (arm.method().equals(UNEDITED.method())) {
            return new Unedited(served);
        }
        if (arm.method().equals(LORA.method())) {
            return new RetrainedCorrector(model, served, learnt, EVERY, size.of(5, 1), seed.child("lora"));
        }
        if (arm.method().equals(NARROW.method())) {
            double times = arm.equals(NARROW.arm()) ? 1 : arm.equals(WIDE.arm()) ? 2 : 4;
            return new GraceCorrector(model, served, grace(layer, times * radius, steps));
        }
        String method = arm.method().toLowerCase(Locale.ROOT).replace('+', '_');
        String settings = "{method: " + method + ", layer: " + layer + ", n_iter: " + steps + ", key_token: mean"
                + ", retrain_every: " + EVERY + "}";
        return new TunedCorrector(
                model, served, Configs.bind(Configs.yaml(settings, "study"), BaselineConfig.class, "baseline"), seed);
    }
}
