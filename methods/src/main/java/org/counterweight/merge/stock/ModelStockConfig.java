package org.counterweight.merge.stock;

import java.util.Collection;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.merge.CombinerConfig;
import org.counterweight.merge.method.InGrammar;
import org.counterweight.weights.Combiner;
import org.jspecify.annotations.Nullable;

/** Settings of {@link ModelStock}. */
@Example(where = "while training, in a recipe for cw run; in merge stand the settings above", value = """
        stock:
          replicas: 2
          period: 0
          merge: {granularity: tensor}
        """)
@Example(where = "of models that are trained, in a file for cw merge FILE OUT", value = """
        merge_method: model_stock
        base_model: BASE
        models: [{model: TUNED_1}, {model: TUNED_2}]
        """)
@InGrammar(StockParameters.class)
public record ModelStockConfig(
        @Setting(
                value = "What has one ratio: a tensor, each of its rows (filters), a layer, the whole model",
                defaultsTo = "\"tensor\"",
                oneOf = {"tensor", "row", "layer", "global"})
        Granularity granularity,

        @Setting(
                value = "How the pairs of more than two models are averaged: by cosine or by angle",
                defaultsTo = "\"cos\"",
                oneOf = {"cos", "angle"})
        Average average,

        @Setting(
                value = "What is done about tiny norms: nothing, or what the official code or mergekit does",
                defaultsTo = "\"exact\"",
                oneOf = {"exact", "official", "mergekit"})
        Eps eps,

        @Setting(
                value = "The ratio is kept within these two bounds; null for the bare formula",
                defaultsTo = "[0.0, 1.0]",
                range = "two numbers, the lower first")
        @Nullable
        List<Double> clampT,

        @Setting(
                value = "The paper's formula, or the projection, which is right for unequal norms too",
                defaultsTo = "\"formula\"",
                oneOf = {"formula", "projection"})
        Ratio ratio,

        @Setting(value = "Names of tensors to average plainly; * stands for any text", defaultsTo = "[]")
        List<String> ignore)
        implements CombinerConfig {

    /** What has one ratio of its own. */
    public enum Granularity {
        TENSOR,
        ROW,
        LAYER,
        GLOBAL
    }

    /** How pairs become one angle. */
    public enum Average {
        COS,
        ANGLE
    }

    /** What keeps the division by the norms finite. */
    public enum Eps {
        /** The true product of the norms; a cosine of 0 where it is 0. */
        EXACT,
        /** 1e-8 is added to the product and to the ratio's denominator. */
        OFFICIAL,
        /** The product is at least 1e-6. */
        MERGEKIT
    }

    /** Where on the line from the anchor to the mean the result lies. */
    public enum Ratio {
        FORMULA,
        PROJECTION
    }

    public ModelStockConfig {
        if (clampT != null) {
            clampT = List.copyOf(clampT);
            if (clampT.size() != 2 || !(clampT.get(0) <= clampT.get(1))) {
                throw new ConfigException("model_stock.clamp_t", clampT, "two numbers, the lower first, or null");
            }
        }
        ignore = List.copyOf(ignore);
    }

    /** The lower bound of the ratio; 0, the anchor, if there is none. */
    double lowest() {
        return clampT == null ? 0 : clampT.get(0);
    }

    @Override
    public Combiner combiner(Collection<String> names) {
        return new ModelStock(this);
    }
}
