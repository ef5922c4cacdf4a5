package org.counterweight.jobs.library;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.text.Passages;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.prompt.PromptReading;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.jobs.predict.Entities;
import org.counterweight.jobs.predict.TextClassifier;
import org.counterweight.jobs.predict.entity.Aggregation;
import org.counterweight.jobs.predict.entity.Entity;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.config.Classes;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * A model from its directory, with an adapter on it or without, held open to be asked again and again. Closing it frees its
 * weights.
 *
 * <p>Thread-safe: asking changes nothing in it.
 */
public final class LoadedModel implements AutoCloseable {
    private final Path directory;
    private final Scope scope;
    private final ModelDirectory files;
    private final AdaptedModel adapted;
    private final Params params;
    private final TextTokenizer tokenizer;
    private final @Nullable PromptReading prompt;

    private LoadedModel(Path directory, Scope scope, ModelDirectory files, @Nullable Path adapter) {
        this.directory = directory;
        this.scope = scope;
        this.files = files;
        this.adapted = AdaptedModel.of(files, adapter);
        this.params = adapted.computed();
        TokenizerPlace place = TokenizerPlace.of(directory, adapter);
        this.tokenizer = place.open(adapted.model(), ClassifierLength.of(null, adapted, place.directory()));
        try {
            this.prompt = PromptReading.beside(directory, adapted.config(), tokenizer);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /**
     * Opens a model.
     *
     * @param directory with {@code config.json}, weights in safetensors, and a tokenizer's files
     * @throws org.counterweight.config.ConfigException if its config cannot be read or is of no known architecture
     * @throws org.counterweight.weights.WeightsException if a weight is missing or of another shape
     */
    public static LoadedModel open(Path directory) {
        return opened(directory, null);
    }

    /**
     * Opens a model with an adapter on it.
     *
     * @param adapter its directory, in PEFT's form, AdapterHub's, SORSA's or our own
     * @throws org.counterweight.config.ConfigException if the adapter asks for what is not supported
     * @throws org.counterweight.weights.WeightsException if it does not fit the model
     */
    public static LoadedModel open(Path directory, Path adapter) {
        return opened(directory, adapter);
    }

    private static LoadedModel opened(Path directory, @Nullable Path adapter) {
        Scope scope = Scope.open();
        try {
            ModelDirectory files = ModelDirectory.open(directory);
            try {
                var model = new LoadedModel(directory, scope, files, adapter);
                scope.detach();
                return model;
            } catch (RuntimeException e) {
                files.close();
                throw e;
            }
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    /** The function of weights and batch. */
    public Model model() {
        return adapted.model();
    }

    /** Its weights in float32, with the adapter in effect; they live until this is closed. */
    public Params params() {
        return params;
    }

    /** What cuts texts into its tokens. */
    public TextTokenizer tokenizer() {
        return tokenizer;
    }

    /** The names of the classes that it tells, in the order of its logits; none if it is no classifier. */
    public List<String> labels() {
        return ModelDescription.labels(adapted.config());
    }

    /** What of the adapter has no effect here, one line each. */
    public List<String> warnings() {
        return adapted.warnings();
    }

    /**
     * The logits of each text, {@code float32 [texts, classes]}; they belong to the open scope.
     *
     * @throws org.counterweight.weights.WeightsException if the model predicts no classes, or its weights are damaged
     */
    public Tensor logits(List<String> texts) {
        return logits(Passages.alone(texts));
    }

    /** The same of texts, or of pairs that are read together. */
    public Tensor logits(Passages read) {
        TextClassifier.checkAsked(directory, adapted, null);
        Model asked = prompt == null ? model() : prompt.asked(model());
        TextClassification rows =
                prompt == null ? TextClassification.of(read.unlabelled(), tokenizer) : prompt.read(read.unlabelled());
        return TextClassifier.logits(directory, asked, params, rows, labels().size());
    }

    /**
     * The likeliest class of each text, in their order.
     *
     * @throws org.counterweight.weights.WeightsException if the model predicts no classes, or its weights are damaged
     */
    public List<Answer> classes(List<String> texts) {
        return classes(Passages.alone(texts));
    }

    /** The same of texts, or of pairs that are read together; an answer has the first text. */
    public List<Answer> classes(Passages read) {
        try (var inner = Scope.open()) {
            List<String> texts = read.texts();
            double[] shares = Tensors.toDoubles(logits(read).softmax(1));
            List<String> labels = labels();
            var answers = new ArrayList<Answer>();
            for (int row = 0; row < texts.size(); row++) {
                int best = 0;
                for (int c = 1; c < labels.size(); c++) {
                    best = shares[row * labels.size() + c] > shares[row * labels.size() + best] ? c : best;
                }
                answers.add(new Answer(texts.get(row), labels.get(best), shares[row * labels.size() + best]));
            }
            return answers;
        }
    }

    /**
     * The entities of a text, of a model that predicts classes of tokens.
     *
     * @throws org.counterweight.weights.WeightsException if it tells none, or its weights are damaged
     */
    public List<Entity> entities(String text) {
        if (!Classes.areToldOfTokens(adapted.config())) {
            throw new WeightsException(
                    directory,
                    "tells no classes of tokens, of which entities are made; train one with"
                            + " task: token_classification");
        }
        return Entities.of(directory, adapted, params, tokenizer.encodePlaces(text), Aggregation.SIMPLE);
    }

    @Override
    public void close() {
        tokenizer.close();
        files.close();
        scope.close();
    }
}
