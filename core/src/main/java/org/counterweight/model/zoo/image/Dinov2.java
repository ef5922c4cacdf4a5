package org.counterweight.model.zoo.image;

import java.util.List;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.part.Activation;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Norm;
import org.counterweight.model.part.image.ImageHead.Summary;
import org.counterweight.model.part.layer.FeedForward;
import org.counterweight.model.part.layer.Residual;
import org.counterweight.model.part.layer.TransformerLayer;
import org.counterweight.model.zoo.family.Family;

/**
 * DINOv2: ViT whose parts are scaled by learned vectors, and which reads images of any size. M. Oquab et al., "DINOv2:
 * Learning Robust Visual Features without Supervision", TMLR 2024.
 */
public final class Dinov2 {
    public static final Family FAMILY = Family.images("dinov2", "Dinov2", (config, head) -> {
        var plan = new ImagePlan(config, head, "dinov2");
        plan.patch = 14;
        plan.norm = new Norm(Norm.Kind.LAYER, config.number("layer_norm_eps", 1e-6));
        plan.norms = new TransformerLayer.Norms("norm1", null, "norm2", null);
        plan.feedForward = feedForward(config, plan);
        plan.dropout = 0; // of the embeddings alone
        plan.residual = new Residual(
                1, "layer_scale1.lambda1", "layer_scale2.lambda1", config.probability("drop_path_rate", 0));
        plan.layerScale = config.number("layerscale_value", 1);
        plan.stretches = true;
        if (config.flag("use_mask_token", true)) {
            plan.unread = List.of("embeddings.mask_token");
        }
        plan.summary = head == Head.NONE ? Summary.CLASS_TOKEN : Summary.CLASS_TOKEN_AND_PATCHES;
        return plan.model();
    });

    private Dinov2() {}

    private static FeedForward feedForward(ConfigJson config, ImagePlan plan) {
        int inner = (int) (plan.width * config.number("mlp_ratio", 4));
        return config.flag("use_swiglu_ffn", false)
                ? new FeedForward.GatedTogether(
                        "mlp.weights_in", "mlp.weights_out", Activation.SILU, (inner * 2 / 3 + 7) / 8 * 8, true)
                : plan.plain("mlp.fc1", "mlp.fc2", "gelu", inner);
    }
}
