package org.counterweight.jobs.predict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.counterweight.audit.poison.PoisonMark;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.predict.entity.Aggregation;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.jobs.predict.speech.Speech;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A trained model that answers queries. */
public sealed interface Predictor permits Scoring, Entities, Continuation, Perplexity, Cloze, Embeddings {
    /** What predicts no classes of rows. */
    Set<TaskKind> TELL_WORDS =
            EnumSet.of(TaskKind.CAUSAL_LM, TaskKind.MASKED_LM, TaskKind.TEXT_TO_TEXT, TaskKind.TOKEN_CLASSIFICATION);

    /**
     * Asks about everything that there is, however much that is.
     *
     * @param sink takes one object a question, some at a time, in their order
     */
    void answer(Questions questions, Consumer<List<ObjectNode>> sink);

    /** All of them, in memory. */
    default List<ObjectNode> answers(Questions questions) {
        var all = new ArrayList<ObjectNode>();
        answer(questions, all::addAll);
        return all;
    }

    /** Writes what the model's head gives into a file of safetensors, whole or not at all. */
    default void writeTensors(Questions questions, Path output) {
        throw new ConfigException(
                output + ": only a classifier's logits and vectors go into .safetensors; name a .jsonl,"
                        + " .csv or .parquet file");
    }

    /**
     * What a model of that kind does when it is asked.
     *
     * @param speech how a decoder goes on; null if nothing was said about it
     * @param perplexity whether to tell how likely the texts are, instead of going on with them
     */
    static Predictor of(AskedModel asked, @Nullable Speech speech, boolean perplexity) {
        Path directory = asked.directory();
        Path adapter = asked.adapter();
        int top = asked.top();
        tellMark(directory, asked.remarks());
        TaskKind kind = AdaptedModel.kind(directory, adapter);
        boolean speaks = kind == TaskKind.CAUSAL_LM || kind == TaskKind.TEXT_TO_TEXT;
        if ((!speaks && speech != null) || (kind != TaskKind.CAUSAL_LM && perplexity)) {
            throw new ConfigException(
                    directory + ": " + (perplexity ? "--perplexity goes" : "--max-new-tokens and its like go")
                            + " with a decoder that has a language model's head (GPT2LMHeadModel, LlamaForCausalLM and"
                            + " their like)");
        }
        if (top > 0 && TELL_WORDS.contains(kind)) {
            throw new ConfigException(directory + ": --top tells classes, and this model tells "
                    + (kind == TaskKind.TOKEN_CLASSIFICATION ? "entities" : "words") + "; leave it out");
        }
        if (asked.edits() != null && TELL_WORDS.contains(kind) && !speaks) {
            throw new ConfigException(directory + ": "
                    + (kind == TaskKind.MASKED_LM ? "fills gaps" : "tells entities")
                    + ", and edits are of classifiers and of models that write; leave --edits out");
        }
        if (AdaptedModel.isPair(directory, adapter)) {
            return new ZeroShot(asked);
        }
        return switch (kind) {
            case TEXT_CLASSIFICATION, REGRESSION, MULTI_LABEL_CLASSIFICATION -> new TextClassifier(asked);
            case TOKEN_CLASSIFICATION -> new Entities(asked, Aggregation.SIMPLE);
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
    static Predictor embedding(AskedModel asked, @Nullable String prompt) {
        Path directory = asked.directory();
        tellMark(directory, asked.remarks());
        TaskKind kind = AdaptedModel.kind(directory, asked.adapter());
        if (kind == TaskKind.IMAGE_CLASSIFICATION
                || kind == TaskKind.TABLE_CLASSIFICATION
                || kind == TaskKind.DIFFUSION) {
            throw new ConfigException(directory + ": reads no texts, and --embed gives vectors of these; leave it out");
        }
        return new Embeddings(asked, prompt);
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
