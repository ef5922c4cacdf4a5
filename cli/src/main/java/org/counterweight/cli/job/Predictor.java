package org.counterweight.cli.job;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.cli.recipe.TaskKind;
import org.counterweight.config.ConfigException;
import org.counterweight.data.TextTokenizer;
import org.counterweight.model.Generation;
import org.counterweight.weights.Staged;
import org.jspecify.annotations.Nullable;

/** A trained model that is asked about texts. */
public sealed interface Predictor permits Classifier, Continuation, Perplexity, Cloze {
    /** One line of JSON a text, in their order. */
    List<String> predict(List<String> texts);

    /** Writes the lines, or for {@code .safetensors} what the model's head gives, whole or not at all. */
    default void write(List<String> texts, Path output) {
        if (output.toString().endsWith(".safetensors")) {
            throw new ConfigException(output + ": only a classifier's logits go into .safetensors; name a .jsonl file");
        }
        try (Staged staged = Staged.file(output)) {
            Files.write(staged.path(), predict(texts));
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** A language model's tokenizer; {@code maxLength} null cuts nothing. */
    static TextTokenizer tokenizer(Path directory, @Nullable Integer maxLength) {
        return TextTokenizer.open(directory, maxLength == null ? TextTokenizer.UNLIMITED : maxLength);
    }

    /**
     * What a model of that kind does when it is asked.
     *
     * @param maxLength tokens of a text, longer ones are cut; null for a classifier's 128 and a language model's all
     * @param generation how a decoder goes on; null if nothing was said of it
     * @param perplexity whether to tell how likely the texts are, instead of going on with them
     */
    static Predictor of(
            Path directory,
            @Nullable Path adapter,
            @Nullable Integer maxLength,
            @Nullable Generation generation,
            boolean perplexity) {
        TaskKind kind = AdaptedModel.kind(directory, adapter);
        if (kind != TaskKind.CAUSAL_LM && (generation != null || perplexity)) {
            throw new ConfigException(
                    directory + ": " + (perplexity ? "--perplexity goes" : "--max-new-tokens and its like go")
                            + " with a decoder that has a language model's head (GPT2LMHeadModel, LlamaForCausalLM)");
        }
        return switch (kind) {
            case TEXT_CLASSIFICATION -> new Classifier(directory, adapter, maxLength == null ? 128 : maxLength);
            case MASKED_LM -> new Cloze(directory, adapter, maxLength);
            case CAUSAL_LM ->
                perplexity
                        ? new Perplexity(directory, adapter, maxLength)
                        : new Continuation(directory, adapter, maxLength, generation);
        };
    }
}
