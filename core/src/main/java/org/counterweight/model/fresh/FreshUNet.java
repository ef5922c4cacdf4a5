package org.counterweight.model.fresh;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Setting;
import tools.jackson.databind.node.ObjectNode;

/** Sizes of a {@link org.counterweight.model.zoo.denoise.UNet}. */
public record FreshUNet(
        @Setting(value = "Channels at full size", defaultsTo = "32", range = "even, at least 2")
        int width,

        @Setting(
                value = "Factor of the width at each level, each of half the size of the one before",
                defaultsTo = "[1, 2]",
                range = "each at least 1")
        List<Integer> multipliers,

        @Setting(value = "Blocks of each level, one more on the way up", defaultsTo = "1", range = "at least 1")
        int blocks,

        @Setting(
                value = "Heads of the attention at the lowest level",
                defaultsTo = "4",
                range = "a divisor of its channels")
        int heads,

        @Setting(value = "Share of each block's values that training drops", defaultsTo = "0.0", range = "[0, 1)")
        double dropout)
        implements FreshModel {
    public FreshUNet {
        multipliers = List.copyOf(multipliers);
        if (width < 2 || width % 2 != 0) {
            throw new ConfigException(
                    "model.architecture.width", width, "an even integer of at least 2 (16 to 128 is usual)");
        }
        Checks.ranges(FreshUNet.class, "model.architecture", multipliers, blocks, dropout);
        if (multipliers.isEmpty()) {
            throw new ConfigException(
                    "model.architecture.multipliers", multipliers, "a list of integers of at least 1, such as [1, 2]");
        }
        int lowest = width * multipliers.get(multipliers.size() - 1);
        if (heads < 1 || lowest % heads != 0) {
            throw new ConfigException(
                    "model.architecture.heads", heads, "a divisor of the " + lowest + " channels of the lowest level");
        }
    }

    @Override
    public String type() {
        return "unet";
    }

    @Override
    public boolean needsImages() {
        return true;
    }

    @Override
    public boolean tellsNoise() {
        return true;
    }

    @Override
    public ObjectNode config(List<Integer> shape) {
        int side = Math.min(shape.get(1), shape.get(2));
        if (side >> (multipliers.size() - 1) < 1) {
            throw new ConfigException(
                    "model.architecture.multipliers",
                    multipliers,
                    "fewer levels: each halves images of " + shape.get(1) + " x " + shape.get(2));
        }
        ObjectNode config = Configs.JSON
                .createObjectNode()
                .put("model_type", type())
                .put("num_channels", shape.get(0))
                .put("width", width);
        multipliers.forEach(config.putArray("multipliers")::add);
        return config.put("blocks", blocks).put("num_attention_heads", heads).put("dropout", dropout);
    }
}
