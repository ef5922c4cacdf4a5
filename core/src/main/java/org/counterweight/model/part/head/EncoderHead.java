package org.counterweight.model.part.head;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * An encoder's head on its hidden states. A tied head is the words' table, unless the weights bring one of its own, as an
 * adapter that parted the two does.
 *
 * @param classes of a classifier of texts or tokens; unused by others
 */
public record EncoderHead(Head kind, Pooling pooling, Sentence sentence, Words words, int classes) {
    /** The module of a classifier of tokens, and the head of most classifiers of texts. */
    public static final String CLASSIFIER = "classifier";

    /**
     * How classes are predicted for a text: scores(dropout(f(dense(dropout(x₀))))), where x₀ is the first token's state.
     *
     * @param dense its full name
     * @param whole the head that {@code dense} is or is a part of; null for a pooler, which belongs to the base model
     * @param before dropout before it
     * @param after dropout behind it
     * @param scores the module with a row for each class
     */
    public record Sentence(
            String dense, @Nullable String whole, Activation activation, double before, double after, String scores) {
        boolean isPooler() {
            return whole == null;
        }
    }

    /**
     * How words are predicted from a state: the words' table times norm(f(dense(x))), with a bias.
     *
     * @param last the module that tells words
     * @param table the full name of the table that is its weight; null for a weight and a bias of its own
     * @param width of the table's rows
     */
    public record Words(
            String dense,
            String normName,
            String last,
            String bias,
            Activation activation,
            Norm norm,
            @Nullable String table,
            int vocabulary,
            int width) {}

    /**
     * What the head is fed.
     *
     * @param params of the whole model
     * @param hidden {@code [rows, length, width]}
     */
    public Tensor features(Params params, Tensor hidden, Batch batch, Pass pass) {
        return switch (kind) {
            case NONE -> Pooled.mean(hidden, batch);
            case CLASSIFIER ->
                switch (pooling) {
                    case MEAN -> Pooled.mean(hidden, batch);
                    case POOLER -> {
                        Tensor first = hidden.select(1, 0);
                        yield sentence.isPooler() ? dense(params, first, pass) : first;
                    }
                };
            case TOKEN_CLASSIFIER, LANGUAGE -> hidden;
        };
    }

    private Tensor dense(Params params, Tensor first, Pass pass) {
        Tensor dropped = pass.dropout(first, sentence.before());
        return sentence.activation().apply(params.linear(sentence.dense(), dropped, pass));
    }

    /** @param params of the whole model */
    public Output of(Params params, Tensor features, Pass pass) {
        return switch (kind) {
            case NONE -> new Output(features, features);
            case CLASSIFIER -> {
                Tensor pooled = hasDense() && !sentence.isPooler() ? dense(params, features, pass) : features;
                Tensor logits = params.linear(sentence.scores(), pass.dropout(pooled, sentence.after()), pass);
                yield new Output(logits, features);
            }
            case TOKEN_CLASSIFIER ->
                Output.ofTokens(features, x -> params.linear(CLASSIFIER, pass.dropout(x, sentence.after()), pass));
            case LANGUAGE -> Output.ofTokens(features, x -> words(params, x, pass));
        };
    }

    /** The same for another number of classes. */
    public EncoderHead withClasses(int number) {
        kind.requireClasses();
        return new EncoderHead(kind, pooling, sentence, words, number);
    }

    private Tensor words(Params params, Tensor hidden, Pass pass) {
        Tensor x = words.activation().apply(params.linear(words.dense(), hidden, pass));
        Tensor normed = words.norm().apply(params, words.normName(), x);
        if (words.table() != null && !params.has(words.last() + ".weight")) {
            return params.tied(words.table(), normed, params.weight(words.bias()), pass);
        }
        Tensor scores = params.linear(words.last(), normed, pass);
        return params.has(words.last() + ".bias") ? scores : scores.add(params.weight(words.bias()));
    }

    /** What stands between the last hidden state and the head, and files of the bare model may lack. */
    public List<String> poolers() {
        return hasDense() && sentence.isPooler() ? List.of(sentence.dense()) : List.of();
    }

    private boolean hasDense() {
        return kind == Head.CLASSIFIER && pooling == Pooling.POOLER;
    }

    /** {@code shapes} with the head's. */
    public Shapes shapes(Shapes shapes, long width) {
        return switch (kind) {
            case NONE -> shapes;
            case CLASSIFIER -> {
                if (hasDense()) {
                    part(shapes, sentence.dense(), sentence.whole(), width, width);
                }
                yield part(shapes, sentence.scores(), CLASSIFIER, classes, width);
            }
            case TOKEN_CLASSIFIER -> part(shapes, CLASSIFIER, CLASSIFIER, classes, width);
            case LANGUAGE -> {
                part(shapes, words.dense(), whole(words.dense()), words.width(), width);
                shapes.norm(new ModuleSpec(words.normName(), Kind.NORM).inHead(whole(words.normName())), words.width());
                String last = words.last();
                yield words.table() == null
                        ? part(shapes, last, whole(last), words.vocabulary(), words.width())
                        : shapes.tied(new ModuleSpec(last, Kind.LINEAR)
                                        .inHead(whole(last))
                                        .tiedTo(words.table()))
                                .put(words.bias(), words.vocabulary());
            }
        };
    }

    private static Shapes part(Shapes shapes, String module, @Nullable String head, long out, long in) {
        var spec = new ModuleSpec(module, Kind.LINEAR);
        return shapes.module(head == null ? spec : spec.inHead(head), out, in).put(module + ".bias", out);
    }

    /** The outermost module that a part of a head lies in. */
    private static String whole(String module) {
        int dot = module.indexOf('.');
        return dot < 0 ? module : module.substring(0, dot);
    }
}
