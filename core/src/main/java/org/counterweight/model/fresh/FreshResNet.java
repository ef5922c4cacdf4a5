package org.counterweight.model.fresh;

import java.util.List;
import java.util.Locale;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Setting;
import org.counterweight.model.part.Normalization;
import tools.jackson.databind.node.ObjectNode;

/** Sizes of a {@link org.counterweight.model.zoo.image.ResNet}; by default ResNet-20, which is small enough for a processor. */
public record FreshResNet(
        @Setting(
                value = "Channels of the first stage; each later one has twice as many at half the size",
                defaultsTo = "16",
                range = "at least 1; 16 or 64 is usual")
        int width,

        @Setting(
                value = "Blocks of each stage: [3, 3, 3] at width 16 is ResNet-20, [2, 2, 2, 2] at 64 ResNet-18",
                defaultsTo = "[3, 3, 3]",
                range = "each at least 1")
        List<Integer> depths,

        @Setting(
                value = "Normalisation of each convolution",
                defaultsTo = "\"batch\"",
                oneOf = {"batch", "instance", "none"})
        Normalization norm)
        implements FreshModel {
    private static final int MOST_STAGES = 8;

    public FreshResNet {
        Checks.ranges(FreshResNet.class, "model.architecture", width, depths);
        depths = List.copyOf(depths);
        if (depths.isEmpty() || depths.size() > MOST_STAGES) {
            throw new ConfigException(
                    "model.architecture.depths", depths, "1 to " + MOST_STAGES + " stages, such as [3, 3, 3]");
        }
    }

    @Override
    public String type() {
        return "resnet";
    }

    @Override
    public boolean needsImages() {
        return true;
    }

    @Override
    public boolean looksAcrossRows() {
        return norm == Normalization.BATCH;
    }

    @Override
    public ObjectNode config(List<Integer> shape) {
        ObjectNode config = Configs.JSON
                .createObjectNode()
                .put("model_type", type())
                .put("num_channels", shape.get(0))
                .put("width", width);
        depths.forEach(config.putArray("depths")::add);
        return config.put("norm", norm.name().toLowerCase(Locale.ROOT));
    }
}
