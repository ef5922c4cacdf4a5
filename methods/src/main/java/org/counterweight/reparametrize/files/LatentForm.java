package org.counterweight.reparametrize.files;

import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.model.Params;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.reparametrize.norm.WeightNormConfig;

/**
 * How a model stands in a file whose weights were trained through others.
 *
 * @param settings by which they were
 */
public record LatentForm(Reparametrization settings) {
    /** All its tensors; they belong to the open scope. */
    public Map<String, Tensor> tensors(Params params) {
        var style = settings instanceof WeightNormConfig norm ? norm.style() : WeightNormConfig.Style.PARAMETRIZATIONS;
        return StateDict.of(params).written(style);
    }

    /** What else a reader must know: the settings, as JSON under the method's name. */
    public Map<String, String> remarks() {
        return Map.of(
                Objects.requireNonNull(settings.method()),
                Configs.tree((Record) settings).toString());
    }
}
