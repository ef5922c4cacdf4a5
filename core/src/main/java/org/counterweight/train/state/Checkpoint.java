package org.counterweight.train.state;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything that a run needs to go on as if it had not been broken off: one safetensors file, written beside its name and
 * renamed when whole.
 *
 * @param config the run's settings, as a tree
 * @param step steps taken, for readers: the run goes by its own tensor
 * @param tensors weights that moved, and memories, by {@code owner/name}
 */
public record Checkpoint(ObjectNode config, long step, Map<String, Tensor> tensors) {
    private static final String KEY = "counterweight_checkpoint";

    public void write(Path file) {
        ObjectNode state = Configs.JSON.createObjectNode();
        state.put("step", step);
        state.set("config", config);
        WeightsWriter.write(file, tensors, Map.of(KEY, state.toString()));
    }

    /** Reads a checkpoint; its tensors belong to the open scope. */
    public static Checkpoint read(Path file) {
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            String text = source.metadata().get(KEY);
            if (text == null) {
                throw new WeightsException(file, "is no checkpoint of a training run; start without --resume");
            }
            ObjectNode state = Configs.json(text, file.toString());
            var tensors = new LinkedHashMap<String, Tensor>();
            source.tensors()
                    .keySet()
                    .forEach(name -> tensors.put(name, source.tensor(name).clone()));
            return new Checkpoint(
                    (ObjectNode) state.required("config"),
                    state.required("step").asLong(),
                    tensors);
        }
    }

    /** The tensors of one owner, without the owner in their names. */
    public static Map<String, Tensor> of(Map<String, Tensor> tensors, String owner) {
        var own = new LinkedHashMap<String, Tensor>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(owner + "/")) {
                own.put(name.substring(owner.length() + 1), tensor);
            }
        });
        return own;
    }
}
