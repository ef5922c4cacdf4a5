package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.Passages;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.edit.GraceTap;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.data.Truncation;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.jobs.predict.answer.WhichEdit;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.jobs.predict.entity.Aggregation;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Inference;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.jobs.predict.speech.Speech;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.model.Params;
import org.counterweight.model.config.Problem;
import org.counterweight.model.generate.Generation;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model of texts that is held open and asked again and again, and answers each time as {@code cw predict} does. Its tensors
 * belong to the scope in which it was opened. Asking changes nothing in it: any thread may.
 */
public final class OpenTexts implements AutoCloseable {
    private final ModelDirectory files;
    private final TaskKind kind;
    private final AskedModel.Reader reader;
    private final Thresholds thresholds;

    private OpenTexts(ModelDirectory files, TaskKind kind, AskedModel.Reader reader, Thresholds thresholds) {
        this.files = files;
        this.kind = kind;
        this.reader = reader;
        this.thresholds = thresholds;
    }

    /**
     * Opens a model.
     *
     * @param adapter directory of one to put on it, or null
     * @param maxLength tokens of a text, longer ones are cut; null for what {@code cw predict} takes
     * @throws ConfigException if it is no model of texts
     * @throws org.counterweight.weights.WeightsException if its files are not whole
     */
    public static OpenTexts open(Path directory, @Nullable Path adapter, @Nullable Integer maxLength) {
        TaskKind kind = AdaptedModel.kind(directory, adapter);
        if (kind == TaskKind.IMAGE_CLASSIFICATION
                || kind == TaskKind.TABLE_CLASSIFICATION
                || kind == TaskKind.DIFFUSION) {
            throw new ConfigException(directory + ": is a model of "
                    + (kind == TaskKind.TABLE_CLASSIFICATION ? "a table's rows" : "images")
                    + ", and only texts are asked about here; ask it with cw predict");
        }
        ModelDirectory files = ModelDirectory.open(directory);
        try {
            AdaptedModel adapted = AdaptedModel.of(files, adapter);
            boolean isLanguageModel = writes(kind) || kind == TaskKind.MASKED_LM;
            if (!isLanguageModel && kind != TaskKind.TOKEN_CLASSIFICATION) {
                TextClassifier.checkHead(directory, adapted, maxLength);
            }
            TokenizerPlace place = TokenizerPlace.of(directory, adapter);
            int length = !isLanguageModel
                    ? ClassifierLength.of(maxLength, adapted, place.directory())
                    : maxLength == null ? TextTokenizer.UNLIMITED : maxLength;
            TextTokenizer tokenizer = place.open(adapted.model(), length);
            Thresholds thresholds = isLanguageModel
                    ? Thresholds.NONE
                    : Thresholds.beside(
                            directory,
                            adapter,
                            ModelDescription.labels(adapted.config()),
                            Problem.of(adapted.config()));
            var reader = new AskedModel.Reader(directory, adapted, tokenizer, new Truncation.Tally(length), null);
            return new OpenTexts(files, kind, isLanguageModel ? reader : reader.ofClasses(), thresholds);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    public Path directory() {
        return reader.directory();
    }

    public AdaptedModel adapted() {
        return reader.adapted();
    }

    public TextTokenizer tokenizer() {
        return reader.tokenizer();
    }

    public TaskKind kind() {
        return kind;
    }

    /** Whether it continues texts or answers them, token after token: one text at a time. */
    public boolean writes() {
        return writes(kind);
    }

    private static boolean writes(TaskKind kind) {
        return kind == TaskKind.CAUSAL_LM || kind == TaskKind.TEXT_TO_TEXT;
    }

    /**
     * One object a text or pair, in their order.
     *
     * @param params what the model is asked with, which tells of the edits that answer
     * @param generation how a decoder goes on; null for the likeliest tokens
     * @param top of how many classes of each text the probabilities are told; 0 for the likeliest class alone
     */
    public List<ObjectNode> answers(
            Passages texts, Function<GraceTap.Served, Params> params, @Nullable Generation generation, int top) {
        var asked = Questions.Texts.of(texts);
        var which = new WhichEdit(writes() ? 1 : texts.size());
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            if (writes()) {
                Speech speech = generation == null ? Speech.usual() : Speech.of(generation);
                return Continuation.answers(reader, asked, speech, null, which, () -> params.apply(which));
            }
            if (kind == TaskKind.TOKEN_CLASSIFICATION) {
                return Entities.answers(reader, asked, params.apply(which), Aggregation.SIMPLE);
            }
            return kind == TaskKind.MASKED_LM
                    ? Cloze.answers(reader, asked, params.apply(which))
                    : TextClassifier.scored(reader, asked, which, params.apply(which), Inference.USUAL)
                            .answers(reader.adapted().config(), top, thresholds);
        }
    }

    /** An object for each, with what is asked about, to which answers are added. */
    public static List<ObjectNode> begun(Passages texts) {
        return Questions.Texts.of(texts).begun();
    }

    @Override
    public void close() {
        reader.tokenizer().close();
        files.close();
    }
}
