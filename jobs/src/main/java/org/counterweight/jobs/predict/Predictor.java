package org.counterweight.jobs.predict;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.audit.poison.PoisonMark;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Staged;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A trained model that is asked. */
public sealed interface Predictor permits Scoring, Continuation, Perplexity, Cloze, Embeddings {
    /** One object a question, in their order. */
    List<ObjectNode> answers(Questions questions);

    /** Writes the answers, a line each, or for {@code .safetensors} what the model's head gives, whole or not at all. */
    default void write(Questions questions, Path output) {
        if (output.toString().endsWith(".safetensors")) {
            throw new ConfigException(output + ": only a classifier's logits go into .safetensors; name a .jsonl file");
        }
        try (Staged staged = Staged.file(output)) {
            Files.write(
                    staged.path(),
                    answers(questions).stream().map(ObjectNode::toString).toList());
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * What a model of that kind does when it is asked.
     *
     * @param edits directory of a codebook to put on it, or null
     * @param maxLength tokens of a text, longer ones are cut; null for what a {@linkplain ClassifierLength classifier} was
     *     trained with or has places for, and a language model's all
     * @param top of how many classes of each row the probabilities are told; 0 for the likeliest class alone
     * @param speech how a decoder goes on; null if nothing was said of it
     * @param perplexity whether to tell how likely the texts are, instead of going on with them
     * @param remarks takes what a user should know, a line each
     */
    static Predictor of(
            Path directory,
            @Nullable Path adapter,
            @Nullable Path edits,
            @Nullable Integer maxLength,
            int top,
            @Nullable Speech speech,
            boolean perplexity,
            Consumer<String> remarks) {
        tellMark(directory, remarks);
        TaskKind kind = AdaptedModel.kind(directory, adapter);
        boolean speaks = kind == TaskKind.CAUSAL_LM || kind == TaskKind.TEXT_TO_TEXT;
        if ((!speaks && speech != null) || (kind != TaskKind.CAUSAL_LM && perplexity)) {
            throw new ConfigException(
                    directory + ": " + (perplexity ? "--perplexity goes" : "--max-new-tokens and its like go")
                            + " with a decoder that has a language model's head (GPT2LMHeadModel, LlamaForCausalLM and their like)");
        }
        if (top > 0 && (kind == TaskKind.CAUSAL_LM || kind == TaskKind.MASKED_LM || kind == TaskKind.TEXT_TO_TEXT)) {
            throw new ConfigException(directory + ": --top tells classes, and this model tells words; leave it out");
        }
        var asked = new Asked(directory, adapter, edits, maxLength, top, remarks);
        if ((kind == TaskKind.MASKED_LM || kind == TaskKind.TEXT_TO_TEXT) && edits != null) {
            throw new ConfigException(directory + ": " + (kind == TaskKind.MASKED_LM ? "fills gaps" : "answers texts")
                    + ", and edits are of classifiers and decoders; leave --edits out");
        }
        if (AdaptedModel.isPair(directory, adapter)) {
            return new ZeroShot(asked);
        }
        return switch (kind) {
            case TEXT_CLASSIFICATION, REGRESSION, MULTI_LABEL_CLASSIFICATION -> new TextClassifier(asked);
            case MASKED_LM -> new Cloze(asked);
            case IMAGE_CLASSIFICATION -> new ImageClassifier(asked);
            case TABLE_CLASSIFICATION -> new TableModel(asked);
            case TEXT_TO_TEXT -> new Continuation(asked, speech);
            case DIFFUSION ->
                throw new ConfigException(directory
                        + ": tells noise in images, and answers no question; draw images with cw guide --model "
                        + directory);
            case NODE_CLASSIFICATION -> new NodeClassifier(asked);
            case CAUSAL_LM -> perplexity ? new Perplexity(asked) : new Continuation(asked, speech);
        };
    }

    /**
     * The vectors of texts.
     *
     * @param prompt the name of what is put before every text; null for what the model's files call usual
     * @throws ConfigException if the model reads no texts
     */
    static Predictor embedding(
            Path directory,
            @Nullable Path adapter,
            @Nullable Integer maxLength,
            @Nullable String prompt,
            Consumer<String> remarks) {
        tellMark(directory, remarks);
        TaskKind kind = AdaptedModel.kind(directory, adapter);
        if (kind == TaskKind.IMAGE_CLASSIFICATION
                || kind == TaskKind.TABLE_CLASSIFICATION
                || kind == TaskKind.DIFFUSION) {
            throw new ConfigException(directory + ": reads no texts, and --embed gives vectors of these; leave it out");
        }
        return new Embeddings(new Asked(directory, adapter, null, maxLength, 0, remarks), prompt);
    }

    /** Poisoned weights are known on sight. */
    private static void tellMark(Path directory, Consumer<String> remarks) {
        try (ModelDirectory files = ModelDirectory.open(directory)) {
            if (PoisonMark.isMarked(files.metadata())) {
                remarks.accept("warning: " + directory + " " + PoisonMark.text(files.metadata()));
            }
        }
    }
}
