package org.counterweight.data.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How pictures become what a model was trained on: of which shape, values from 0 to 1. It lies beside the model as
 * {@value #FILE}, in Hugging Face's words; {@code num_channels} is one of ours.
 */
public record ImageForm(ImageSet.Shape shape) {
    public static final String FILE = "preprocessor_config.json";

    private static final double BYTE = 1.0 / 255;

    /** What is written beside the model. */
    public ObjectNode json() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("do_resize", true);
        json.putObject("size").put("height", shape.height()).put("width", shape.width());
        json.put("num_channels", shape.channels());
        json.put("do_convert_rgb", shape.channels() == 3);
        json.put("do_rescale", true).put("rescale_factor", BYTE);
        return json.put("do_normalize", false);
    }

    /**
     * What lies beside a model; null if nothing does.
     *
     * @throws ConfigException if it says no size, or asks for what is not done here
     */
    public static @Nullable ImageForm beside(Path model) {
        Path file = model.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            return read(file, Configs.read(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static ImageForm read(Path file, ObjectNode json) {
        if (json.path("do_normalize").asBoolean(false)) {
            throw new ConfigException(file + ": do_normalize: true is not done here, values go from 0 to 1;"
                    + " take a model that was trained here");
        }
        int channels = count(file, "num_channels", json.path("num_channels"));
        if (channels != 1 && channels != 3) {
            throw new ConfigException(file + ": num_channels", channels, "1 for grey, or 3 for colour");
        }
        return new ImageForm(new ImageSet.Shape(
                channels,
                count(file, "size.height", json.path("size").path("height")),
                count(file, "size.width", json.path("size").path("width"))));
    }

    private static int count(Path file, String key, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < 1) {
            throw new ConfigException(file + ": " + key, value, "an integer of at least 1");
        }
        return value.asInt();
    }
}
