package org.counterweight.jobs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.PythonJson;
import org.counterweight.engine.Scope;
import org.counterweight.model.Params;
import org.counterweight.reparametrize.files.LatentForm;
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
        try (var scope = Scope.open()) {
            write(directory, params.materialized(), metadata);
        }
    }

    /**
     * Writes the directory with weights by what they are made of, whole or not at all: for training on, and for PyTorch.
     *
     * @param latent how they stand there
     */
    public void write(Path directory, LatentForm latent) {
        try (var scope = Scope.open()) {
            var remarks = new LinkedHashMap<>(metadata);
            remarks.putAll(latent.remarks());
            write(directory, latent.tensors(params), remarks);
        }
    }

    private void write(Path directory, Map<String, Tensor> weights, Map<String, String> remarks) {
        try (Staged staged = Staged.output(directory)) {
            into(staged.path(), weights, remarks);
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
            into(staged, params.materialized(), metadata);
        }
    }

    private void into(Path staged, Map<String, Tensor> weights, Map<String, String> remarks) throws IOException {
        ModelDirectory.write(staged, config, weights, remarks);
        ModelDirectory.copy(companions, staged);
        for (var file : beside.entrySet()) {
            Files.writeString(staged.resolve(file.getKey()), PythonJson.text(file.getValue()));
        }
    }
}
