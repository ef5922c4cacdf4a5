package org.counterweight.merge.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;
import org.counterweight.merge.dynamic.DawinConfig;
import org.counterweight.merge.soup.GreedySoupConfig;
import org.counterweight.merge.soup.LinesConfig;
import org.counterweight.merge.soup.UniformSoupConfig;
import org.counterweight.merge.soup.WiseFtConfig;
import org.counterweight.merge.stock.ModelStockConfig;
import org.counterweight.merge.update.BcwiConfig;

/** Merges: several models become one. */
public final class Merges implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(
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
                        LinesConfig.class));
    }
}
