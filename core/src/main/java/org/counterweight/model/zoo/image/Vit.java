package org.counterweight.model.zoo.image;

import java.util.List;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.image.ImageHead.Summary;
import org.counterweight.model.zoo.family.Family;

/** ViT, and DeiT, which has a token of distillation beside the class token. H. Touvron et al., ICML 2021. */
public final class Vit {
    public static final Family VIT =
            Family.images("vit", "ViT", (config, head) -> new ImagePlan(config, head, "vit").model());

    public static final Family DEIT = Family.images("deit", "DeiT", (config, head) -> {
                var plan = new ImagePlan(config, head, "deit");
                plan.tokens = List.of("embeddings.cls_token", "embeddings.distillation_token");
                if (config.architecture().endsWith("WithTeacher")) {
                    plan.summary = Summary.TWO_TOKENS;
                    plan.scores = List.of("cls_classifier", "distillation_classifier");
                }
                return plan.model();
            })
            .also("DeiTForImageClassificationWithTeacher", Head.CLASSIFIER);

    private Vit() {}
}
