package org.counterweight.model.zoo.answer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Predicate;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.CrossAttention;
import org.counterweight.model.part.attention.Projection;
import org.counterweight.model.part.attention.RelativeBias;
import org.counterweight.model.part.attention.ScaledDotProduct;
import org.counterweight.model.part.attention.SelfAttention;
import org.counterweight.model.part.head.AnswerHead;
import org.counterweight.model.part.layer.AnsweringLayer;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.part.layer.Residual;
import org.counterweight.model.part.layer.TransformerLayer;
import org.counterweight.model.zoo.family.Family;

/**
 * How a config becomes a {@link T5}: the first version and the later one, whose feed-forward parts are gated, and those for
 * many languages, which are like the later one.
 */
public final class T5s {
    private static final String SELF = "layer.0.SelfAttention";
    private static final String ACROSS = "layer.1.EncDecAttention";
    private static final String FED = ".DenseReluDense.";
    private static final String GATED = "gated-";
    private static final String ENCODER_ALONE = "EncoderModel";

    public static final Family T5 =
            family("t5", "T5", new Differences(32128, 2048, 6, 8, "relu", false, T5s::isTiedFirst, T5s::isFirst));
    public static final Family MT5 = family(
            "mt5", "MT5", new Differences(250112, 1024, 8, 6, "gated-gelu", false, config -> false, config -> false));
    public static final Family UMT5 = family(
            "umt5", "UMT5", new Differences(250112, 1024, 8, 6, "gated-gelu", true, config -> false, T5s::saysTied));

    /**
     * Wherein families differ: the sizes that a config leaves out, and what no config says.
     *
     * @param isBiasOfEach whether each layer has its own table of distances
     * @param isTied whether words are told by their table, and not by a head of its own
     * @param isScaled whether words are told of scaled states
     */
    private record Differences(
            int vocabulary,
            int inner,
            int layers,
            int heads,
            String feedForward,
            boolean isBiasOfEach,
            Predicate<ConfigJson> isTied,
            Predicate<ConfigJson> isScaled) {}

    private T5s() {}

    private static Family family(String type, String stem, Differences own) {
        var classes = new LinkedHashMap<String, Head>();
        classes.put(stem + "Model", Head.NONE);
        classes.put(stem + ENCODER_ALONE, Head.NONE);
        classes.put(stem + "ForConditionalGeneration", Head.LANGUAGE);
        classes.put(stem + "ForSequenceClassification", Head.CLASSIFIER);
        classes.put(stem + "ForTokenClassification", Head.TOKEN_CLASSIFIER);
        return Family.of(
                type,
                Family.Kind.TEXT_TO_TEXT,
                classes,
                config -> Integer.MAX_VALUE,
                (config, head) -> of(config, head, own));
    }

    private static T5 of(ConfigJson config, Head head, Differences family) {
        int width = config.count("d_model", config.count("hidden_size", 512));
        int heads = config.count("num_heads", config.count("num_attention_heads", family.heads()));
        int size = config.count("d_kv", config.count("head_dim", 64));
        int layers = config.count("num_layers", config.count("num_hidden_layers", family.layers()));
        double dropout = config.probability("dropout_rate", 0.1);
        var norm = new Norm(Norm.Kind.RMS, config.number("layer_norm_epsilon", 1e-6));
        var attention = new SelfAttention(
                heads,
                heads,
                size,
                projection(SELF),
                SELF + ".o",
                false,
                false,
                null,
                new ScaledDotProduct(false, 1, 0, dropout));
        boolean isRead = head == Head.TOKEN_CLASSIFIER || config.architecture().endsWith(ENCODER_ALONE);
        return new T5(
                config.count("vocab_size", family.vocabulary()),
                layers,
                new TransformerLayer(
                        width,
                        attention,
                        feedForward(config, "layer.1" + FED, family, dropout),
                        norm,
                        new TransformerLayer.Norms("layer.0.layer_norm", null, "layer.1.layer_norm", null),
                        false,
                        Residual.PLAIN,
                        dropout),
                isRead ? 0 : config.count("num_decoder_layers", layers),
                new AnsweringLayer(
                        width,
                        attention,
                        new CrossAttention(
                                heads,
                                size,
                                projection(ACROSS),
                                ACROSS + ".o",
                                new ScaledDotProduct(false, 1, 0, dropout)),
                        feedForward(config, "layer.2" + FED, family, dropout),
                        norm,
                        List.of("layer.0.layer_norm", "layer.1.layer_norm", "layer.2.layer_norm"),
                        dropout),
                bias(config),
                family.isBiasOfEach(),
                norm,
                dropout,
                head(config, head, width, family),
                config.token("decoder_start_token_id", config.token("pad_token_id", 0)),
                config.number("initializer_factor", 1));
    }

    private static Projection.Separate projection(String attention) {
        return new Projection.Separate(attention + ".q", attention + ".k", attention + ".v");
    }

    private static RelativeBias bias(ConfigJson config) {
        return new RelativeBias(
                SELF + ".relative_attention_bias",
                config.count("relative_attention_num_buckets", 32),
                config.count("relative_attention_max_distance", 128),
                true);
    }

    /** {@code feed_forward_proj} names the activation, behind {@code gated-} where there is a gate. */
    private static FeedForward feedForward(ConfigJson config, String path, Differences family, double dropout) {
        String stated = config.text("feed_forward_proj", family.feedForward());
        boolean isGated = stated.startsWith(GATED);
        String name = isGated ? stated.substring(GATED.length()) : stated;
        // the later version's gelu is the tangent's
        Activation activation = Activation.named(stated.equals("gated-gelu") ? "gelu_new" : name, "feed_forward_proj");
        int inner = config.count("d_ff", family.inner());
        return new FeedForward.Dropping(
                isGated
                        ? new FeedForward.Gated(path + "wi_0", path + "wi_1", path + "wo", activation, inner, false)
                        : new FeedForward.Plain(path + "wi", path + "wo", activation, inner, false),
                dropout);
    }

    /**
     * The first version tells words by their table, of states that are scaled; the later one by a head of its own, of plain
     * ones. Files of the later one say that it is not tied, or, since transformers 5, that states are not scaled.
     */
    private static boolean isFirst(ConfigJson config) {
        return config.flag("scale_decoder_outputs", saysTied(config));
    }

    private static boolean isTiedFirst(ConfigJson config) {
        return isFirst(config) && saysTied(config);
    }

    private static boolean saysTied(ConfigJson config) {
        return config.flag("tie_word_embeddings", true);
    }

    /** A head of its own begins as the table where files have that alone. */
    private static AnswerHead head(ConfigJson config, Head head, int width, Differences family) {
        boolean isClassifier = head == Head.CLASSIFIER || head == Head.TOKEN_CLASSIFIER;
        return new AnswerHead(
                head,
                family.isTied().test(config),
                family.isScaled().test(config) ? 1 / Math.sqrt(width) : 1,
                config.token("eos_token_id", 1),
                config.probability("classifier_dropout", 0),
                isClassifier ? config.classes() : 0);
    }
}
