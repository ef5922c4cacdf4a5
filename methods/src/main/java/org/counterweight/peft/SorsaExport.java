package org.counterweight.peft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Residual;
import org.counterweight.adapt.SorsaConfig;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model with SORSA as the method's official package saves it: all weights under {@code model.}, those of adapted modules
 * as what the triplets leave of them, with {@code sorsa_A}, {@code sorsa_S} and {@code sorsa_B} beside them; and a
 * {@code config.json} of type {@code sorsa}.
 */
public final class SorsaExport {
    private SorsaExport() {}

    /**
     * Refuses an adapter of another kind.
     *
     * @throws ConfigException with what to do instead
     */
    public static void check(AdapterConfig settings) {
        if (!(settings instanceof SorsaConfig)) {
            throw new ConfigException("the format of SORSA's package holds sorsa alone; take another format");
        }
    }

    /**
     * Writes the directory, whole or not at all.
     *
     * @param params of the whole model
     * @param base what to say of the base model
     * @param metadata remarks of the weights file: the ledger
     * @throws WeightsException if a tensor is not finite; nothing is written then
     */
    public static void write(
            Path directory, SorsaConfig settings, Params params, String base, Map<String, String> metadata) {
        ObjectNode config = Configs.JSON.createObjectNode();
        config.put("model_type", "sorsa");
        config.put("base_model_name_or_path", base);
        config.put("rank", settings.r());
        config.put("alpha", settings.alpha() == null ? settings.r() : settings.alpha());
        config.put("dropout", settings.dropout());
        var targets = config.putArray("target_modules");
        settings.targets().forEach(targets::add);
        try (var scope = Scope.open();
                Staged staged = Staged.directory(directory)) {
            var tensors = new LinkedHashMap<String, Tensor>();
            params.weights().forEach((name, tensor) -> put(tensors, name, tensor));
            params.parametrizations().forEach((weight, adapter) -> put(tensors, weight, adapter));
            Files.writeString(staged.path().resolve("config.json"), config.toPrettyString() + "\n");
            WeightsWriter.write(staged.path().resolve("model.safetensors"), tensors, metadata);
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private static void put(Map<String, Tensor> tensors, String weight, Parametrization adapter) {
        if (!(adapter instanceof Residual residual)) {
            throw new ConfigException(
                    weight + ": is stored transposed, for which SORSA's package has no form; take another format");
        }
        put(tensors, weight, residual.rest());
        String module = weight.substring(0, weight.length() - "weight".length());
        residual.inner().tensors().forEach((part, tensor) -> put(tensors, module + part, tensor));
    }

    private static void put(Map<String, Tensor> tensors, String name, Tensor tensor) {
        if (!tensor.isfinite().all().item_bool()) {
            throw new WeightsException(name + ": holds NaN or infinite values; the adapter was not written");
        }
        tensors.put("model." + name, tensor.detach().contiguous());
    }
}
