package org.counterweight.model;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.module.AttentionSpec;
import org.counterweight.model.module.Modules;

/** A pure function of named weights and a batch. Implementations are records of the architecture's sizes. */
public interface Model {
    Output forward(Params params, Batch batch, Pass pass);

    /**
     * The last part of {@link #forward}: what the head says of features that are known already, so that a head can be trained
     * on those of a frozen model.
     *
     * @param features {@link Output#features} of a forward pass
     * @throws UnsupportedOperationException if the model has no head that stands apart
     */
    default Output head(Params params, Tensor features, Pass pass) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " has no head that stands apart");
    }

    /**
     * The same architecture for another number of classes.
     *
     * @throws UnsupportedOperationException if it predicts no classes
     */
    default Model withClasses(int classes) {
        throw new UnsupportedOperationException(getClass().getSimpleName() + " tells no classes");
    }

    /**
     * The token that an answer begins with, of a model that reads a text whole and answers it ({@code decoder_input_ids}
     * beside {@code input_ids}); empty for one that continues the text itself.
     */
    default OptionalLong answerStart() {
        return OptionalLong.empty();
    }

    /**
     * The longest text whose keys and values hold for longer ones too: where a text grows beyond it, it is read anew, once.
     * {@link Long#MAX_VALUE} where they always hold.
     */
    default long longestRemembered() {
        return Long.MAX_VALUE;
    }

    /** Whether texts that are joined in a row can be kept apart, {@link Batch#POSITION_IDS} telling where each begins. */
    default boolean keepsTextsApart() {
        return true;
    }

    /** The shape of every weight the model needs, by name, in the order of the layers. */
    Map<String, long[]> shapes();

    /** Fresh weights, as the architecture's reference implementation draws them; float32, without gradients. */
    Map<String, Tensor> initialize(Generator random);

    /** What modules the model has. */
    Modules modules();

    /**
     * The names of modules between the last hidden state and the head that files of the bare model may lack; where they do,
     * they are trained whole with the head: BERT's pooler.
     */
    default List<String> poolers() {
        return List.of();
    }

    /** Where the model attends, layer by layer; nowhere if it is no transformer. */
    default List<AttentionSpec> attentions() {
        return List.of();
    }

    /**
     * What stands before the names of the base model where a head stands beside it, and is missing from those of the bare
     * one: {@code bert.}; empty where the two are named alike.
     */
    default String basePrefix() {
        return "";
    }

    /** The names of the points where a {@link Tap} can be attached. */
    default List<String> points() {
        return List.of();
    }
}
