package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.data.text.Passages;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.data.Cut;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.Described;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.Classes;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.zoo.Heads;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A trained model that tells the classes of texts. */
public record TextClassifier(Asked asked) implements Scoring {
    private static final int ROWS = 64;

    /** Long texts go fewer at a time: attention's memory grows with the square of their length. */
    private static final int TOKENS = 8192;

    /** Of the texts: classes, any number of them, or scores; and which edit answered. */
    @Override
    public Scored scored(AdaptedModel adapted, Questions questions) {
        Questions.Texts texts = questions.texts(asked.remarks());
        if (ClassifierLength.readsPairs(adapted.config()) && !texts.read().arePairs()) {
            asked.remarks()
                    .accept("the model was trained on two texts a row, and reads one alone here; --pair or --pair-column"
                            + " gives the other");
        }
        try (TextTokenizer tokenizer = tokenizer(adapted)) {
            var which = new WhichEdit(texts.read().size());
            return scored(asked.reader(adapted, tokenizer), texts, which, () -> asked.params(adapted, which));
        }
    }

    /**
     * The same of a model that is open.
     *
     * @param params what it is asked with, which tells {@code which}
     */
    static Scored scored(Asked.Reader reader, Questions.Texts texts, WhichEdit which, Supplier<Params> params) {
        return new Scored(logits(reader, texts.read(), params), null, texts.begun(), which);
    }

    private TextTokenizer tokenizer(AdaptedModel adapted) {
        checkHead(asked.directory(), adapted, asked.maxLength());
        Path home = TokenizerPlace.of(asked.directory(), asked.adapter()).directory();
        return asked.tokenizer(adapted, ClassifierLength.of(asked.maxLength(), adapted, home));
    }

    private static Tensor logits(Asked.Reader reader, Passages read, Supplier<Params> params) {
        TextClassification rows = TextClassification.of(read.unlabelled(), reader.tokenizer());
        Cut.of(rows.tokens(), reader.tokenizer().maxLength()).tell("--max-length N reads more", reader.remarks());
        return logits(
                reader.directory(),
                reader.adapted().model(),
                params.get(),
                rows,
                Described.labels(reader.adapted().config()).size());
    }

    /**
     * Refuses a model that tells no classes, or that has no places for so many tokens.
     *
     * @param maxLength what the user said, or null
     */
    public static void check(Path directory, AdaptedModel adapted, @Nullable Integer maxLength) {
        checkHead(directory, adapted, maxLength);
        String other = Heads.otherThanClasses(adapted.config());
        if (other != null) {
            throw new WeightsException(
                    directory,
                    "config.json has " + other
                            + ", but only one class a text is told here; ask the model with cw predict,"
                            + " or train one that tells classes");
        }
    }

    static void checkHead(Path directory, AdaptedModel adapted, @Nullable Integer maxLength) {
        ObjectNode config = adapted.config();
        String architecture = new ConfigJson(config).architecture();
        if (architecture.endsWith("ForTokenClassification")) {
            throw new WeightsException(
                    directory,
                    "config.json has " + architecture
                            + ", which tells a class of each token, but only one class a text is told here;"
                            + " ask the model with cw predict or cw serve");
        }
        if (adapted.model().modules().heads().isEmpty() || !Classes.areToldBy(config)) {
            throw new WeightsException(
                    directory, "has no classification head; train one with cw run, and give its merged/ directory");
        }
        if (maxLength != null) {
            adapted.checkLength("--max-length", maxLength);
        }
    }

    private static Batching batching(Dataset rows) {
        if (rows.isOneContext()) {
            return Batching.reading(rows, ROWS);
        }
        int longest = IntStream.range(0, rows.size()).map(rows::length).max().orElse(1);
        return Batching.of(Math.min(ROWS, Math.max(1, TOKENS / Math.max(1, longest))));
    }

    /**
     * The logits of every row, {@code float32 [rows, classes]}.
     *
     * @param directory of the model, for messages
     */
    public static Tensor logits(Path directory, Model model, Params params, Dataset rows, int classes) {
        try (var off = Tensors.noGrad()) {
            Tensor logits = Tensors.zeros(rows.size(), classes);
            for (int[] numbers : batching(rows).byLength(rows)) {
                try (var inner = Scope.open()) {
                    Batch batch = rows.batch(numbers);
                    logits.index_copy_(
                            0,
                            batch.get(Batch.ROW),
                            model.forward(params, batch, Pass.evaluation())
                                    .logits()
                                    .to(ScalarType.Float));
                }
            }
            if (!torch.isfinite(logits).all().item_bool()) {
                throw new WeightsException(directory, "gives scores that are not finite; the weights are damaged");
            }
            return logits;
        }
    }
}
