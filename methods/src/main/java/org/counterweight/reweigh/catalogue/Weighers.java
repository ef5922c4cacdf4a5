package org.counterweight.reweigh.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;
import org.counterweight.reweigh.ColumnConfig;
import org.counterweight.reweigh.FocalConfig;
import org.counterweight.reweigh.LossClippingConfig;
import org.counterweight.reweigh.SelectionConfig;
import org.counterweight.reweigh.group.DoReMiConfig;
import org.counterweight.reweigh.group.GroupDroConfig;
import org.counterweight.reweigh.loss.LossReweightingConfig;

/** Weighers: rows get a number each while a model trains. */
public final class Weighers implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(
                new Method(
                        "loss_reweighting",
                        "reweigh",
                        Verb.WEIGH,
                        "D. Sow et al., Dynamic Loss-Based Sample Reweighting for Improved LLM Pretraining, ICLR 2025",
                        "Weighs each row of a batch by its own present loss, so that rows already learnt do not waste the step",
                        "w = softmax(f(h) / r), h = delta (2 l - l_max - l_min) / (l_max - l_min)",
                        LossReweightingConfig.class),
                new Method(
                        "loss_selection",
                        "reweigh",
                        Verb.WEIGH,
                        "S. Mindermann et al., Prioritized Training on Points that are Learnable, Worth Learning, ICML 2022",
                        "Keeps the rows of highest or lowest loss, or of highest loss beyond a reference model's",
                        "w_i = 1/k for k = max(1, floor(ratio M)) rows",
                        SelectionConfig.class),
                new Method(
                        "focal",
                        "reweigh",
                        Verb.WEIGH,
                        "T.-Y. Lin et al., Focal Loss for Dense Object Detection, ICCV 2017",
                        "Spares the rows that are nearly right",
                        "w ~ (1 - p)^gamma, p = exp(-l)",
                        FocalConfig.class),
                new Method(
                        "loss_clipping",
                        "reweigh",
                        Verb.WEIGH,
                        "(common practice)",
                        "Gives rows whose loss is beyond a limit no say",
                        "the gradient of min(l, limit)",
                        LossClippingConfig.class),
                new Method(
                        "column",
                        "reweigh",
                        Verb.WEIGH,
                        "(common practice)",
                        "Takes the weights that a column of the data brings",
                        "w_i / sum_j w_j over the batch",
                        ColumnConfig.class),
                new Method(
                        "group_dro",
                        "reweigh",
                        Verb.WEIGH,
                        "S. Sagawa et al., Distributionally Robust Neural Networks for Group Shifts, ICLR 2020",
                        "Raises the weight of the groups that fare worst",
                        "q_g <- q_g exp(eta L_g) / Z",
                        GroupDroConfig.class),
                new Method(
                        "doremi",
                        "reweigh",
                        Verb.WEIGH,
                        "S. M. Xie et al., DoReMi: Optimizing Data Mixtures Speeds Up Language Model Pretraining, NeurIPS 2023",
                        "Raises the weight of domains whose loss is still far above a reference model's",
                        "log a <- log a + eta max(L - L_ref, 0)",
                        DoReMiConfig.class));
    }
}
