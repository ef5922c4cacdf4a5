package org.counterweight.merge.vector;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.merge.block.TaskVectorMerge.Rules;
import org.counterweight.merge.method.Blockwise;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.merge.method.MergeSite;
import org.counterweight.merge.method.Takes;

/**
 * The weighted differences of models are added to their base: w = w_0 + λ Σ a_i δ_i.
 *
 * <p>G. Ilharco et al., "Editing models with task arithmetic", ICLR 2023.
 */
@Takes(base = Takes.Base.REQUIRED, least = 0, differences = true)
public record TaskArithmeticConfig(
        @Setting(value = "What each model's difference counts", example = "[0.5, 0.5]", range = "finite")
        List<Double> weight,

        @Setting(value = "Whether the sum is divided by that of the weights", defaultsTo = "false")
        boolean normalize,

        @Setting(value = "Whether each difference gets the sum of magnitudes back that it had", defaultsTo = "false")
        boolean rescale,

        @Setting(value = "The merged difference is multiplied by it", defaultsTo = "1.0", range = "finite")
        double lambda)
        implements MergeConfig {

    public TaskArithmeticConfig {
        Checks.ranges(TaskArithmeticConfig.class, "task_arithmetic", weight, lambda);
        weight = Checks.some("task_arithmetic.weight", weight);
    }

    @Override
    public Blockwise merge(MergeSite site) {
        var rules = new Rules(false, normalize, rescale, lambda, site.rounding());
        return new TaskVectors("task_arithmetic", site).merge(weight, rules, (k, model) -> TaskVectors.whole());
    }
}
