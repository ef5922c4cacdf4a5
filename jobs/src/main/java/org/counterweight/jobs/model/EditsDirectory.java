package org.counterweight.jobs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.edit.EditTask;
import org.counterweight.edit.Editor;
import org.counterweight.edit.GraceTap;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.ledger.Digest;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;

/** Where {@code cw edit} keeps a codebook, and how it is put on a model. */
public record EditsDirectory(Path path, CodebookFile codebook) {
    /** The file in it. */
    public static final String FILE = "codebook.safetensors";

    /** @throws WeightsException if it has no codebook, or a damaged one */
    public static EditsDirectory open(Path path) {
        Path file = path.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new WeightsException(
                    path, "has no " + FILE + "; name the directory that cw edit wrote with --output");
        }
        return new EditsDirectory(path, CodebookFile.read(file));
    }

    /** The SHA-256 by which a codebook knows its model: the weights', and behind a + those of the adapter on it. */
    public static String digest(Path model, @Nullable Path adapter) {
        String weights = Ledger.digest(model);
        return adapter == null ? weights : weights + "+" + digestOfAdapter(adapter);
    }

    private static String digestOfAdapter(Path adapter) {
        try (Stream<Path> files = Files.list(adapter)) {
            List<Path> weights = files.filter(file -> file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
            return Digest.sha256(weights);
        } catch (IOException e) {
            throw new UncheckedIOException(adapter + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The model with the edits in effect.
     *
     * @param model its directory
     * @param adapter what lies on it, or null
     * @param served told which edits answer
     * @throws org.counterweight.config.ConfigException if the codebook was made for another model
     */
    public Params on(Path model, @Nullable Path adapter, Model architecture, Params params, GraceTap.Served served) {
        codebook.checkBase(path.toString(), digest(model, adapter));
        return new Editor(architecture, frozen(params), codebook.config(), EditTask.CLASSES)
                .edited(codebook.state().book(), served);
    }

    /** The same with nothing that training would move. */
    public static Params frozen(Params params) {
        var detached = new LinkedHashMap<String, Tensor>(params.trainables());
        detached.replaceAll((name, tensor) -> tensor.detach());
        return params.withTrainables(detached);
    }
}
