package org.counterweight.jobs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Attachment;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.recipe.Choice;
import org.counterweight.merge.Accumulation;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * A directory for adapters that PEFT has no type for: {@value #CONFIG} with method and settings as in a recipe, and all that
 * must be saved, by the names of {@link Params#saved}, in {@value #FILE}.
 */
public final class OwnAdapter {
    static final String FILE = "adapter.safetensors";
    private static final String CONFIG = AdapterDirectory.CONFIG;
    private static final String ADAPTER = "adapter";

    private OwnAdapter() {}

    /** Writes the directory, whole or not at all; refuses what is not finite. */
    public static void write(
            Path directory, Choice<Attachment> adapter, String base, Params params, Map<String, String> metadata) {
        try (var scope = Scope.open();
                Staged staged = Staged.output(directory)) {
            var tensors = new LinkedHashMap<String, Tensor>();
            params.saved()
                    .forEach((name, tensor) ->
                            tensors.put(name, finite(directory, name, tensor).detach()));
            ObjectNode config = Configs.JSON.createObjectNode();
            config.put("base_model_name_or_path", base);
            config.set(ADAPTER, adapter.tree());
            Files.writeString(staged.path().resolve(CONFIG), config.toPrettyString() + "\n");
            WeightsWriter.write(staged.path().resolve(FILE), tensors, metadata);
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * The model's parameters with the adapter in effect; its tensors are copies and belong to the open scope.
     *
     * @param params all of the model's weights; those that were trained are replaced
     * @throws WeightsException if a tensor is missing, left over, of another shape or not finite
     */
    static Params attach(Path directory, Model model, Params params) {
        Path file = directory.resolve(FILE);
        Attachment settings = settings(directory.resolve(CONFIG));
        var saved = new LinkedHashMap<String, Tensor>();
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            for (String name : source.tensors().keySet()) {
                Tensor stored = source.tensor(name);
                boolean isOwn = params.weights().containsKey(name);
                saved.put(name, (isOwn ? stored : Accumulation.wide(stored)).clone());
            }
        }
        try {
            return settings.restore(model, params, saved);
        } catch (WeightsException e) { // it knows the tensor, but not the file
            throw new WeightsException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static Tensor finite(Path path, String name, Tensor tensor) {
        if (!tensor.isfinite().all().item_bool()) {
            throw new WeightsException(path, name + " holds NaN or infinite values; train again with a lower train.lr");
        }
        return tensor;
    }

    private static Attachment settings(Path config) {
        try {
            return Objects.requireNonNull(
                            Choice.of(Configs.read(config).path(ADAPTER), config + ": " + ADAPTER, Attachment.class))
                    .settings();
        } catch (IOException e) {
            throw new UncheckedIOException(config + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
