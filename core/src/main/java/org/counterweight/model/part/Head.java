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
     * What a decoder's head is fed.
     *
     * @param hidden {@code [rows, length, width]}
     * @param padding the id of the padding token; −1 for none
     */
    public Tensor featuresOfDecoder(Tensor hidden, int padding, Batch batch) {
        return switch (this) {
            case NONE -> Attention.mean(hidden, batch);
            case CLASSIFIER -> Attention.last(hidden, batch, padding);
            case LANGUAGE -> hidden;
        };
    }

    /**
     * What a decoder says of its features: GPT-2 and Llama have heads of the same names. A tied head is the embedding
     * table, unless the weights bring an {@code lm_head.weight}, as an adapter that saved one does.
     *
     * @param params of the whole model
     * @param table the embedding table's name
     */
    public Output ofDecoder(Params params, Tensor features, boolean tied, String table, Pass pass) {
        return switch (this) {
            case NONE -> new Output(features, features);
            case CLASSIFIER -> new Output(params.linear("score", features, pass), features);
            case LANGUAGE ->
                Output.ofTokens(
                        features,
                        tied && !params.has("lm_head.weight")
                                ? x -> linear(x, params.weight(table), null)
                                : x -> params.linear("lm_head", x, pass));
        };
    }

    /**
     * Refuses a head that tells no classes.
     *
     * @throws UnsupportedOperationException if this is another one than a classifier
     */
    public void requireClasses() {
        if (this != CLASSIFIER) {
            throw new UnsupportedOperationException("a model with this head tells no classes: " + this);
        }
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
                        : shapes.tied(new ModuleSpec("lm_head", Kind.LINEAR)
                                .inHead("lm_head")
                                .tiedTo(tiedTo));
        };
    }
}
