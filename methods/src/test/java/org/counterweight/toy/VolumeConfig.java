package org.counterweight.toy;

import static org.bytedeco.pytorch.global.torch.ones;

import java.util.LinkedHashMap;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Attachment;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.model.Model;
import org.counterweight.model.Params;

/** Settings of {@link Volume}. */
public record VolumeConfig(
        @Setting(value = "Whether every second point is passed over", defaultsTo = "false")
        boolean everySecond) implements Attachment {
    @Override
    public Params attach(Model model, Params params, Generator random) {
        if (model.points().isEmpty()) {
            throw new ConfigException("volume: this model has no points where a tap can stand");
        }
        Tensor any = params.weights().values().iterator().next();
        var taps = new LinkedHashMap<String, Volume>();
        for (int i = 0; i < model.points().size(); i += everySecond ? 2 : 1) {
            taps.put(model.points().get(i), new Volume(LowRank.trained(ones(1), any.device())));
        }
        return params.tapped(taps);
    }
}
