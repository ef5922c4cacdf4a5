package org.counterweight.merge.stock;

import java.util.List;
import org.counterweight.config.Setting;
import org.counterweight.merge.block.RoundedStock;
import org.counterweight.merge.block.StockMerge;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;
import org.counterweight.merge.stock.ModelStockConfig.Average;
import org.counterweight.merge.stock.ModelStockConfig.Eps;
import org.counterweight.merge.stock.ModelStockConfig.Granularity;
import org.counterweight.merge.stock.ModelStockConfig.Ratio;

/** {@link ModelStockConfig} with mergekit's parameters and defaults: what lies along the last dimension is a row there. */
@Takes(base = Takes.Base.REQUIRED, least = 2)
public record StockParameters(
        @Setting(value = "Whether each row has a ratio of its own", defaultsTo = "false")
        boolean filterWise,

        @Setting(
                value = "What is done about tiny norms: nothing, or what mergekit does",
                defaultsTo = "\"exact\"",
                oneOf = {"exact", "mergekit"})
        String stockEps,

        @Setting(value = "Whether the ratio is kept within [0, 1]", defaultsTo = "false")
        boolean clampT)
        implements MergeConfig {

    @Override
    public Blockwise merge(MergeSite site) {
        long[] shape = site.shape();
        boolean byRow = filterWise && shape.length > 0;
        long width = byRow ? shape[shape.length - 1] : 1;
        int models = site.others().size();
        var formula = new StockFormula(new ModelStockConfig(
                Granularity.TENSOR,
                Average.COS,
                stockEps.equals("mergekit") ? Eps.MERGEKIT : Eps.EXACT,
                clampT ? List.of(0.0, 1.0) : null,
                Ratio.FORMULA,
                List.of()));
        return Blockwise.of(
                site,
                width,
                () -> site.rounding() == null
                        ? new StockMerge(formula::ratio, site.base(), models, byRow, width)
                        : new RoundedStock(site.rounding(), clampT, site.base(), models, byRow, width));
    }
}
