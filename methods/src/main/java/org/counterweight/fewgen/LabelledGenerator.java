package org.counterweight.fewgen;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/** A frozen causal language model with one prefix for each label. */
public interface LabelledGenerator {
    /** The trainable vectors of beginning and end, {@code [2, width]}: words and, tied, rows of the output. */
    String SPECIAL = "special_emb";

    /** Everything that training moves, by name; {@link #SPECIAL} among it. Leaves that require a gradient. */
    Map<String, Tensor> trainables();

    /** The frozen bias of the output's columns of beginning and end, {@code [2]}; null for none. */
    @Nullable
    Tensor specialBias();

    /**
     * Every text under every label's prefix: {@code [labels, rows, length, vocabulary]}.
     *
     * @param state in place of what the generator holds
     */
    Tensor logits(State state, TuningBatch texts, Pass pass);

    /** What it holds, input and output tied. */
    default State state() {
        return State.tied(trainables(), specialBias());
    }

    /**
     * The tensors of one forward pass; results of a computation too, for steps that are unrolled.
     *
     * @param trainables by the names of {@link LabelledGenerator#trainables}
     * @param outputRows {@code [2, width]}: what makes the logits of beginning and end
     * @param outputBias {@code [2]}, or null
     */
    record State(
            Map<String, Tensor> trainables,
            Tensor outputRows,
            @Nullable Tensor outputBias) {
        /** The output's rows are the words' own. */
        public static State tied(Map<String, Tensor> trainables, @Nullable Tensor outputBias) {
            return new State(trainables, required(trainables, SPECIAL), outputBias);
        }

        /** @throws IllegalArgumentException if nothing of that name is trained */
        public Tensor get(String name) {
            return required(trainables, name);
        }

        private static Tensor required(Map<String, Tensor> tensors, String name) {
            Tensor found = tensors.get(name);
            if (found == null) {
                throw new IllegalArgumentException("a generator trains no " + name + "; it trains " + tensors.keySet());
            }
            return found;
        }
    }
}
