package org.counterweight.model;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** A pure function of named weights and a batch. Implementations are records of the architecture's sizes. */
public interface Model {
    Output forward(Params params, Batch batch, Pass pass);

    /** The shape of every weight the model needs, by name, in the order of the layers. */
    Map<String, long[]> shapes();

    /** Fresh weights, as the architecture's reference implementation draws them; float32, without gradients. */
    Map<String, Tensor> initialize(Generator random);

    /** The names of the linear modules that {@link Params#linear} computes: what adapters can target. */
    List<String> linears();

    /** Those of {@link #linears} whose weight is stored transposed, {@code [in, out]}: GPT-2's Conv1D. */
    default List<String> transposed() {
        return List.of();
    }

    /** The names of the embedding modules: tables whose rows are looked up. */
    default List<String> embeddings() {
        return List.of();
    }

    /**
     * The names of the modules behind the last hidden state, which a new task replaces and trains: {@code classifier},
     * {@code lm_head}. A tied head has no module of its own.
     */
    default List<String> headModules() {
        return List.of();
    }

    /**
     * The names of modules between the last hidden state and the head that files of the bare model may lack; where they do,
     * they are trained whole with the head: BERT's pooler.
     */
    default List<String> poolers() {
        return List.of();
    }

    /** The embedding module whose table is the head's weight too; null if the head has one of its own, or there is none. */
    default @Nullable String tiedEmbedding() {
        return null;
    }

    /** The names of the points where a {@link Tap} can be attached. */
    default List<String> points() {
        return List.of();
    }
}
