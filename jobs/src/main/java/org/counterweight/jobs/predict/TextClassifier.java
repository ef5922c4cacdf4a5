package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenizedTexts;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.prompt.PromptConfig;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.jobs.predict.answer.Scored;
import org.counterweight.jobs.predict.answer.WhichEdit;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Inference;
import org.counterweight.jobs.predict.question.Questions;
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

/** A trained model that predicts the classes of texts. */
public record TextClassifier(AskedModel asked) implements Scoring {
    /** Long texts go fewer at a time: attention's memory grows with the square of their length. */
    private static final int TOKENS = 8192;

    /** Of the texts: classes, any number of them, or scores; and which edit answered. */
    @Override
    public void score(AdaptedModel adapted, Questions questions, Consumer<Scored> sink) {
        try (TextTokenizer tokenizer = tokenizer(adapted)) {
            AskedModel.Reader reader = asked.reader(adapted, tokenizer).ofClasses();
            Params computed = asked.params(adapted);
            boolean isOfPairs = ClassifierLength.readsPairs(adapted.config());
            questions.texts(asked, texts -> {
                if (isOfPairs && texts.first() == 0 && !texts.read().arePairs()) {
                    asked.remarks()
                            .accept("the model was trained on two texts a row, and reads one alone here; --pair or"
                                    + " --pair-column gives the other");
                }
                try (var scope = Scope.open()) {
                    var which = new WhichEdit(texts.read().size());
                    sink.accept(
                            scored(reader, texts, which, asked.edited(adapted, computed, which), asked.inference()));
                }
            });
            reader.tellCut(asked.remarks());
        }
    }

    /**
     * The same of a model that is open.
     *
     * @param params what it is asked with, which tells {@code which}
     */
    static Scored scored(
            AskedModel.Reader reader, Questions.Texts texts, WhichEdit which, Params params, Inference inference) {
        var tokens = reader.encode(texts.read()).requireTokens(row -> "row " + (texts.first() + row + 1));
        var rows = new TokenizedTexts(tokens, reader.tokenizer().padId());
        AdaptedModel adapted = reader.adapted();
        int outputs = ModelDescription.labels(adapted.config()).size();
        Tensor logits = logits(reader.directory(), reader.model(), params, rows, outputs, inference);
        return new Scored(logits, null, texts.begun(), which);
    }

    private TextTokenizer tokenizer(AdaptedModel adapted) {
        checkHead(asked.directory(), adapted, asked.maxLength());
        Path home = TokenizerPlace.of(asked.directory(), asked.adapter()).directory();
        return asked.tokenizer(adapted, ClassifierLength.of(asked.maxLength(), adapted, home));
    }

    /**
     * Refuses a model that predicts no classes, or that has no places for so many tokens.
     *
     * @param maxLength what the user said, or null
     */
    public static void check(Path directory, AdaptedModel adapted, @Nullable Integer maxLength) {
        if (PromptConfig.isFor(directory, adapted.config())) {
            throw new WeightsException(
                    directory,
                    "has no classification head but a prompt (" + PromptConfig.FILE
                            + "); ask it with cw predict, cw evaluate or cw serve, or train a head with cw run");
        }
        checkAsked(directory, adapted, maxLength);
    }

    /** The same of a model that is only asked, which may be through a prompt. */
    public static void checkAsked(Path directory, AdaptedModel adapted, @Nullable Integer maxLength) {
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
        boolean tells = !adapted.model().modules().heads().isEmpty() && Classes.areToldBy(config);
        if (!tells && !PromptConfig.isFor(directory, config)) {
            throw new WeightsException(
                    directory, "has no classification head; train one with cw run, and give its merged/ directory");
        }
        if (maxLength != null) {
            adapted.checkLength("--max-length", maxLength);
        }
    }

    /**
     * The logits of every row, {@code float32 [rows, classes]}.
     *
     * @param directory of the model, for messages
     */
    public static Tensor logits(Path directory, Model model, Params params, Dataset rows, int classes) {
        return logits(directory, model, params, rows, classes, Inference.USUAL);
    }

    /** The same, so many rows at a time, where the parameters are. */
    static Tensor logits(Path directory, Model model, Params params, Dataset rows, int classes, Inference inference) {
        try (var off = Tensors.noGrad()) {
            Tensor logits = Tensors.zeros(rows.size(), classes);
            for (int[] numbers : batches(rows, inference.rows())) {
                try (var inner = Scope.open()) {
                    Batch batch = rows.batch(numbers);
                    Tensor given = model.forward(params, batch.to(params.device()), Pass.evaluation())
                            .logits();
                    logits.index_copy_(0, batch.get(Batch.ROW), given.cpu().to(ScalarType.Float));
                }
                inference.progress().advance(numbers.length);
            }
            if (!torch.isfinite(logits).all().item_bool()) {
                throw new WeightsException(directory, "gives scores that are not finite; the weights are damaged");
            }
            return logits;
        }
    }

    private static List<int[]> batches(Dataset rows, int most) {
        return rows.isOneContext()
                ? Batching.reading(rows, most).byLength(rows)
                : Batching.of(most).byLength(rows, TOKENS);
    }
}
