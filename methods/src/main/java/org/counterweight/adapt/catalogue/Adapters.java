package org.counterweight.adapt.catalogue;

import java.util.List;
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
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;

/** Adapters: what stands beside frozen weights and trains. */
public final class Adapters implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(
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
    }
}
