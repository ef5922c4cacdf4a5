package org.counterweight.merge.stock;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.stock.ModelStockConfig.Average;
import org.counterweight.merge.stock.ModelStockConfig.Eps;
import org.counterweight.merge.stock.ModelStockConfig.Granularity;
import org.counterweight.merge.stock.ModelStockConfig.Ratio;
import org.jspecify.annotations.Nullable;

/** Small models whose changes have a part in common, and settings to merge them by. */
final class SmallStock {
    private SmallStock() {}

    static ModelStockConfig config() {
        return Configs.defaults(ModelStockConfig.class);
    }

    static ModelStockConfig config(Granularity granularity, Average average, Eps eps, @Nullable List<Double> clamp) {
        return new ModelStockConfig(granularity, average, eps, clamp, Ratio.FORMULA, List.of());
    }

    static Tensor draw(long seed, String name, long... shape) {
        return Tensors.zeros(shape)
                .to(ScalarType.Double)
                .normal_(0, 1, Tensors.optional(new Seed(seed).child(name).generator()));
    }

    /** An anchor and k models whose deltas share a part, so that their angle lies well between 0 and 90 degrees. */
    static List<Tensor> models(long seed, int k, long... shape) {
        var tensors = new ArrayList<Tensor>();
        tensors.add(draw(seed, "anchor", shape));
        Tensor shared = draw(seed, "shared", shape);
        for (int i = 0; i < k; i++) {
            tensors.add(tensors.get(0).add(shared).add(draw(seed, "model " + i, shape)));
        }
        return tensors;
    }
}
