package org.counterweight.toy;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Saved;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.model.Parametrization;

/** Settings of {@link Gain}. */
public record GainConfig(
        @Setting(
                value = "Names, or dotted endings of names, of the modules to adapt",
                defaultsTo = "[\"query\", \"value\"]")
        List<String> targets)
        implements AdapterConfig {

    public GainConfig {
        if (targets.isEmpty()) {
            throw new ConfigException("gain.targets", targets, "at least one module name, such as \"query\"");
        }
        targets = List.copyOf(targets);
    }

    @Override
    public Parametrization create(String module, Tensor base, Generator random) {
        return Gain.create(base);
    }

    @Override
    public Parametrization restore(String module, Tensor base, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        var gain = new Gain(saved.trained(Gain.GAIN, base.size(0)));
        saved.done();
        return gain;
    }
}
