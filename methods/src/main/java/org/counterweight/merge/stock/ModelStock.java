package org.counterweight.merge.stock;

import static org.counterweight.engine.Tensors.scalar;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.merge.Accumulation;
import org.counterweight.merge.Agreement;
import org.counterweight.merge.NamePatterns;
import org.counterweight.merge.RunningStatistics;
import org.counterweight.merge.soup.UniformSoup;
import org.counterweight.merge.stock.ModelStockConfig.Granularity;
import org.counterweight.weights.Combiner;

/**
 * A few fine-tuned models and the one they came from become one: w = t · mean(w_i) + (1 − t) · w_0, with a ratio t that
 * follows from the angle between the fine-tuned deltas alone ({@link StockRatio}).
 *
 * <p>D.-H. Jang, S. Yun, D. Han, "Model Stock: All we need is just a few fine-tuned models", ECCV 2024. The first tensor is
 * the anchor w_0, the others are the models. One ratio a tensor or a row; for a layer or the whole model, whose ratio needs
 * all of their tensors first, see {@link StockRatios}. Beyond the official code, the ratio is kept within [0, 1].
 */
public record ModelStock(ModelStockConfig config) implements Combiner {

    public ModelStock {
        if (config.granularity() == Granularity.LAYER || config.granularity() == Granularity.GLOBAL) {
            throw new ConfigException(
                    "model_stock.granularity",
                    config.granularity(),
                    "tensor or row where a merge sees one tensor at a time");
        }
    }

    @Override
    public Tensor combine(String name, List<Tensor> tensors) {
        Tensor anchor = tensors.get(0);
        List<Tensor> models = tensors.subList(1, tensors.size());
        Agreement.atLeast("model_stock", 2, models.size());
        if (averaged(config, RunningStatistics::named).test(name)) {
            return new UniformSoup().combine(name, models);
        }
        try (var scope = Scope.open()) {
            return scope.keep(interpolate(anchor, models, ratio(name, tensors).ratio()));
        }
    }

    /**
     * The tensors that have no ratio: ignored by request, or a statistic of the activations.
     *
     * @param statistics which those are: what the model declares, or what names tell where there is none
     */
    static Predicate<String> averaged(ModelStockConfig config, Predicate<String> statistics) {
        return statistics.or(new NamePatterns(config.ignore())::choose);
    }

    /** The ratio of one tensor, or of each of its rows; the first of {@code tensors} is the anchor. */
    public StockRatio ratio(String name, List<Tensor> tensors) {
        Agreement.sameShapes(name, tensors);
        Tensor gram =
                Gram.of(tensors.get(0), tensors.subList(1, tensors.size()), config.granularity() == Granularity.ROW);
        if (!gram.isfinite().all().item_bool()) {
            Agreement.finite(name, tensors); // names the model
        }
        return StockRatio.of(config, gram);
    }

    /**
     * t · mean(w_i) + (1 − t) · w_0, rounded once to the anchor's type.
     *
     * @param t float64, of one entry, or of one a row of the anchor
     */
    static Tensor interpolate(Tensor anchor, List<Tensor> models, Tensor t) {
        try (var scope = Scope.open()) {
            Tensor base = Accumulation.wide(anchor);
            Tensor mean =
                    Accumulation.wide(models.get(0)).sub(base); // of the deltas: at t = 0 the anchor stays as it is
            for (Tensor model : models.subList(1, models.size())) {
                try (var inner = Scope.open()) { // one model at a time is widened
                    mean.add_(Accumulation.wide(model)).sub_(base);
                }
            }
            long[] column = new long[Math.toIntExact(Math.max(1, anchor.dim()))];
            Arrays.fill(column, 1);
            column[0] = t.numel();
            Tensor factor = anchor.dim() == 0 ? t.reshape(new long[0]) : t.reshape(column);
            mean = mean.mul_(factor.div(scalar(models.size())).to(mean.scalar_type()));
            return scope.keep(Accumulation.rounded(base.add(mean), anchor));
        }
    }
}
