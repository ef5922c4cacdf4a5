package org.counterweight.model.zoo.pair;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.attention.Projection;
import org.counterweight.model.part.image.ImageHead.Summary;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.part.layer.LearnedPositions;
import org.counterweight.model.part.layer.TransformerLayer;
import org.counterweight.model.zoo.decoder.Decoder;
import org.counterweight.model.zoo.decoder.DecoderPlan;
import org.counterweight.model.zoo.family.Family;
import org.counterweight.model.zoo.image.ImagePlan;
import org.counterweight.model.zoo.image.ImageTransformer;

/** {@link Clip}, each of its towers alone, and its images told apart by classes. */
public final class Clips {
    private static final String TEXT = "text_model.";
    private static final String IMAGE = "vision_model.";
    private static final Projection ATTENTION =
            new Projection.Separate("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
    private static final String ATTENTION_OUT = "self_attn.out_proj";
    private static final TransformerLayer.Norms NORMS =
            new TransformerLayer.Norms("layer_norm1", null, "layer_norm2", null);
    private static final int SPACE = 512;

    public static final Family PAIR = Family.of(
            "clip",
            Family.Kind.PAIR,
            classes("CLIPModel", Head.NONE, "CLIPForImageClassification", Head.CLASSIFIER),
            Clips::positions,
            (config, head) -> head == Head.CLASSIFIER ? classifier(config) : pair(config));

    public static final Family TEXTS = Family.of(
            "clip_text_model",
            Family.Kind.ENCODER,
            classes("CLIPTextModel", Head.NONE, "CLIPTextModelWithProjection", Head.NONE),
            Clips::positions,
            (config, head) -> isProjected(config) ? text(config, TEXT, space(config)) : text(config, "", 0));

    public static final Family IMAGES = Family.of(
            "clip_vision_model",
            Family.Kind.IMAGE,
            classes("CLIPVisionModel", Head.NONE, "CLIPVisionModelWithProjection", Head.NONE),
            config -> Integer.MAX_VALUE,
            (config, head) -> isProjected(config) ? image(config, IMAGE, space(config)) : image(config, "", 0));

    private Clips() {}

    private static Map<String, Head> classes(String first, Head its, String second, Head others) {
        var classes = new LinkedHashMap<String, Head>();
        classes.put(first, its);
        classes.put(second, others);
        return classes;
    }

    private static boolean isProjected(ConfigJson config) {
        return config.architecture().endsWith("WithProjection");
    }

    private static int space(ConfigJson config) {
        return config.count("projection_dim", SPACE);
    }

    private static int positions(ConfigJson config) {
        boolean isPair = config.text("model_type", "").equals("clip");
        return (isPair ? part(config, "text_config") : config).count("max_position_embeddings", 77);
    }

    /** Settings of a tower. Early files have them twice, and transformers takes those under {@code …_dict}. */
    private static ConfigJson part(ConfigJson config, String key) {
        return config.at(config.has(key + "_dict") ? key + "_dict" : key);
    }

    private static Clip pair(ConfigJson config) {
        int space = space(config);
        return new Clip(
                text(part(config, "text_config"), TEXT, space),
                image(part(config, "vision_config"), IMAGE, space),
                config.number("logit_scale_init_value", 2.6592));
    }

    private static ImageTransformer classifier(ConfigJson config) {
        ImagePlan plan = imagePlan(part(config, "vision_config"), Head.CLASSIFIER);
        plan.summary = Summary.PATCHES;
        plan.summaryNorm = null;
        plan.unreadNorm = "post_layernorm";
        plan.classes = config.classes();
        return plan.model();
    }

    private static ClipTower image(ConfigJson config, String prefix, int space) {
        ImagePlan plan = imagePlan(config, Head.NONE);
        plan.prefix = prefix;
        ImageTransformer body = plan.model();
        return new ClipTower(
                body,
                IMAGE,
                null,
                space == 0 ? null : new ClipTower.Projection("visual_projection", plan.width, space));
    }

    private static ImagePlan imagePlan(ConfigJson config, Head head) {
        var plan = new ImagePlan(config, head, "vision_model");
        plan.patch = 32;
        plan.patches = "embeddings.patch_embedding";
        plan.patchesBiased = false;
        plan.tokens = List.of("embeddings.class_embedding");
        plan.positions = "embeddings.position_embedding.weight";
        plan.flat = true;
        plan.first = "pre_layrnorm"; // so it is spelt in the files
        plan.last = null;
        plan.summaryNorm = "post_layernorm";
        plan.layers = "encoder.layers";
        plan.projection = ATTENTION;
        plan.attentionOut = ATTENTION_OUT;
        plan.queryBiased = true;
        plan.attentionDropout = config.probability("attention_dropout", 0);
        plan.embeddingDropout = 0;
        plan.dropout = 0;
        plan.norm = new Norm(Norm.Kind.LAYER, config.number("layer_norm_eps", 1e-5));
        plan.norms = NORMS;
        plan.feedForward = plan.plain("mlp.fc1", "mlp.fc2", "quick_gelu", config.count("intermediate_size", 3072));
        return plan;
    }

    private static ClipTower text(ConfigJson config, String prefix, int space) {
        var plan = new DecoderPlan(config, Head.NONE, new DecoderPlan.Defaults(49408, 512, 2048, 12, 8, 0, 0));
        plan.multiHead();
        plan.names = new Decoder.Names(
                prefix + "embeddings.token_embedding", prefix + "encoder.layers", prefix + "final_layer_norm");
        plan.positions = new LearnedPositions(
                prefix + "embeddings.position_embedding",
                config.count("max_position_embeddings", 77),
                0,
                LearnedPositions.Counted.COLUMNS,
                -1);
        plan.kind = layer -> new Decoder.Kind(0, null);
        plan.norm = new Norm(Norm.Kind.LAYER, config.number("layer_norm_eps", 1e-5));
        plan.norms = NORMS;
        plan.projection = ATTENTION;
        plan.attentionOut = ATTENTION_OUT;
        plan.attentionBias = true;
        plan.attentionOutBias = true;
        plan.feedForward = new FeedForward.Plain(
                "mlp.fc1",
                "mlp.fc2",
                Activation.named(config.text("hidden_act", "quick_gelu"), "hidden_act"),
                plan.intermediate,
                true);
        plan.padding = -1; // no row is set apart for it
        return new ClipTower(
                plan.decoder(),
                TEXT,
                new ClipTower.End(config.token("eos_token_id", 49407)),
                space == 0 ? null : new ClipTower.Projection("text_projection", plan.width, space));
    }
}
