package org.counterweight.merge.soup;

import java.util.Collection;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.merge.CombinerConfig;
import org.counterweight.merge.LayerName;
import org.counterweight.weights.Combiner;
import org.jspecify.annotations.Nullable;

/** Settings of {@link Lines}. */
@Example(where = "in a file for cw merge FILE OUT; beta is 1 - alpha if it is left out", value = """
        merge_method: lines
        base_model: BASE
        models:
        - model: TUNED
        parameters: {alpha: 0.1}
        """)
public record LinesConfig(
        @Setting(value = "Share of the update in the first layer, and outside the layers", defaultsTo = "0.1")
        double alpha,

        @Setting(value = "What the last layer has more; 1 - alpha if null", defaultsTo = "null") @Nullable
        Double beta,

        @Setting(value = "Number of layers; counted from the names if null", defaultsTo = "null", range = "at least 1")
        @Nullable
        Integer blocks)
        implements CombinerConfig {

    public LinesConfig {
        if (!Double.isFinite(alpha)) {
            throw new ConfigException("lines.alpha", alpha, "a finite number");
        }
        if (beta != null && !Double.isFinite(beta)) {
            throw new ConfigException("lines.beta", beta, "a finite number, or null for 1 - alpha");
        }
        if (blocks != null && blocks < 1) {
            throw new ConfigException("lines.blocks", blocks, "an integer of at least 1, or null to count the layers");
        }
    }

    @Override
    public Combiner combiner(Collection<String> names) {
        int found = LayerName.count(names);
        if (blocks != null && found > blocks) {
            throw new ConfigException("lines.blocks", blocks, "at least " + found + ": the names have so many layers");
        }
        return new Lines(alpha, beta == null ? 1 - alpha : beta, blocks == null ? Math.max(1, found) : blocks);
    }
}
