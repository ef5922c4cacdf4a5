package org.counterweight.catalogue;

import java.util.List;
import java.util.Optional;
import org.counterweight.adapt.BitFitConfig;
import org.counterweight.adapt.FullConfig;
import org.counterweight.adapt.NormsConfig;
import org.counterweight.adapt.adalora.AdaLoraConfig;
import org.counterweight.adapt.bone.BoneConfig;
import org.counterweight.adapt.bora.BoraConfig;
import org.counterweight.adapt.compacter.BottleneckConfig;
import org.counterweight.adapt.compacter.CompacterConfig;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.adapt.lowrank.LoraConfig;
import org.counterweight.adapt.lowrank.PissaConfig;
import org.counterweight.adapt.sorsa.SorsaConfig;
import org.counterweight.balance.run.BalanceConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.incremental.run.GrowConfig;
import org.counterweight.merge.dynamic.DawinConfig;
import org.counterweight.merge.soup.GreedySoupConfig;
import org.counterweight.merge.soup.LinesConfig;
import org.counterweight.merge.soup.UniformSoupConfig;
import org.counterweight.merge.soup.WiseFtConfig;
import org.counterweight.merge.stock.ModelStockConfig;
import org.counterweight.merge.update.BcwiConfig;
import org.counterweight.reweigh.ColumnConfig;
import org.counterweight.reweigh.FocalConfig;
import org.counterweight.reweigh.LossClippingConfig;
import org.counterweight.reweigh.SelectionConfig;
import org.counterweight.reweigh.group.DoReMiConfig;
import org.counterweight.reweigh.group.GroupDroConfig;
import org.counterweight.reweigh.loss.LossReweightingConfig;

/** Every method, by name. */
public final class Catalogue {
    private static final List<Method> ALL = List.of(
            new Method(
                    "bone",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "J. Kang and Q. Yin, MiSS: Revisiting the Trade-off in LoRA with an Efficient Shard-Sharing Structure, ICLR 2026",
                    "Adapts a frozen layer with one small zero matrix that groups of its columns share",
                    "W'[o,i] = W[o,i] + D[i mod r, o]",
                    BoneConfig.class),
            new Method(
                    "lora",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "E. Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, ICLR 2022",
                    "Adapts a frozen layer with the product of two thin matrices",
                    "W' = W + (alpha / r) B A",
                    LoraConfig.class),
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
                    DoReMiConfig.class),
            new Method(
                    "model_stock",
                    "merge",
                    Verb.COMBINE,
                    "D.-H. Jang, S. Yun and D. Han, Model Stock: All we need is just a few fine-tuned models, ECCV 2024",
                    "Merges two or more fine-tuned models and their origin with a ratio found from the angle between them",
                    "w = t mean(w_i) + (1 - t) w_0, t = k cos / (1 + (k - 1) cos)",
                    ModelStockConfig.class),
            new Method(
                    "bcwi",
                    "merge.update",
                    Verb.COMBINE,
                    "R. Schumann et al., Backward Compatibility During Data Updates by Weight Interpolation, EACL 2024",
                    "Interpolates between a model in production and its update, so that few right answers become wrong",
                    "w = alpha w_old + (1 - alpha) w_new, element-wise by Fisher information if wanted",
                    BcwiConfig.class),
            new Method(
                    "dawin",
                    "merge.dynamic",
                    Verb.COMBINE,
                    "C. Oh et al., DaWin: Training-free Dynamic Weight Interpolation for Robust Adaptation, ICLR 2025",
                    "Interpolates two models for each sample by how sure each of them is, with a few merged models for all",
                    "w(x) = (1 - lambda(x)) w_0 + lambda(x) w_1, lambda = (E_1 + b/s) / (E_0 + E_1 + b), E = exp(-H)",
                    DawinConfig.class),
            new Method(
                    "weight_balancing",
                    "balance.run",
                    Verb.RUN,
                    "S. Alshammari et al., Long-Tailed Recognition via Weight Balancing, CVPR 2022; N. Hasegawa and I. Sato, Exploring Weight Balancing on Long-Tailed Recognition Problem, ICLR 2024",
                    "Keeps a classifier from neglecting its rare classes, in two stages or in one",
                    "CE + (lambda/2) ||theta||^2, then the head alone: w_y CE + (0.1/2) ||W||^2, ||W_c|| <= delta; or W a simplex, z - tau log pi",
                    BalanceConfig.class),
            new Method(
                    "weight_aligning",
                    "incremental.run",
                    Verb.RUN,
                    "B. Zhao et al., Maintaining Discrimination and Fairness in Class Incremental Learning, CVPR 2020",
                    "Adds classes to a classifier without the rows of the old ones, and keeps it fair to both",
                    "(1 - k/C) CE + (k/C) KD; then w_new <- gamma w_new, gamma = mean ||w_old|| / mean ||w_new||",
                    GrowConfig.class),
            new Method(
                    "uniform_soup",
                    "merge",
                    Verb.COMBINE,
                    "M. Wortsman et al., Model soups, ICML 2022",
                    "Averages models",
                    "w = mean(w_i)",
                    UniformSoupConfig.class),
            new Method(
                    "greedy_soup",
                    "merge",
                    Verb.COMBINE,
                    "M. Wortsman et al., Model soups, ICML 2022",
                    "Averages those models that help on rows held out, from the best on",
                    "w = mean of the kept w_i; w_i is kept if accuracy(mean with it) >= accuracy(mean without)",
                    GreedySoupConfig.class),
            new Method(
                    "wise_ft",
                    "merge",
                    Verb.COMBINE,
                    "M. Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022",
                    "Interpolates between a pre-trained and a fine-tuned model",
                    "w = (1 - alpha) w_0 + alpha w_1",
                    WiseFtConfig.class),
            new Method(
                    "lines",
                    "merge",
                    Verb.COMBINE,
                    "K. Wang et al., LiNeS: Post-training layer scaling prevents forgetting, ICLR 2025",
                    "Takes less of an update in early layers than in late ones",
                    "w = w_0 + (alpha + beta l / (L - 1)) (w_1 - w_0)",
                    LinesConfig.class),
            new Method(
                    "dora",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "S. Liu et al., DoRA: Weight-Decomposed Low-Rank Adaptation, ICML 2024",
                    "LoRA with a magnitude of its own for every output",
                    "W' = diag(m / n) V, V = W + (alpha / r) B A, n_i = ||V_i||",
                    DoraConfig.class),
            new Method(
                    "bora",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "Q. Wang et al., BoRA: Bi-dimensional Weight-Decomposed Low-Rank Adaptation, 2024",
                    "LoRA with a magnitude of its own for every output and every input",
                    "H = diag(m_row / sn) V, W' = H diag(m_col / cn), V = W + (alpha / r) B A",
                    BoraConfig.class),
            new Method(
                    "pissa",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "F. Meng, Z. Wang and M. Zhang, PiSSA: Principal Singular Values and Singular Vectors Adaptation, NeurIPS 2024",
                    "LoRA that starts at the principal part of the weight, taken out of it",
                    "W' = W_res + (alpha / r) B A, from W = U S V^T: A = sqrt(S) V^T, B = U sqrt(S)",
                    PissaConfig.class),
            new Method(
                    "sorsa",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "Y. Cao and Z. Song, SORSA: Singular Values and Orthonormal Regularized Singular Vectors Adaptation, 2024",
                    "Trains the principal singular triplets of the weight and keeps their vectors near orthonormal",
                    "W' = W_res + B diag(S) A, loss + (gamma / lr) mean(||A A^T - I||, ||B^T B - I||)",
                    SorsaConfig.class),
            new Method(
                    "adalora",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "Q. Zhang et al., AdaLoRA: Adaptive Budget Allocation for Parameter-Efficient Fine-Tuning, ICLR 2023",
                    "Gives each layer the rank it needs, by switching off the least important triplets of all layers",
                    "W' = W + (alpha / init_r) B diag(E) A; kept: the best b(t) of s(E_i) + mean s(A_i) + mean s(B_i)",
                    AdaLoraConfig.class),
            new Method(
                    "compacter",
                    "adapt",
                    Verb.TAP,
                    "R. Karimi Mahabadi, J. Henderson and S. Ruder, Compacter: Efficient Low-Rank Hypercomplex Adapter Layers, NeurIPS 2021",
                    "Adapters of a few KB: sums of Kronecker products with slow weights that all layers share",
                    "x + U(act(D(x))), D and U: H = sum_i A_i (x) S_i T_i",
                    CompacterConfig.class),
            new Method(
                    "bottleneck",
                    "adapt",
                    Verb.TAP,
                    "N. Houlsby et al., Parameter-Efficient Transfer Learning for NLP, ICML 2019",
                    "Small two-layer networks after the sub-layers of a frozen transformer",
                    "x + W_up act(W_down x + b_down) + b_up",
                    BottleneckConfig.class),
            new Method(
                    "bitfit",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "E. Ben Zaken, Y. Goldberg and S. Ravfogel, BitFit, ACL 2022",
                    "Trains the biases and nothing else",
                    "b",
                    BitFitConfig.class),
            new Method(
                    "norms",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "The control for adapters that also train the normalisations",
                    "Trains the normalisations and nothing else",
                    "gain and bias of each normalisation",
                    NormsConfig.class),
            new Method(
                    "full",
                    "adapt",
                    Verb.PARAMETRIZE,
                    "The baseline of every adapter",
                    "Trains all weights, or those of some modules",
                    "W",
                    FullConfig.class));

    private Catalogue() {}

    public static List<Method> all() {
        return ALL;
    }

    public static Optional<Method> find(String name) {
        return ALL.stream().filter(method -> method.name().equals(name)).findFirst();
    }

    /**
     * The method of that name.
     *
     * @param path where the name stands in the user's file, for the message
     * @throws ConfigException with the nearest name that exists
     */
    public static Method named(String name, String path) {
        return find(name)
                .orElseThrow(() -> new ConfigException(Configs.unknown(
                        path + ": \"" + name + "\"",
                        name,
                        ALL.stream().map(Method::name).toList())));
    }
}
