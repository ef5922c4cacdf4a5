package org.counterweight.merge.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;
import org.counterweight.merge.dynamic.DawinConfig;
import org.counterweight.merge.method.LinearConfig;
import org.counterweight.merge.method.PassthroughConfig;
import org.counterweight.merge.select.ArceeFusionConfig;
import org.counterweight.merge.select.NearswapConfig;
import org.counterweight.merge.select.RamConfig;
import org.counterweight.merge.select.RamPlusConfig;
import org.counterweight.merge.select.SceConfig;
import org.counterweight.merge.soup.GreedySoupConfig;
import org.counterweight.merge.soup.LinesConfig;
import org.counterweight.merge.soup.UniformSoupConfig;
import org.counterweight.merge.soup.WiseFtConfig;
import org.counterweight.merge.sphere.KarcherConfig;
import org.counterweight.merge.sphere.MultislerpConfig;
import org.counterweight.merge.sphere.NuslerpConfig;
import org.counterweight.merge.sphere.SlerpConfig;
import org.counterweight.merge.stock.ModelStockConfig;
import org.counterweight.merge.update.BcwiConfig;
import org.counterweight.merge.vector.BreadcrumbsConfig;
import org.counterweight.merge.vector.BreadcrumbsTiesConfig;
import org.counterweight.merge.vector.DareLinearConfig;
import org.counterweight.merge.vector.DareTiesConfig;
import org.counterweight.merge.vector.DellaConfig;
import org.counterweight.merge.vector.DellaLinearConfig;
import org.counterweight.merge.vector.TaskArithmeticConfig;
import org.counterweight.merge.vector.TiesConfig;

/** Merges: several models become one. */
public final class Merges implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(
                new Method(
                        "linear",
                        "merge",
                        Verb.COMBINE,
                        "M. Wortsman et al., Model soups, ICML 2022",
                        "Averages or adds models by weights of their own",
                        "w = sum a_i w_i / sum a_i",
                        LinearConfig.class),
                new Method(
                        "passthrough",
                        "merge",
                        Verb.COMBINE,
                        "(common practice)",
                        "Takes one model as it is, or scaled; slices of several make a longer one",
                        "w = s w_1",
                        PassthroughConfig.class),
                new Method(
                        "slerp",
                        "merge",
                        Verb.COMBINE,
                        "K. Shoemake, Animating rotation with quaternion curves, SIGGRAPH 1985",
                        "Goes from one model to another along the arc between them",
                        "w = [sin((1 - t) theta) w_0 + sin(t theta) w_1] / sin theta",
                        SlerpConfig.class),
                new Method(
                        "nuslerp",
                        "merge",
                        Verb.COMBINE,
                        "K. Shoemake, Animating rotation with quaternion curves, SIGGRAPH 1985",
                        "Goes along the arc between two models, or between their differences from a base, for tensors,"
                                + " rows or columns",
                        "w = [w_0 +] arc from d_1 to d_2 at a_2 / (a_1 + a_2)",
                        NuslerpConfig.class),
                new Method(
                        "multislerp",
                        "merge",
                        Verb.COMBINE,
                        "C. Goddard, Multi-SLERP, 2025",
                        "Averages the directions of models, or of their differences from a base, by weights of their"
                                + " own",
                        "w = [w_0 +] m / |m| sum a_i |v_i|, m = sum a_i v_i / |v_i|",
                        MultislerpConfig.class),
                new Method(
                        "karcher",
                        "merge",
                        Verb.COMBINE,
                        "H. Karcher, Riemannian center of mass and mollifier smoothing, 1977",
                        "Takes the mean of the models' directions on the sphere, at their mean length",
                        "w = u sum |w_i| / k, u = argmin sum theta(u, w_i)^2",
                        KarcherConfig.class),
                new Method(
                        "task_arithmetic",
                        "merge",
                        Verb.COMBINE,
                        "G. Ilharco et al., Editing models with task arithmetic, ICLR 2023",
                        "Adds weighted differences of models to their base",
                        "w = w_0 + lambda sum a_i (w_i - w_0)",
                        TaskArithmeticConfig.class),
                new Method(
                        "ties",
                        "merge",
                        Verb.COMBINE,
                        "P. Yadav et al., TIES-Merging: resolving interference when merging models, NeurIPS 2023",
                        "Adds the large differences on whose sign the models agree",
                        "w = w_0 + lambda mean of the trimmed a_i d_i that have the sign of their sum",
                        TiesConfig.class),
                new Method(
                        "dare_ties",
                        "merge",
                        Verb.COMBINE,
                        "L. Yu et al., Language Models are Super Mario, ICML 2024",
                        "Adds differences of which chance keeps a part, where the models agree on the sign",
                        "as ties, d_i = kept by chance with probability density, and rescaled",
                        DareTiesConfig.class),
                new Method(
                        "dare_linear",
                        "merge",
                        Verb.COMBINE,
                        "L. Yu et al., Language Models are Super Mario, ICML 2024",
                        "Adds differences of which chance keeps a part",
                        "w = w_0 + lambda sum a_i d_i, d_i = kept by chance with probability density, and rescaled",
                        DareLinearConfig.class),
                new Method(
                        "breadcrumbs",
                        "merge",
                        Verb.COMBINE,
                        "M. Davari and E. Belilovsky, Model Breadcrumbs, ECCV 2024",
                        "Adds differences without their small elements and their outliers",
                        "w = w_0 + lambda sum a_i d_i, of d_i neither the largest gamma nor the smallest",
                        BreadcrumbsConfig.class),
                new Method(
                        "breadcrumbs_ties",
                        "merge",
                        Verb.COMBINE,
                        "M. Davari and E. Belilovsky, Model Breadcrumbs, ECCV 2024",
                        "Adds differences without small elements and outliers, where the models agree on the sign",
                        "as ties, of d_i neither the largest gamma nor the smallest",
                        BreadcrumbsTiesConfig.class),
                new Method(
                        "della",
                        "merge",
                        Verb.COMBINE,
                        "P. Deep, R. Bhardwaj and S. Poria, DELLA-Merging, 2024",
                        "Adds differences of which chance keeps the larger elements more probably, where the models"
                                + " agree on the sign",
                        "as ties, d_i = kept with probability density - epsilon + 2 epsilon rank / (m - 1)",
                        DellaConfig.class),
                new Method(
                        "della_linear",
                        "merge",
                        Verb.COMBINE,
                        "P. Deep, R. Bhardwaj and S. Poria, DELLA-Merging, 2024",
                        "Adds differences of which chance keeps the larger elements more probably",
                        "w = w_0 + lambda sum a_i d_i, d_i = kept with probability density - epsilon + 2 epsilon rank"
                                + " / (m - 1)",
                        DellaLinearConfig.class),
                new Method(
                        "sce",
                        "merge",
                        Verb.COMBINE,
                        "F. Wan et al., FuseChat: Knowledge Fusion of Chat Models, 2024",
                        "Keeps the elements in which models vary most, weighs each model by its changes there, and"
                                + " drops minority signs",
                        "w = w_0 + sum o_i d_i / sum o_i, o_i = |d_i|^2 / sum |d_j|^2",
                        SceConfig.class),
                new Method(
                        "ram",
                        "merge",
                        Verb.COMBINE,
                        "Behavior Knowledge Merge in Reinforced Agentic Models, 2026",
                        "Keeps what one model alone changed, and averages what several changed",
                        "w = w_0 + sum m_i d_i, m_i = 1 / (number of models that changed the element)",
                        RamConfig.class),
                new Method(
                        "ramplus_tl",
                        "merge",
                        Verb.COMBINE,
                        "Behavior Knowledge Merge in Reinforced Agentic Models, 2026",
                        "As ram, with own changes made larger where a model shares many of its changes",
                        "m_i = 1 + r min(alpha, shared_i / own_i) where model i alone changed the element",
                        RamPlusConfig.class),
                new Method(
                        "nearswap",
                        "merge",
                        Verb.COMBINE,
                        "alchemonaut, QuartetAnemoi-70B-t0.0001, 2024",
                        "Moves each element of a base towards another model, by a fixed distance at most",
                        "w = w_0 + min(1, t / |d|) d",
                        NearswapConfig.class),
                new Method(
                        "arcee_fusion",
                        "merge",
                        Verb.COMBINE,
                        "Arcee, Arcee Fusion, 2025",
                        "Takes over the most important changes of another model, and leaves the base elsewhere",
                        "w = w_0 + [|d| KL(row) >= median + 1.5 (q3 - q1)] d",
                        ArceeFusionConfig.class),
                new Method(
                        "model_stock",
                        "merge",
                        Verb.COMBINE,
                        "D.-H. Jang, S. Yun and D. Han, Model Stock: All we need is just a few fine-tuned models, ECCV"
                                + " 2024",
                        "Merges two or more fine-tuned models and their origin with a ratio found from the angle"
                                + " between them",
                        "w = t mean(w_i) + (1 - t) w_0, t = k cos / (1 + (k - 1) cos)",
                        ModelStockConfig.class),
                new Method(
                        "bcwi",
                        "merge.update",
                        Verb.COMBINE,
                        "R. Schumann et al., Backward Compatibility During Data Updates by Weight Interpolation, EACL"
                                + " 2024",
                        "Interpolates between a model in production and its update, so that few right answers become"
                                + " wrong",
                        "w = alpha w_old + (1 - alpha) w_new, element-wise by Fisher information if wanted",
                        BcwiConfig.class),
                new Method(
                        "dawin",
                        "merge.dynamic",
                        Verb.COMBINE,
                        "C. Oh et al., DaWin: Training-free Dynamic Weight Interpolation for Robust Adaptation, ICLR"
                                + " 2025",
                        "Interpolates two models for each sample by how sure each of them is, with a few merged models"
                                + " for all",
                        "w(x) = (1 - lambda(x)) w_0 + lambda(x) w_1, lambda = (E_1 + b/s) / (E_0 + E_1 + b), E ="
                                + " exp(-H)",
                        DawinConfig.class),
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
                        GreedySoupConfig.class));
    }
}
