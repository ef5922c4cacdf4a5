package org.counterweight.model.zoo.answer;

import java.util.LinkedHashMap;
import java.util.List;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.CrossAttention;
import org.counterweight.model.part.attention.Projection;
import org.counterweight.model.part.attention.RelativeBias;
import org.counterweight.model.part.attention.SelfAttention;
import org.counterweight.model.part.head.AnswerHead;
import org.counterweight.model.part.layer.AnsweringLayer;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.part.layer.Residual;
import org.counterweight.model.part.layer.TransformerLayer;
import org.counterweight.model.zoo.family.Family;

/**
 * How a config becomes a {@link T5}: the first version and the later one, whose feed-forward parts are gated; and mT5, which is
 * the later one in many languages (L. Xue et al., "mT5: A Massively Multilingual Pre-trained Text-to-Text Transformer", NAACL
 * 2021).
 */
public final class T5s {
    private static final String SELF = "layer.0.SelfAttention";
    private static final String ACROSS = "layer.1.EncDecAttention";
    private static final String FED = ".DenseReluDense.";
    private static final String GATED = "gated-";

    private static final String READER = "EncoderModel";

    public static final Family FAMILY = family("t5", "T5", new Usual(32128, 6, 8, 2048, "relu", false));

    public static final Family MANY_LANGUAGES = family("mt5", "MT5", new Usual(250112, 8, 6, 1024, "gated-gelu", true));

    /**
     * What a family takes where a config says nothing.
     *
     * @param isLater whether all are of the later version
     */
    private record Usual(int words, int layers, int heads, int inner, String fed, boolean isLater) {}

    private T5s() {}

    private static Family family(String type, String stem, Usual usual) {
        var classes = new LinkedHashMap<String, Head>();
        classes.put(stem + "Model", Head.NONE);
        classes.put(stem + READER, Head.NONE);
        classes.put(stem + "ForConditionalGeneration", Head.LANGUAGE);
        classes.put(stem + "ForSequenceClassification", Head.CLASSIFIER);
        classes.put(stem + "ForTokenClassification", Head.TOKEN_CLASSIFIER);
        return Family.of(
                type,
                Family.Kind.TEXT_TO_TEXT,
                classes,
                config -> Integer.MAX_VALUE,
                (config, head) -> of(config, head, usual));
    }

    private static T5 of(ConfigJson config, Head head, Usual usual) {
        int width = config.count("d_model", config.count("hidden_size", 512));
        int heads = config.count("num_heads", config.count("num_attention_heads", usual.heads()));
        int size = config.count("d_kv", config.count("head_dim", 64));
        int layers = config.count("num_layers", config.count("num_hidden_layers", usual.layers()));
        double dropout = config.probability("dropout_rate", 0.1);
        var norm = new Norm(Norm.Kind.RMS, config.number("layer_norm_epsilon", 1e-6));
        var attention = new SelfAttention(
                heads, heads, size, projection(SELF), SELF + ".o", false, false, null, false, 1, 0, dropout);
        boolean isRead = head == Head.TOKEN_CLASSIFIER || config.architecture().endsWith(READER);
        return new T5(
                config.count("vocab_size", usual.words()),
                layers,
                new TransformerLayer(
                        width,
                        attention,
                        feedForward(config, "layer.1" + FED, usual, dropout),
                        norm,
                        new TransformerLayer.Norms("layer.0.layer_norm", null, "layer.1.layer_norm", null),
                        false,
                        Residual.PLAIN,
                        dropout),
                isRead ? 0 : config.count("num_decoder_layers", layers),
                new AnsweringLayer(
                        width,
                        attention,
                        new CrossAttention(heads, size, projection(ACROSS), ACROSS + ".o", 1, dropout),
                        feedForward(config, "layer.2" + FED, usual, dropout),
                        norm,
                        List.of("layer.0.layer_norm", "layer.1.layer_norm", "layer.2.layer_norm"),
                        dropout),
                bias(config),
                norm,
                dropout,
                head(config, head, usual, width),
                config.token("decoder_start_token_id", config.token("pad_token_id", 0)),
                config.number("initializer_factor", 1));
    }

    private static Projection.Separate projection(String attention) {
        return new Projection.Separate(attention + ".q", attention + ".k", attention + ".v");
    }

    /** The table lies in the first layer, and all layers read it. */
    private static RelativeBias bias(ConfigJson config) {
        return new RelativeBias(
                "block.0." + SELF + ".relative_attention_bias",
                config.count("relative_attention_num_buckets", 32),
                config.count("relative_attention_max_distance", 128),
                true);
    }

    /** {@code feed_forward_proj} names the activation, behind {@code gated-} where there is a gate. */
    private static FeedForward feedForward(ConfigJson config, String path, Usual usual, double dropout) {
        String stated = config.text("feed_forward_proj", usual.fed());
        boolean isGated = stated.startsWith(GATED);
        String name = isGated ? stated.substring(GATED.length()) : stated;
        // the later version's gelu is the tangent's
        Activation activation = Activation.named(stated.equals("gated-gelu") ? "gelu_new" : name, "feed_forward_proj");
        int inner = config.count("d_ff", usual.inner());
        return new FeedForward.Dropping(
                isGated
                        ? new FeedForward.Gated(path + "wi_0", path + "wi_1", path + "wo", activation, inner, false)
                        : new FeedForward.Plain(path + "wi", path + "wo", activation, inner, false),
                dropout);
    }

    /**
     * The first version tells words by their table, of states that are scaled; the later one by a head of its own, of plain
     * ones. Files of the later one say that it is not tied, or, since transformers 5, that states are not scaled; mT5's say
     * nothing to go by, since that version.
     */
    private static AnswerHead head(ConfigJson config, Head head, Usual usual, int width) {
        boolean isFirst = !usual.isLater()
                && config.flag("scale_decoder_outputs", config.flag("tie_word_embeddings", true));
        boolean isClassifier = head == Head.CLASSIFIER || head == Head.TOKEN_CLASSIFIER;
        return new AnswerHead(
                head,
                isFirst,
                isFirst ? 1 / Math.sqrt(width) : 1,
                config.token("eos_token_id", 1),
                config.probability("classifier_dropout", 0),
                isClassifier ? config.classes() : 0);
    }
}
