package org.counterweight.merge.method;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.block.ScaledCopy;

/** One model as it is, or scaled: w = s w_1. Layers of several models are so put one behind the other. */
@Takes(most = 1)
public record PassthroughConfig(
        @Setting(value = "What the model's weights are multiplied by", defaultsTo = "[1.0]", range = "finite")
        List<Double> scale)
        implements MergeConfig {

    public PassthroughConfig {
        Checks.ranges(PassthroughConfig.class, "passthrough", scale);
        scale = Checks.some("passthrough.scale", scale);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        double factor = site.each("passthrough.scale", scale)[0];
        return Blockwise.of(site, () -> new ScaledCopy(factor));
    }
}
