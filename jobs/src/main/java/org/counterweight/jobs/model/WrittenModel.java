package org.counterweight.jobs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.model.Params;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model's directory as it is to be written: every parametrization computed once, the tokenizer's files beside the weights.
 *
 * @param config the model's {@code config.json}; its type of weights is corrected
 * @param origin where the tokenizer's files lie
 * @param metadata remarks of the weights file: the ledger
 */
public record WrittenModel(ObjectNode config, ModelDirectory origin, Params params, Map<String, String> metadata) {
    /**
     * Writes the directory, whole or not at all.
     *
     * @throws org.counterweight.weights.WeightsException if a weight would not be finite
     */
    public void write(Path directory) {
        try (Staged staged = Staged.output(directory)) {
            into(staged.path());
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /**
     * Writes the files into a directory that becomes visible with others beside them.
     *
     * @throws org.counterweight.weights.WeightsException as {@link #write}
     */
    public void into(Path staged) throws IOException {
        try (var scope = Scope.open()) {
            Map<String, Tensor> weights = params.materialized();
            ObjectNode said = config.deepCopy();
            StoredType.say(said, weights.values());
            Files.writeString(staged.resolve("config.json"), said.toPrettyString() + "\n");
            origin.copyCompanions(staged);
            WeightsWriter.write(staged.resolve("model.safetensors"), weights, metadata);
        }
    }
}
