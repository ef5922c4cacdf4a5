package org.counterweight.merge.stock;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.Agreement;
import org.counterweight.merge.NamePatterns;
import org.counterweight.merge.RunningStatistics;
import org.counterweight.merge.block.TowardsMean;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.TensorBlocks;
import org.counterweight.merge.soup.UniformSoupConfig;
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
            return mean(name, models);
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

    /** What is ignored, or a statistic of the activations, is averaged. */
    static Tensor mean(String name, List<Tensor> models) {
        return new UniformSoupConfig().combiner(List.of()).combine(name, models);
    }

    /**
     * t · mean(w_i) + (1 − t) · w_0, rounded once to the anchor's type.
     *
     * @param t float64, of one entry, or of one a row of the anchor
     */
    static Tensor interpolate(Tensor anchor, List<Tensor> models, Tensor t) {
        var tensors = new ArrayList<Tensor>(List.of(anchor));
        tensors.addAll(models);
        double[] ratios = Tensors.toDoubles(t);
        long width = ratios.length < 2 ? 1 : anchor.numel() / ratios.length;
        return TensorBlocks.merged(
                new Blockwise(
                        width,
                        IntStream.range(0, tensors.size()).boxed().toList(),
                        () -> new TowardsMean(0, ratios, width)),
                tensors);
    }
}
