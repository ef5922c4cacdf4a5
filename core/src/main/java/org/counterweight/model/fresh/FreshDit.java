package org.counterweight.model.fresh;

import java.util.List;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Setting;
import tools.jackson.databind.node.ObjectNode;

/** Sizes of a {@link org.counterweight.model.zoo.denoise.Dit}. */
public record FreshDit(
        @Setting(value = "Height and width of a patch", defaultsTo = "2", range = "a divisor of the image's")
        int patch,

        @Setting(value = "Width of a token", defaultsTo = "96", range = "a multiple of 4 and of heads")
        int width,

        @Setting(value = "Layers", defaultsTo = "4", range = "at least 1; 4 to 12 is usual")
        int depth,

        @Setting(value = "Heads of each attention", defaultsTo = "4", range = "at least 1")
        int heads,

        @Setting(
                value = "Width of the feed-forward part, as a multiple of the token's",
                defaultsTo = "4",
                range = "at least 1")
        int ratio)
        implements FreshModel {
    public FreshDit {
        if (patch < 1) {
            throw new ConfigException("model.architecture.patch", patch, "an integer of at least 1 (2 is usual)");
        }
        Checks.ranges(FreshDit.class, "model.architecture", depth, heads, ratio);
        if (width < 1 || width % 4 != 0 || width % heads != 0) {
            throw new ConfigException(
                    "model.architecture.width", width, "a multiple of 4 and of the " + heads + " heads (96 is usual)");
        }
    }

    @Override
    public String type() {
        return "dit";
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
        if (shape.get(1) % patch != 0 || shape.get(2) % patch != 0) {
            throw new ConfigException(
                    "model.architecture.patch",
                    patch,
                    "a divisor of height and width of the images, " + shape.get(1) + " x " + shape.get(2));
        }
        return Configs.JSON
                .createObjectNode()
                .put("model_type", type())
                .put("num_channels", shape.get(0))
                .put("patch_size", patch)
                .put("hidden_size", width)
                .put("num_hidden_layers", depth)
                .put("num_attention_heads", heads)
                .put("intermediate_size", ratio * width);
    }
}
