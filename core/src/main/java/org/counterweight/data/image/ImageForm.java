package org.counterweight.data.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * How pictures become what a model was trained on. It lies beside the model as {@value #FILE}, in Hugging Face's words;
 * {@code num_channels} is one of ours. Models that began here see whole pictures, drawn on white, as values from 0 to 1;
 * those of transformers see them as their image processors make them ({@link Processor}).
 *
 * @param shape of what the model sees
 * @param processor what becomes of a picture before; null for one of ours
 */
public record ImageForm(ImageSet.Shape shape, @Nullable Processor processor) {
    public static final String FILE = "preprocessor_config.json";

    /** Where transformers 5 keeps what concerns images beside what concerns texts. */
    private static final String BOTH = "processor_config.json";

    private static final double BYTE = 1.0 / 255;

    /** Of whole pictures. */
    public ImageForm(ImageSet.Shape shape) {
        this(shape, null);
    }

    /** Whether it is one of ours, which is written anew; others are copied. */
    public boolean isOwn() {
        return processor == null;
    }

    /** What numbers the bytes of what the model sees become. */
    PixelValues values() {
        return processor == null ? PixelValues.upTo(1 / BYTE) : processor.values();
    }

    /** What is written beside a model that began here. */
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
        ObjectNode both = read(model.resolve(BOTH));
        if (both != null && both.get("image_processor") instanceof ObjectNode nested) {
            return new ProcessorConfig(model.resolve(BOTH) + ": image_processor", nested).form();
        }
        Path file = model.resolve(FILE);
        ObjectNode json = read(file);
        if (json == null) {
            return null;
        }
        var config = new ProcessorConfig(file.toString(), json);
        return config.isOwn() ? config.ownForm() : config.form();
    }

    /**
     * What lies beside a model that sees images.
     *
     * @throws ConfigException if nothing does, or as {@link #beside}
     */
    public static ImageForm of(Path model) {
        ImageForm form = beside(model);
        if (form == null) {
            throw new ConfigException(model + ": has no " + FILE
                    + ", which says of what size its images are; copy it from where the model was trained");
        }
        return form;
    }

    private static @Nullable ObjectNode read(Path file) {
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            return Configs.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
