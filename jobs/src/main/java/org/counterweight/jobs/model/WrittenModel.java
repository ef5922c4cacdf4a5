package org.counterweight.jobs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.counterweight.engine.Scope;
import org.counterweight.model.Params;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Staged;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model's directory as it is to be written: every parametrization computed once, beside the weights what says how inputs
 * are read.
 *
 * @param config the model's {@code config.json}; its type of weights is corrected
 * @param companions files to be copied: the tokenizer's
 * @param beside files to be written, by name, in place of copies of that name
 * @param metadata remarks of the weights file: the ledger
 */
public record WrittenModel(
        ObjectNode config,
        List<Path> companions,
        Map<String, ObjectNode> beside,
        Params params,
        Map<String, String> metadata) {
    /**
     * Writes the directory, whole or not at all.
     *
     * @throws org.counterweight.weights.WeightsException if a weight would not be finite
     */
    public void write(Path directory) {
        try (var scope = Scope.open();
                Staged staged = Staged.output(directory)) {
            ModelDirectory.write(staged.path(), config, params.materialized(), metadata);
            ModelDirectory.copy(companions, staged.path());
            for (var file : beside.entrySet()) {
                Files.writeString(
                        staged.path().resolve(file.getKey()), file.getValue().toPrettyString() + "\n");
            }
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
