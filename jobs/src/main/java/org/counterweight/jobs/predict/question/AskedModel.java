package org.counterweight.jobs.predict.question;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.Passages;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.data.text.chat.ChatTemplate;
import org.counterweight.engine.Engine;
import org.counterweight.fewgen.prompt.PromptReading;
import org.counterweight.jobs.data.Truncation;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.jobs.predict.answer.WhichEdit;
import org.counterweight.jobs.predict.decide.Thresholds;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.config.Problem;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A trained model to be queried about texts, and how they are read.
 *
 * @param directory with config.json, tokenizer and weights
 * @param adapter directory of one to put on it, PEFT's or of our own, or null
 * @param edits directory of a codebook to put on it, or null
 * @param maxLength tokens of a text that the user allowed, or null
 * @param top of how many classes of each row the probabilities are told; 0 for the likeliest class alone
 * @param remarks takes what a user should know, a line each
 * @param inference where, and how many rows together
 */
public record AskedModel(
        Path directory,
        @Nullable Path adapter,
        @Nullable Path edits,
        @Nullable Integer maxLength,
        int top,
        Consumer<String> remarks,
        Inference inference) {
    public AskedModel {
        if (edits != null && !inference.device().equals("cpu")) {
            throw new ConfigException(
                    "--device", inference.device(), "cpu with --edits, whose answers are found there");
        }
    }

    /** The model of these files with the adapter on it; what is to be known about the two is told. */
    public AdaptedModel open(ModelDirectory files) {
        return told(AdaptedModel.of(files, adapter));
    }

    /** The same for the last hidden states alone, without a head. */
    public AdaptedModel openStates(ModelDirectory files) {
        return told(AdaptedModel.ofStates(files, adapter));
    }

    private AdaptedModel told(AdaptedModel adapted) {
        adapted.warnings().forEach(remarks);
        return adapted;
    }

    /** What the model is asked with, without edits: in float32, where the work is done. */
    public Params params(AdaptedModel adapted) {
        return adapted.computed(Engine.device(inference.device()));
    }

    /**
     * The same with the edits in effect, if there are any.
     *
     * @param computed what the model is asked with without them
     * @param which told of those that answer
     */
    public Params edited(AdaptedModel adapted, Params computed, WhichEdit which) {
        return edits == null
                ? computed
                : EditsDirectory.open(edits).on(directory, adapter, adapted.model(), computed, which);
    }

    /** From which probability on classes are told. */
    public Thresholds thresholds(ObjectNode config) {
        return Thresholds.beside(directory, adapter, ModelDescription.labels(config), Problem.of(config));
    }

    /** The tokenizer, the adapter's own where it brings one. */
    public TextTokenizer tokenizer(AdaptedModel adapted, int length) {
        return TokenizerPlace.of(directory, adapter).open(adapted.model(), length);
    }

    /** The tokenizer of a language model, which sees all of a text if nothing was said. */
    public TextTokenizer tokenizer(AdaptedModel adapted) {
        return tokenizer(adapted, maxLength == null ? TextTokenizer.UNLIMITED : maxLength);
    }

    /** How the model wants conversations written. */
    public ChatTemplate chatTemplate(boolean withTools) {
        return ChatTemplate.of(TokenizerPlace.of(directory, adapter).directory(), withTools);
    }

    /** The opened model. */
    public Reader reader(AdaptedModel adapted, TextTokenizer tokenizer) {
        return new Reader(directory, adapted, tokenizer, new Truncation.Tally(tokenizer.maxLength()), null);
    }

    /**
     * An opened model, and how it reads texts.
     *
     * @param directory of the model, for messages
     * @param cut counts the texts that were cut
     * @param prompt within which a masked language model reads texts to tell their classes; null of any other
     */
    public record Reader(
            Path directory,
            AdaptedModel adapted,
            TextTokenizer tokenizer,
            Truncation.Tally cut,
            @Nullable PromptReading prompt) {
        /** The same as a classifier: asked through its prompt, if one lies beside it. */
        public Reader ofClasses() {
            return new Reader(
                    directory, adapted, tokenizer, cut, PromptReading.beside(directory, adapted.config(), tokenizer));
        }

        /** As a function of what it reads. */
        public Model model() {
            return prompt == null ? adapted.model() : prompt.asked(adapted.model());
        }

        /** The texts as tokens. */
        public TokenRows encode(List<String> texts) {
            return encode(texts, true);
        }

        /** The same of texts that may have their special tokens in them already. */
        public TokenRows encode(List<String> texts, boolean withSpecials) {
            TokenRows rows = tokenizer.encode(texts, withSpecials);
            cut.add(rows);
            return rows;
        }

        /** The same of texts or pairs. */
        public TokenRows encode(Passages read) {
            TokenRows rows = prompt == null
                    ? tokenizer.encode(read.texts(), read.pairs())
                    : prompt.encode(read.texts(), read.pairs());
            cut.add(rows);
            return rows;
        }

        /** Says how many texts were cut, when all have been read. */
        public void tellCut(Consumer<String> remarks) {
            cut.all().tell("--max-length N reads more", remarks);
        }
    }
}
