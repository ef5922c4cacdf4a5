package org.counterweight.formats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.Attachment;
import org.counterweight.config.Configs;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.weights.TensorInfo;
import tools.jackson.databind.node.ObjectNode;

/** A form of directory in which an adapter is kept: other people's, and one of our own. Stateless. */
public interface Format {
    /** Where most forms have their settings. */
    String CONFIG = "adapter_config.json";

    /** Whether a directory has this form, by its names and settings alone. */
    boolean isAt(Path directory);

    /** The file with the adapter's settings. */
    default Path settings(Path directory) {
        return directory.resolve(CONFIG);
    }

    /** What holds its tensors: a file, or the directory where the form is a whole model. */
    Path weights(Path directory);

    /** The key of the settings that says what the base model was. */
    default String baseKey() {
        return "base_model_name_or_path";
    }

    /** The {@code config.json} of the model with its head, where it was written along. */
    default Optional<ObjectNode> modelConfig(Path directory) {
        Path file = directory.resolve("config.json");
        return Files.exists(file) ? Optional.of(config(file)) : Optional.empty();
    }

    /**
     * Refuses an adapter that this form cannot hold, by its settings.
     *
     * @throws org.counterweight.config.ConfigException with the reason
     */
    void check(Attachment settings);

    /**
     * Refuses modules that such an adapter cannot stand at in this form.
     *
     * @param settings that {@link #check(Attachment)} let pass
     * @param modules that the adapter stands at
     * @throws org.counterweight.config.ConfigException with the reason
     */
    default void check(Attachment settings, Model model, List<String> modules) {}

    /**
     * Writes the directory, whole or not at all.
     *
     * @throws org.counterweight.config.ConfigException if the form cannot hold such an adapter
     * @throws org.counterweight.weights.WeightsException if a tensor is not finite
     */
    void write(Path directory, TrainedAdapter adapter);

    /**
     * The model's parameters with the adapter in effect. The adapter's tensors are copies and belong to the open scope.
     *
     * @param config the model's {@code config.json}
     * @param base all of the model's weights, in the types in which they are stored
     * @throws org.counterweight.config.ConfigException if the settings ask for what is not supported; it names the key
     * @throws org.counterweight.weights.WeightsException if a tensor is missing, left over, of another shape or not finite
     */
    AttachedAdapter read(Path directory, Model model, ObjectNode config, Params base);

    /**
     * What is known of the adapter, a few words a line.
     *
     * @param tensors of {@link #weights}
     */
    Summary summary(ObjectNode settings, Collection<TensorInfo> tensors);

    /** A file of settings as it lies there. */
    static ObjectNode config(Path file) {
        try {
            return Configs.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The parameters as they are computed with; tensors that have that type already, or hold no fractions, are the same. */
    static Params inFloat32(Params params) {
        var floats = new LinkedHashMap<String, Tensor>(params.weights());
        floats.replaceAll((name, tensor) -> tensor.is_floating_point() ? tensor.to(ScalarType.Float) : tensor);
        return params.replacing(floats);
    }
}
