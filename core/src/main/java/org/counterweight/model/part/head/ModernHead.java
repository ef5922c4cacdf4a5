package org.counterweight.model.part.head;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Batch;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * ModernBERT's heads: norm(f(dense(x))) in each, and behind it scores of classes or, tied to the words' table, of words.
 *
 * @param mean whether a text is the mean of its tokens' states, or its first one's
 * @param biased whether {@code dense} has a bias
 * @param wordsBiased whether the scores of words have one
 * @param table the words' table, which is the weight of their scores; null for a weight of its own
 */
public record ModernHead(
        Head kind,
        boolean mean,
        boolean biased,
        boolean wordsBiased,
        Activation activation,
        Norm norm,
        double dropout,
        @Nullable String table,
        int classes) {
    private static final String DENSE = "head.dense";
    private static final String NORM = "head.norm";
    private static final String CLASSIFIER = "classifier";
    private static final String DECODER = "decoder";

    public static ModernHead of(ConfigJson config, Head kind, Norm norm, @Nullable String table) {
        String pooling = config.text("classifier_pooling", "cls");
        if (!pooling.equals("cls") && !pooling.equals("mean")) {
            throw new ConfigException("classifier_pooling", pooling, "one of cls, mean");
        }
        return new ModernHead(
                kind,
                pooling.equals("mean"),
                config.flag("classifier_bias", false),
                config.flag("decoder_bias", true),
                Activation.named(config.text("classifier_activation", "gelu"), "classifier_activation"),
                norm,
                config.probability("classifier_dropout", 0),
                table,
                kind == Head.CLASSIFIER || kind == Head.TOKEN_CLASSIFIER ? config.classes() : 0);
    }

    /**
     * What the head is fed.
     *
     * @param params of the whole model
     */
    public Tensor features(Params params, Tensor hidden, Batch batch, Pass pass) {
        return switch (kind) {
            case NONE -> Pooled.mean(hidden, batch);
            case CLASSIFIER -> dense(params, mean ? Pooled.mean(hidden, batch) : hidden.select(1, 0), pass);
            case TOKEN_CLASSIFIER, LANGUAGE -> hidden;
        };
    }

    /** @param params of the whole model */
    public Output of(Params params, Tensor features, Pass pass) {
        return switch (kind) {
            case NONE -> new Output(features, features);
            case CLASSIFIER -> new Output(classes(params, features, pass), features);
            case TOKEN_CLASSIFIER -> Output.ofTokens(features, x -> classes(params, dense(params, x, pass), pass));
            case LANGUAGE -> Output.ofTokens(features, x -> words(params, dense(params, x, pass), pass));
        };
    }

    private Tensor words(Params params, Tensor said, Pass pass) {
        return table == null || params.has(DECODER + ".weight") // an adapter may have parted it from the table
                ? params.linear(DECODER, said, pass)
                : params.tied(table, said, wordsBiased ? params.weight(DECODER + ".bias") : null, pass);
    }

    /** The same for another number of classes. */
    public ModernHead withClasses(int number) {
        kind.requireClasses();
        return new ModernHead(kind, mean, biased, wordsBiased, activation, norm, dropout, table, number);
    }

    private Tensor dense(Params params, Tensor x, Pass pass) {
        return norm.apply(params, NORM, activation.apply(params.linear(DENSE, x, pass)));
    }

    private Tensor classes(Params params, Tensor said, Pass pass) {
        return params.linear(CLASSIFIER, pass.dropout(said, dropout), pass);
    }

    /** What stands between the last hidden state and the classes, and files of the bare model lack. */
    public List<String> poolers() {
        return kind == Head.CLASSIFIER || kind == Head.TOKEN_CLASSIFIER ? List.of(DENSE, NORM) : List.of();
    }

    /** {@code shapes} with the head's. */
    public Shapes shapes(Shapes shapes, long vocabulary, long width) {
        if (kind == Head.NONE) {
            return shapes;
        }
        boolean isHead = kind == Head.LANGUAGE;
        var dense = new ModuleSpec(DENSE, Kind.LINEAR);
        shapes.module(isHead ? dense.inHead("head") : dense, width, width);
        if (biased) {
            shapes.put(DENSE + ".bias", width);
        }
        var normed = new ModuleSpec(NORM, Kind.NORM);
        shapes.module(isHead ? normed.inHead("head") : normed, width);
        if (norm.kind() == Norm.Kind.LAYER) {
            shapes.put(NORM + ".bias", width);
        }
        if (!isHead) {
            return shapes.head(CLASSIFIER, classes, width, true);
        }
        if (table == null) {
            return shapes.head(DECODER, vocabulary, width, wordsBiased);
        }
        shapes.tied(new ModuleSpec(DECODER, Kind.LINEAR).inHead(DECODER).tiedTo(table));
        return wordsBiased ? shapes.put(DECODER + ".bias", vocabulary) : shapes;
    }
}
