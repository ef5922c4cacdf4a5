package org.counterweight.studies.reweigh;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.text.Documents;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reweigh.loss.LossReweightingConfig;
import org.counterweight.reweigh.loss.LossReweightingConfig.NonFinite;
import org.counterweight.reweigh.loss.Strategy;
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
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.TokenCrossEntropy;

/**
 * A small language model learns from a corpus of which most is one page, again and again. Does sparing what is already
 * learnt help with the rest, and what does it cost?
 *
 * @param corpus the documents of a holding, by its name
 */
public record ReweightingLanguageStudy(Function<String, List<String>> corpus) implements Study {
    private static final int BLOCK = 64;
    private static final int STEPS = 600;
    private static final int EVERY = 30;

    private static final Model MODEL = Architectures.of(
            Configs.yaml("""
            model_type: gpt2
            architectures: [GPT2LMHeadModel]
            vocab_size: %d
            n_positions: %d
            n_embd: 64
            n_layer: 2
            n_head: 4
            embd_pdrop: 0
            resid_pdrop: 0
            attn_pdrop: 0
            """.formatted(LanguageModelling.BYTE_VOCABULARY, BLOCK), "the study's model"));

    /** The real texts, by the names of their holdings. */
    private static final List<Metric> REAL = List.of(
            Metric.lower("janeausten", "novels", 3),
            Metric.lower("foldoc", "dictionary", 3),
            Metric.lower("fortunes", "quotations", 3));

    private static final Metric MEAN = Metric.lower("real_loss", "mean validation loss", 3);
    private static final Metric NOTICE = Metric.lower("notice_loss", "loss of the notice", 3);

    private static final List<Double> REDUNDANT = List.of(0.1, 0.1, 0.1, 0.7);

    /** Of 19,200 rows 13,440 are the notice, which has 24 blocks; with these once instead, 24 of 5,784 rows are left of it. */
    private static final List<Double> ONCE = List.of(1920 / 5784.0, 1920 / 5784.0, 1920 / 5784.0, 24 / 5784.0);

    private static final String SETTING = "lr 0.003";
    private static final Map<String, Contestant> METHODS = methods();

    /** What an arm draws its rows from, and how it weighs them. */
    private record Contestant(List<Double> shares, Strategy strategy, double r) {}

    private static Map<String, Contestant> methods() {
        var methods = new LinkedHashMap<String, Contestant>();
        methods.put("uniform", new Contestant(REDUNDANT, Strategy.UNIFORM, 1));
        methods.put("linupper r 1", new Contestant(REDUNDANT, Strategy.LINUPPER, 1));
        methods.put("linupper r 0.4", new Contestant(REDUNDANT, Strategy.LINUPPER, 0.4));
        methods.put("de-duplicated", new Contestant(ONCE, Strategy.UNIFORM, 1));
        return Collections.unmodifiableMap(methods); // in this order, which Map.copyOf would not keep
    }

    /** On the catalogue's corpora, fetched when the study runs. */
    public static ReweightingLanguageStudy onHoldings() {
        return new ReweightingLanguageStudy(
                name -> Documents.read(Fetcher.ofUser(step -> {}).fetch(Holdings.named(name))));
    }

    @Override
    public Plan plan() {
        List<Pick> picks =
                METHODS.keySet().stream().map(ReweightingLanguageStudy::pick).toList();
        var columns = new ArrayList<>(REAL);
        columns.add(MEAN);
        columns.add(NOTICE);
        return Plan.of("reweighting-language", "Loss-based reweighting: a language model on a redundant corpus")
                .method("loss_reweighting")
                .paper(
                        "D. Sow et al., Dynamic Loss-Based Sample Reweighting for Improved Large Language Model Pretraining, ICLR"
                                + " 2025")
                .says("Sparing samples of low loss (LinUpper) improves the pretraining of language models.")
                .data(
                        "Blocks of 64 bytes. 70 % of the rows come from one notice of 1.5 kB, laid end to end; 10 % each from the"
                                + " novels of Jane Austen, the dictionary FOLDOC and the quotations of fortunes. A tenth of the"
                                + " documents of each of the three is held out, drawn anew for each seed; validation loss is that"
                                + " of 256 of their blocks. The notice's loss is taken on itself. De-duplicated: the notice's copies"
                                + " taken out of the corpus, so that 0.4 % of the rows are left of it and a third come from each text.")
                .setup(
                        "GPT-2 of 2 layers, width 64, 4 heads, context 64, over bytes; 600 steps of 32 rows, AdamW at 3e-3 with 5 %"
                                + " warm-up, then cosine; clipping at 1; uniform weights for the first 5 % of the steps in every arm."
                                + " Losses in nats a byte.")
                .picks(picks)
                .seeds(3)
                .claim(
                        "LinUpper (r 0.4) lowers the mean validation loss of the three texts against uniform weights",
                        new Rule.Wins(MEAN, pick("linupper r 0.4"), pick("uniform"), 1))
                .claim("LinUpper (r 1) lowers it too", new Rule.Wins(MEAN, pick("linupper r 1"), pick("uniform"), 1))
                .claim(
                        "It is paid for: the notice's loss under LinUpper (r 0.4) is above that under uniform weights",
                        new Rule.Wins(NOTICE, pick("uniform"), pick("linupper r 0.4"), 1))
                .claim(
                        "Where the copies are known, taking them out is better than LinUpper (r 0.4)",
                        new Rule.Wins(MEAN, pick("de-duplicated"), pick("linupper r 0.4"), 1))
                .table("Loss after 600 steps, nats a byte", picks, columns)
                .figure(new Figure.Curves(
                        "loss",
                        "Mean validation loss of the three texts",
                        MEAN.key(),
                        "step",
                        "nats a byte",
                        EVERY,
                        false,
                        picks))
                .figure(new Figure.Bars(
                        "parts",
                        "What is gained on the texts is paid on the notice",
                        "nats a byte",
                        List.of(MEAN, NOTICE),
                        picks))
                .limit(
                        "The corpus is made to show the effect: most samples are soon learnt. In a pilot on four texts of"
                                + " equal share, uniform weights were better (1.75 against 1.84 nats).")
                .limit(
                        "One learning rate for all. In the regression studies, most of the gain goes when each method gets"
                                + " its own best rate; here that was not tried.")
                .limit("A model of about 120,000 parameters and three seeds: nothing is said of large models.")
                .limit("The de-duplicated arm sees 3.3 times as many rows of the texts in as many steps.")
                .done();
    }

    private static Pick pick(String method) {
        return Pick.of(method, SETTING);
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        var train = new ArrayList<LanguageModelling>();
        var held = new LinkedHashMap<String, Evaluator>();
        int rows = size.of(256, 8);
        for (Metric text : REAL) {
            Seed own = seed.child(text.key());
            LanguageModelling.HeldOut parts =
                    LanguageModelling.holdOut(corpus.apply(text.key()), 0.1, own.child("split"));
            train.add(LanguageModelling.bytes(parts.train(), BLOCK));
            held.put(text.key(), evaluator(LanguageModelling.bytes(parts.test(), BLOCK), rows, own.child("rows")));
        }
        LanguageModelling notice = LanguageModelling.bytes(Collections.nCopies(BLOCK, notice()), BLOCK);
        train.add(notice);
        held.put(NOTICE.key(), evaluator(notice, rows, seed.child("notice")));
        Map<String, Tensor> start = MODEL.initialize(seed.child("start").generator());
        return arm -> run(arm, start, train, held, seed.child("batches"), size);
    }

    private static Measurement run(
            Arm arm,
            Map<String, Tensor> start,
            List<LanguageModelling> texts,
            Map<String, Evaluator> held,
            Seed seed,
            Size size) {
        Contestant method = Objects.requireNonNull(METHODS.get(arm.method()), arm.method());
        int steps = size.of(STEPS, EVERY);
        var weights = new LinkedHashMap<String, Tensor>();
        start.forEach((name, tensor) -> weights.put(name, tensor.clone().requires_grad_(true)));
        Params params = Params.of(weights);
        double[] curve = new double[steps / EVERY + 1];
        Arrays.fill(curve, Double.NaN); // behind the end of a run that diverged
        curve[0] = mean(losses(params, held, REAL));
        var watch = new TrainingEvents() {
            @Override
            public void afterStep(Moment moment) {
                int taken = (int) moment.step() + 1;
                if (taken % EVERY == 0) {
                    curve[taken / EVERY] = mean(losses(params, held, REAL));
                }
            }
        };
        var weigher = new LossReweightingConfig(method.strategy(), method.r(), 1, 1, steps / 20, null, NonFinite.ERROR);
        BatchSource batches = new Mixture(texts, method.shares()).batches(steps, size.of(32, 8), seed);
        Trace trace = Trace.of(
                Task.of(MODEL, params, batches, TokenCrossEntropy.CAUSAL)
                        .weighedBy(weigher.create())
                        .with(watch),
                TrainConfig.of("""
                        max_steps: %d
                        lr: 3e-3
                        precision: float32
                        """.formatted(steps)));
        Map<String, Double> values = losses(params, held, REAL);
        values.put(MEAN.key(), mean(values));
        values.putAll(losses(params, held, List.of(NOTICE)));
        values.replaceAll((key, loss) -> trace.unlessDiverged(loss));
        return new Measurement(values, Map.of(MEAN.key(), curve));
    }

    private static Map<String, Double> losses(Params params, Map<String, Evaluator> held, List<Metric> metrics) {
        var losses = new LinkedHashMap<String, Double>();
        for (Metric metric : metrics) {
            Evaluator evaluator = Objects.requireNonNull(held.get(metric.key()), metric.key());
            losses.put(metric.key(), evaluator.evaluate(MODEL, params).loss());
        }
        return losses;
    }

    /** Of the real texts; the notice does not count. */
    private static double mean(Map<String, Double> losses) {
        return REAL.stream()
                .mapToDouble(text -> Objects.requireNonNull(losses.get(text.key()), text.key()))
                .average()
                .orElseThrow();
    }

    private static Evaluator evaluator(LanguageModelling blocks, int rows, Seed seed) {
        int[] some = Arrays.copyOf(seed.permutation(blocks.size()), Math.min(rows, blocks.size()));
        Batch batch = blocks.batch(some);
        return Evaluator.of(BatchSource.of(List.of(batch)), TokenCrossEntropy.CAUSAL, List.of());
    }

    /**
     * The page of which the corpus has so many copies. With the token that ends it, its length is odd: of 64 copies end to
     * end, each block begins at another place.
     */
    static String notice() {
        String file = "notice.txt";
        try (InputStream in = ReweightingLanguageStudy.class.getResourceAsStream(file)) {
            return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
