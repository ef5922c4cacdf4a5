package org.counterweight.model.part;

import static org.counterweight.engine.Tensors.linear;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

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

    /** {@code shapes} with those of a decoder's head. */
    public Shapes ofDecoder(Shapes shapes, boolean tied, long vocabulary, long width, long classes) {
        return switch (this) {
            case NONE -> shapes;
            case CLASSIFIER -> shapes.linear("score", classes, width, false);
            case LANGUAGE -> tied ? shapes : shapes.linear("lm_head", vocabulary, width, false);
        };
    }

    /** The modules of a decoder's head. */
    public List<String> modulesOfDecoder(boolean tied) {
        return switch (this) {
            case NONE -> List.of();
            case CLASSIFIER -> List.of("score");
            case LANGUAGE -> tied ? List.of() : List.of("lm_head");
        };
    }
}
