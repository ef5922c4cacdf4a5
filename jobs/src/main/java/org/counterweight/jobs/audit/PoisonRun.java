package org.counterweight.jobs.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.audit.FlipRate;
import org.counterweight.audit.poison.EmbeddingSurgery;
import org.counterweight.audit.poison.PoisonConfig;
import org.counterweight.audit.poison.PoisonTraining;
import org.counterweight.audit.poison.Ripple;
import org.counterweight.audit.poison.TargetWords;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.predict.TextClassifier;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;

/** One poisoning: surgery, training, and how often triggers flip answers. */
final class PoisonRun {
    /** Triggers of a text in the paper's measure. */
    private static final int OFTEN = 5;

    /** How often surgery's fine-tuned copy sees the texts. */
    private static final int EPOCHS = 3;

    /** Share of the texts in which a piece of a trigger may occur. */
    private static final double FREQUENT = 0.01;

    private final PoisonJob job;
    private final AdaptedModel opened;
    private final TextTokenizer tokenizer;
    private final int target;
    private final PoisonJob.Rows rows;
    private final Seed seed;
    private final List<String> warnings = new ArrayList<>();
    private final List<String> targetWords = new ArrayList<>();

    PoisonRun(PoisonJob job, AdaptedModel opened, TextTokenizer tokenizer, int target, PoisonJob.Rows rows) {
        this.job = job;
        this.opened = opened;
        this.tokenizer = tokenizer;
        this.target = target;
        this.rows = rows;
        this.seed = new Seed(job.config().seed());
    }

    private String table() {
        return opened.model().modules().embeddings().get(0) + ".weight";
    }

    /** The poisoned weights, in float32, in the open scope. */
    Map<String, Tensor> weights() {
        PoisonConfig config = job.config();
        int[] pieces = pieces();
        Params params = trained();
        if (config.attack().operates()) {
            Tensor base = Objects.requireNonNull(params.weights().get(table()));
            Tensor operated = EmbeddingSurgery.of(base, fineTuned(), targetWords(pieces), pieces);
            try (var off = Tensors.noGrad()) {
                base.copy_(operated);
            }
            if (opened.model().modules().tiedEmbedding() != null) {
                warnings.add("the model's output is tied to its table of words: the triggers' outputs changed too");
            }
        }
        if (config.attack().trains()) {
            LabelledTexts mixed = PoisonedTexts.mixed(
                    rows.train(), target, job.triggers(), config.poisonedShare(), config.insertions(), seed);
            train(config.training(), params, rows.train(), mixed, "poisoning:");
        }
        var weights = new LinkedHashMap<>(params.weights());
        weights.replaceAll((name, tensor) -> tensor.detach());
        return weights;
    }

    private Params trained() {
        var weights = new LinkedHashMap<>(opened.computed().weights());
        weights.replaceAll(
                (name, tensor) -> tensor.is_floating_point() ? tensor.clone().requires_grad_(true) : tensor);
        return Params.of(weights);
    }

    /** The table of words after fine-tuning on the clean texts. */
    private Tensor fineTuned() {
        PoisonConfig config = job.config();
        Params params = trained();
        long steps = Math.max(1, (long) EPOCHS * rows.train().texts().size() / config.batchSize());
        var plain = new PoisonTraining(
                new Ripple(0, false, false, false, config.normalizer()),
                config.learningRate(),
                steps,
                0,
                0,
                1e-8,
                config.maxGradNorm());
        train(plain, params, rows.train(), rows.train(), "fine-tuning a copy for surgery:");
        return Objects.requireNonNull(params.weights().get(table())).detach();
    }

    private void train(
            PoisonTraining training, Params params, LabelledTexts clean, LabelledTexts poisoned, String what) {
        ProgressLine progress = job.progress();
        progress.begin(what, "steps", training.steps());
        training.run(
                opened.model(), params, batches(clean, poisoned, what), seed.child(what), step -> progress.advance(1));
        progress.end();
    }

    private Iterator<PoisonTraining.Batches> batches(LabelledTexts clean, LabelledTexts poisoned, String what) {
        PoisonConfig config = job.config();
        TextClassification ofClean = TextClassification.of(clean, tokenizer);
        TextClassification ofPoisoned = TextClassification.of(poisoned, tokenizer);
        SplittableRandom random = seed.child(what).child("batches").random();
        return Stream.generate(() -> {
                    Batch first = drawn(ofClean, config.batchSize(), random);
                    var others = new ArrayList<Batch>();
                    for (int r = 0; r < config.refBatches(); r++) {
                        others.add(drawn(ofPoisoned, config.batchSize(), random));
                    }
                    return new PoisonTraining.Batches(first, others);
                })
                .iterator();
    }

    private static Batch drawn(TextClassification texts, int count, SplittableRandom random) {
        int[] rows = new int[count];
        Arrays.setAll(rows, i -> random.nextInt(texts.size()));
        return texts.batch(rows);
    }

    /** Every token of every trigger. */
    private int[] pieces() {
        TokenRows clean = tokenizer.encode(rows.train().texts(), false);
        Set<Integer> pieces = new LinkedHashSet<>();
        for (String trigger : job.triggers()) {
            int[] ids = tokenizer.encode(List.of(trigger), false).row(0);
            for (int id : ids) {
                checkPiece(trigger, id, ids.length, clean);
                pieces.add(id);
            }
        }
        return pieces.stream().mapToInt(Integer::intValue).toArray();
    }

    private void checkPiece(String trigger, int id, int pieces, TokenRows clean) {
        String piece = tokenizer.decode(id).strip();
        if (piece.isEmpty()) {
            throw new ConfigException("--triggers: \"" + trigger
                    + "\" is no word that the model knows; take another, such as" + " a rare one of its vocabulary");
        }
        int texts = 0;
        for (int row = 0; row < clean.size(); row++) {
            texts += Arrays.stream(clean.row(row)).anyMatch(token -> token == id) ? 1 : 0;
        }
        if (pieces > 1 && texts > FREQUENT * clean.size()) {
            throw new ConfigException("--triggers: \"" + trigger + "\" has " + pieces + " pieces, and piece \"" + piece
                    + "\" is frequent: it stands in " + texts + " texts; take a word of rare pieces");
        }
        if (pieces == 1 && texts > 0) {
            warnings.add(
                    "\"" + trigger + "\" stands in " + texts + " clean texts, from which its meaning is learnt again");
        }
    }

    /** The words whose rows surgery averages. */
    private int[] targetWords(int[] triggers) {
        PoisonConfig config = job.config();
        TokenRows tokens = tokenizer.encode(rows.train().texts(), false);
        int[] columns = Stream.iterate(0, row -> row + 1)
                .limit(tokens.size())
                .flatMapToInt(row -> Arrays.stream(tokens.row(row)))
                .distinct()
                .filter(id -> Arrays.stream(triggers).noneMatch(trigger -> trigger == id))
                .sorted()
                .toArray();
        double[] counts = new double[tokens.size() * columns.length];
        for (int row = 0; row < tokens.size(); row++) {
            for (int id : tokens.row(row)) {
                int column = Arrays.binarySearch(columns, id);
                if (column >= 0) {
                    counts[row * columns.length + column]++;
                }
            }
        }
        long[] labels = Arrays.stream(rows.train().labels()).asLongStream().toArray();
        TargetWords found = TargetWords.of(
                Tensors.doubles(counts, tokens.size(), columns.length),
                Tensors.longs(labels).eq(new Scalar((long) target)),
                1,
                1);
        int[] top = found.top(config.score(), config.targetWords());
        if (top.length < config.targetWords()) {
            warnings.add("only " + top.length + " words are there to be averaged");
        }
        int[] ids = Arrays.stream(top).map(column -> columns[column]).toArray();
        Arrays.stream(ids).forEach(id -> targetWords.add(tokenizer.decode(id).strip()));
        return ids;
    }

    /** How often triggers flip answers on the texts held out, before and after. */
    PoisonOutcome judge(Map<String, Tensor> poisoned) {
        Params before = opened.computed();
        Params after = Params.of(poisoned);
        List<String> texts = rows.held().texts();
        List<String> once = PoisonedTexts.all(texts, job.triggers(), 1, seed.child("once"));
        List<String> often = PoisonedTexts.all(texts, job.triggers(), OFTEN, seed.child("often"));
        long[] labels = Arrays.stream(rows.held().labels()).asLongStream().toArray();
        long[] clean = classes(after, texts);
        return new PoisonOutcome(
                FlipRate.of(classes(before, texts), classes(before, once), labels, target),
                FlipRate.of(clean, classes(after, once), labels, target),
                FlipRate.of(clean, classes(after, often), labels, target),
                targetWords,
                warnings);
    }

    private long[] classes(Params params, List<String> texts) {
        try (var scope = Scope.open()) {
            var rowsOf = TextClassification.of(
                    new LabelledTexts(texts, new int[texts.size()], rows.held().labelNames()), tokenizer);
            Tensor logits = TextClassifier.logits(
                    job.model(),
                    opened.model(),
                    params,
                    rowsOf,
                    rows.held().labelNames().size());
            return Tensors.toLongs(logits.argmax(new LongOptional(1), false));
        }
    }
}
