package org.counterweight.model;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** A model's output for a batch. */
public final class Output {
    private final Tensor hidden;
    private final Tensor features;
    private final @Nullable UnaryOperator<Tensor> head;
    private @Nullable Tensor logits;

    private Output(Tensor hidden, Tensor features, @Nullable UnaryOperator<Tensor> head, @Nullable Tensor logits) {
        this.hidden = hidden;
        this.features = features;
        this.head = head;
        this.logits = logits;
    }

    /**
     * Of a model that says one thing a row.
     *
     * @param logits {@code [rows, classes]}
     * @param features {@code [rows, width]}, the last hidden state, and what the head was fed
     */
    public Output(Tensor logits, Tensor features) {
        this(features, features, null, logits);
    }

    /**
     * Of a language model. Its logits are vocabulary / width times as large as its hidden states, and are built only where
     * someone asks for them: a loss, or a search for the next word, wants less.
     *
     * @param hidden {@code [rows, length, width]}
     * @param head {@code [..., width] -> [..., vocabulary]}, each token for itself
     */
    public static Output ofTokens(Tensor hidden, UnaryOperator<Tensor> head) {
        return new Output(hidden, hidden, head, null);
    }

    /** The same of a model whose last hidden state is not what its head is fed: a transformer that sees a text as a whole. */
    public Output withHidden(Tensor last) {
        return new Output(last, features, head, logits);
    }

    /** {@code [rows, classes]} of a classifier, {@code [rows, length, vocabulary]} of a language model. */
    public Tensor logits() {
        if (logits == null) {
            logits = head().apply(hidden);
        }
        return logits;
    }

    /**
     * The last hidden state before the head: {@code [rows, length, width]} of a transformer, {@code [rows, width]} of an
     * image model.
     */
    public Tensor hidden() {
        return hidden;
    }

    /**
     * Exactly what the head is fed, for {@link Model#head}: {@code [rows, width]}; {@code [rows, length, width]} of a language
     * model. What the head itself drops in training is still there.
     */
    public Tensor features() {
        return features;
    }

    /**
     * What makes logits of hidden states, each token for itself.
     *
     * @throws IllegalStateException if this is not the output of a language model
     */
    public UnaryOperator<Tensor> head() {
        if (head == null) {
            throw new IllegalStateException("only a language model's output has a head to apply token by token");
        }
        return head;
    }
}
