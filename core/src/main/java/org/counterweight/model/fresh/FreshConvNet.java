package org.counterweight.model.fresh;

import java.util.List;
import java.util.Locale;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Setting;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.zoo.image.ConvNet;
import tools.jackson.databind.node.ObjectNode;

/** Sizes of a {@link ConvNet}, of square images. */
public record FreshConvNet(
        @Setting(value = "Channels of every block", defaultsTo = "64", range = "at least 1; 64 to 128 is usual")
        int width,

        @Setting(value = "Blocks, each of which halves the image", defaultsTo = "3", range = "at least 1; 3 is usual")
        int depth,

        @Setting(
                value = "Normalisation of each block",
                defaultsTo = "\"batch\"",
                oneOf = {"batch", "instance", "none"})
        Normalization norm)
        implements FreshModel {
    public FreshConvNet {
        Checks.ranges(FreshConvNet.class, "model.architecture", width, depth);
    }

    @Override
    public String type() {
        return "convnet";
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
        int height = shape.get(1);
        if (height != shape.get(2)) {
            throw new ConfigException("model.architecture: a convnet takes square images, and these are " + height
                    + " high and " + shape.get(2) + " wide; take resnet or mlp");
        }
        int blocks = ConvNet.mostBlocks(shape.get(0), height);
        if (depth > blocks) {
            throw new ConfigException(
                    "model.architecture.depth", depth, "at most " + blocks + ": each block halves images of " + height);
        }
        return Configs.JSON
                .createObjectNode()
                .put("model_type", type())
                .put("num_channels", shape.get(0))
                .put("image_size", height)
                .put("width", width)
                .put("depth", depth)
                .put("norm", norm.name().toLowerCase(Locale.ROOT));
    }
}
