package org.counterweight.model.zoo.answer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

/** How a config becomes a {@link T5}: the first version and the later one, whose feed-forward parts are gated. */
public final class T5s {
    private static final String SELF = "layer.0.SelfAttention";
    private static final String ACROSS = "layer.1.EncDecAttention";
    private static final String FED = ".DenseReluDense.";
    private static final String GATED = "gated-";

    public static final Family FAMILY =
            Family.of("t5", Family.Kind.TEXT_TO_TEXT, classes(), config -> Integer.MAX_VALUE, T5s::of);

    private T5s() {}

    private static Map<String, Head> classes() {
        var classes = new LinkedHashMap<String, Head>();
        classes.put("T5Model", Head.NONE);
        classes.put("T5EncoderModel", Head.NONE);
        classes.put("T5ForConditionalGeneration", Head.LANGUAGE);
        classes.put("T5ForSequenceClassification", Head.CLASSIFIER);
        classes.put("T5ForTokenClassification", Head.TOKEN_CLASSIFIER);
        return classes;
    }

    private static T5 of(ConfigJson config, Head head) {
        int width = config.count("d_model", config.count("hidden_size", 512));
        int heads = config.count("num_heads", config.count("num_attention_heads", 8));
        int size = config.count("d_kv", config.count("head_dim", 64));
        int layers = config.count("num_layers", config.count("num_hidden_layers", 6));
        double dropout = config.probability("dropout_rate", 0.1);
        var norm = new Norm(Norm.Kind.RMS, config.number("layer_norm_epsilon", 1e-6));
        var attention = new SelfAttention(
                heads, heads, size, projection(SELF), SELF + ".o", false, false, null, false, 1, 0, dropout);
        boolean isRead = head == Head.TOKEN_CLASSIFIER || config.architecture().equals("T5EncoderModel");
        return new T5(
                config.count("vocab_size", 32128),
                layers,
                new TransformerLayer(
                        width,
                        attention,
                        feedForward(config, "layer.1" + FED, dropout),
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
                        feedForward(config, "layer.2" + FED, dropout),
                        norm,
                        List.of("layer.0.layer_norm", "layer.1.layer_norm", "layer.2.layer_norm"),
                        dropout),
                bias(config),
                norm,
                dropout,
                head(config, head, width),
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
    private static FeedForward feedForward(ConfigJson config, String path, double dropout) {
        String stated = config.text("feed_forward_proj", "relu");
        boolean isGated = stated.startsWith(GATED);
        String name = isGated ? stated.substring(GATED.length()) : stated;
        // the later version's gelu is the tangent's
        Activation activation = Activation.named(stated.equals("gated-gelu") ? "gelu_new" : name, "feed_forward_proj");
        int inner = config.count("d_ff", 2048);
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
    private static AnswerHead head(ConfigJson config, Head head, int width) {
        boolean isFirst = config.flag("scale_decoder_outputs", config.flag("tie_word_embeddings", true));
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
