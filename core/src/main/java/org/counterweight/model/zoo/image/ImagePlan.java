package org.counterweight.model.zoo.image;

import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.Projection;
import org.counterweight.model.part.attention.ScaledDotProduct;
import org.counterweight.model.part.attention.SelfAttention;
import org.counterweight.model.part.image.ImageEmbeddings;
import org.counterweight.model.part.image.ImageHead;
import org.counterweight.model.part.image.ImageHead.Summary;
import org.counterweight.model.part.image.Patches;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.part.layer.Residual;
import org.counterweight.model.part.layer.TransformerLayer;
import org.jspecify.annotations.Nullable;

/**
 * An {@link ImageTransformer} in the making: everything as ViT has it, read from the keys that ViT's config has, until a
 * family says otherwise. Lives as long as a config is read.
 */
public final class ImagePlan {
    public final ConfigJson config;
    public final int width;
    private final Head head;
    private final String base;
    public String prefix;
    public int classes;
    private final int heads;
    public int patch = 16;
    public String patches = "embeddings.patch_embeddings.projection";
    public boolean patchesBiased = true;
    public List<String> tokens = List.of("embeddings.cls_token");
    public String positions = "embeddings.position_embeddings";
    public boolean flat;
    public boolean stretches;
    public double embeddingDropout;
    public String layers = "encoder.layer";
    public Projection projection = new Projection.Separate(
            "attention.attention.query", "attention.attention.key", "attention.attention.value");
    public String attentionOut = "attention.output.dense";
    public boolean queryBiased;
    public double attentionDropout;
    public FeedForward feedForward;
    public Norm norm;
    public TransformerLayer.Norms norms = new TransformerLayer.Norms("layernorm_before", null, "layernorm_after", null);
    public Residual residual = Residual.PLAIN;
    public double layerScale = 1;
    public double dropout;

    @Nullable
    public String first;

    @Nullable
    public String last = "layernorm";

    public List<String> unread = List.of();
    public Summary summary = Summary.CLASS_TOKEN;

    @Nullable
    public String summaryNorm;

    /** A norm that files have and no answer depends on. */
    @Nullable
    public String unreadNorm;

    public List<String> scores = List.of("classifier");

    public ImagePlan(ConfigJson config, Head head, String base) {
        this.config = config;
        this.head = head;
        this.base = base + ".";
        prefix = head == Head.NONE ? "" : this.base;
        classes = head == Head.CLASSIFIER ? config.classes() : 0;
        width = config.count("hidden_size", 768);
        heads = config.count("num_attention_heads", 12);
        queryBiased = config.flag("qkv_bias", true);
        attentionDropout = config.probability("attention_probs_dropout_prob", 0);
        dropout = config.probability("hidden_dropout_prob", 0);
        embeddingDropout = dropout;
        norm = new Norm(Norm.Kind.LAYER, config.number("layer_norm_eps", 1e-12));
        feedForward = plain("intermediate.dense", "output.dense", "gelu", config.count("intermediate_size", 3072));
    }

    public FeedForward plain(String in, String out, String activation, int intermediate) {
        return new FeedForward.Plain(
                in, out, Activation.named(config.text("hidden_act", activation), "hidden_act"), intermediate, true);
    }

    public ImageTransformer model() {
        List<Integer> size = config.pair("image_size", 224);
        List<Integer> cut = config.pair("patch_size", patch);
        if (width % heads != 0) {
            throw new ConfigException("num_attention_heads", heads, "a divisor of hidden_size, " + width);
        }
        var attention = new SelfAttention(
                heads,
                heads,
                width / heads,
                projection,
                attentionOut,
                queryBiased,
                true,
                null,
                new ScaledDotProduct(false, 1 / Math.sqrt((double) width / heads), 0, attentionDropout));
        return new ImageTransformer(
                base,
                prefix,
                new ImageTransformer.Names(layers, first, last, unread, unreadNorm),
                new ImageEmbeddings(
                        new Patches(patches, config.count("num_channels", 3), cut.get(0), cut.get(1), patchesBiased),
                        tokens,
                        flat,
                        positions,
                        flat,
                        size.get(0),
                        size.get(1),
                        stretches,
                        embeddingDropout),
                config.count("num_hidden_layers", 12),
                new TransformerLayer(width, attention, feedForward, norm, norms, false, residual, dropout),
                norm,
                new ImageHead(head, summary, summaryNorm == null ? null : prefix + summaryNorm, scores, classes),
                config.number("initializer_range", 0.02),
                layerScale);
    }
}
