package org.counterweight.model.part.head;

import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * A decoder's head on its hidden states. A tied head is the embedding table, unless the weights bring one of its own, as
 * an adapter that saved it does.
 *
 * @param words the module that makes words of states: {@code lm_head}
 * @param biased whether that module has a bias
 * @param tiedTo the full name of the embedding whose table is the head's weight; null for a weight of its own
 * @param divisor of the words' scores; 1 for none
 * @param cap c of c · tanh(score / c); 0 for none
 * @param classes of a classifier, {@code score}; unused by others
 * @param padding the id of the padding token, which a classifier passes over at the end of a text; −1 for none
 * @param tokens how classes are predicted for each token
 */
public record DecoderHead(
        Head kind,
        String words,
        boolean biased,
        @Nullable String tiedTo,
        double divisor,
        double cap,
        int classes,
        int padding,
        Tokens tokens) {
    private static final String SCORES = "score";

    /**
     * How classes are predicted for each token: scores(dropout(x)), with a bias.
     *
     * @param scores the module with a row for each class
     */
    public record Tokens(String scores, double dropout) {}

    /** What the head is fed, of hidden states {@code [rows, length, width]}. */
    public Tensor features(Tensor hidden, Batch batch) {
        return switch (kind) {
            case NONE -> Pooled.mean(hidden, batch);
            case CLASSIFIER -> Pooled.last(hidden, batch, padding);
            case TOKEN_CLASSIFIER, LANGUAGE -> hidden;
        };
    }

    /** @param params of the whole model */
    public Output of(Params params, Tensor features, Pass pass) {
        return switch (kind) {
            case NONE -> new Output(features, features);
            case CLASSIFIER -> new Output(params.linear(SCORES, features, pass), features);
            case TOKEN_CLASSIFIER ->
                Output.ofTokens(features, x -> params.linear(tokens.scores(), pass.dropout(x, tokens.dropout()), pass));
            case LANGUAGE -> Output.ofTokens(features, x -> words(params, x, pass));
        };
    }

    /** The same for another number of classes. */
    public DecoderHead withClasses(int number) {
        kind.requireClasses();
        return new DecoderHead(kind, words, biased, tiedTo, divisor, cap, number, padding, tokens);
    }

    private Tensor words(Params params, Tensor x, Pass pass) {
        Tensor scores = tiedTo != null && !params.has(words + ".weight")
                ? params.tied(tiedTo, x, params.find(words + ".bias"), pass)
                : params.linear(words, x, pass);
        Tensor divided = divisor == 1 ? scores : times(scores, 1 / divisor);
        return cap == 0 ? divided : times(times(divided, 1 / cap).tanh(), cap);
    }

    /** {@code shapes} with the head's. */
    public Shapes shapes(Shapes shapes, long vocabulary, long width) {
        return switch (kind) {
            case NONE -> shapes;
            case CLASSIFIER -> shapes.head(SCORES, classes, width, false);
            case TOKEN_CLASSIFIER -> shapes.head(tokens.scores(), classes, width, true);
            case LANGUAGE -> {
                if (tiedTo == null) {
                    yield shapes.head(words, vocabulary, width, biased);
                }
                shapes.tied(new ModuleSpec(words, Kind.LINEAR).inHead(words).tiedTo(tiedTo));
                yield biased ? shapes.put(words + ".bias", vocabulary) : shapes;
            }
        };
    }
}
