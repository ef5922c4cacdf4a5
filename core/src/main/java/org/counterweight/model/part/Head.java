package org.counterweight.model.part;

import static org.counterweight.engine.Tensors.linear;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;
import org.counterweight.model.ModuleSpec;
import org.counterweight.model.ModuleSpec.Kind;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/** What stands behind the last hidden state of a transformer. */
public enum Head {
    /** Nothing: the logits are the mean of the hidden states over the real tokens, {@code [rows, width]}. */
    NONE,
    /** One score a class, {@code [rows, classes]}. */
    CLASSIFIER,
    /** One score a word of the vocabulary at every position, {@code [rows, length, vocabulary]}. */
    LANGUAGE;

    /**
     * What a decoder says of its hidden states: GPT-2 and Llama have heads of the same names. A tied head is the embedding
     * table, unless the weights bring an {@code lm_head.weight}, as an adapter that saved one does.
     *
     * @param params of the whole model
     * @param table the embedding table's name
     * @param padding the id of the padding token; −1 for none
     */
    public Output ofDecoder(
            Params params, Tensor hidden, boolean tied, String table, int padding, Batch batch, Pass pass) {
        return switch (this) {
            case NONE -> new Output(Attention.mean(hidden, batch), hidden);
            case CLASSIFIER -> new Output(params.linear("score", Attention.last(hidden, batch, padding), pass), hidden);
            case LANGUAGE ->
                Output.ofTokens(
                        hidden,
                        tied && !params.has("lm_head.weight")
                                ? x -> linear(x, params.weight(table), null)
                                : x -> params.linear("lm_head", x, pass));
        };
    }

    /**
     * {@code shapes} with those of a decoder's head.
     *
     * @param tiedTo the embedding whose table a tied head has; null for a head with a weight of its own
     */
    public Shapes ofDecoder(Shapes shapes, @Nullable String tiedTo, long vocabulary, long width, long classes) {
        return switch (this) {
            case NONE -> shapes;
            case CLASSIFIER -> shapes.head("score", classes, width, false);
            case LANGUAGE ->
                tiedTo == null
                        ? shapes.head("lm_head", vocabulary, width, false)
                        : shapes.tied(
                                new ModuleSpec("lm_head", Kind.LINEAR).inHead("lm_head").tiedTo(tiedTo));
        };
    }
}
