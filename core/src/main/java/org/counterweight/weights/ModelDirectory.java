package org.counterweight.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.PythonJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model as Hugging Face lays it out: {@code config.json}, the weights in {@code model.safetensors} or in shards that
 * {@code model.safetensors.index.json} lists, and the tokenizer's files. A single safetensors file counts as a model
 * without config. Weights are memory-mapped; nothing but headers is read at first.
 *
 * <p>Any number of threads may take tensors, each in a scope of its own.
 */
public final class ModelDirectory implements WeightsSource {
    static final String SINGLE = "model.safetensors";
    private static final String CONFIG = "config.json";

    /** The file that lists the shards of a model's weights. */
    public static final String INDEX = "model.safetensors.index.json";

    private static final String ADAPTER = "adapter_config.json";

    /** What lies beside the weights and says how a model's inputs are read, or how it continues texts. */
    private static final List<String> COMPANIONS = List.of(
            "tokenizer.json",
            "tokenizer.model",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "added_tokens.json",
            "merges.txt",
            "vocab.json",
            "vocab.txt",
            "spm.model",
            "spiece.model",
            "sentencepiece.bpe.model",
            "chat_template.jinja",
            "chat_template.json",
            "generation_config.json",
            "preprocessor_config.json",
            "processor_config.json",
            "table_config.json",
            "prompt.json");

    private final Path path;
    private final @Nullable ObjectNode config;
    private final List<SafetensorsFile> files;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, SafetensorsFile> homes = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    private ModelDirectory(Path path, @Nullable ObjectNode config, List<SafetensorsFile> files) {
        this.path = path;
        this.config = config;
        this.files = List.copyOf(files);
        for (SafetensorsFile file : files) {
            metadata.putAll(file.metadata());
            file.tensors().forEach((name, info) -> {
                tensors.put(name, info);
                homes.put(name, file);
            });
        }
    }

    /**
     * Opens a model's directory, or a single safetensors file.
     *
     * @throws WeightsException if there are no weights, or they break a rule of the format or of the index
     */
    public static ModelDirectory open(Path path) {
        return open(path, SafetensorsFile::open);
    }

    /** The same, with all weights {@linkplain SafetensorsFile#load read into memory}: for network disks. */
    public static ModelDirectory load(Path path) {
        return open(path, SafetensorsFile::load);
    }

    /** A model's directory of which the weights are of no account, if there are any: for one that starts from random weights. */
    public static ModelDirectory withoutWeights(Path path) {
        return new ModelDirectory(path, json(path.resolve(CONFIG)), List.of());
    }

    /** Whether a directory has one of the files by which a model is known, its weights or {@code config.json}. */
    public static boolean isNamedLikeOne(Path directory) {
        return Stream.of("config.json", SINGLE, INDEX).anyMatch(name -> Files.exists(directory.resolve(name)));
    }

    private static ModelDirectory open(Path path, Function<Path, SafetensorsFile> opener) {
        if (!Files.exists(path)) {
            throw new WeightsException(path, "there is no such file or directory");
        }
        if (!Files.isDirectory(path)) {
            return new ModelDirectory(path, null, List.of(opener.apply(path)));
        }
        ObjectNode config = json(path.resolve(CONFIG));
        var opened = new ArrayList<SafetensorsFile>();
        try {
            ObjectNode index = json(path.resolve(INDEX));
            if (index != null) { // the index wins where both exist, as in mergekit; transformers takes the single file
                Shards.open(path.resolve(INDEX), index, opener, opened);
            } else if (Files.exists(path.resolve(SINGLE))) {
                opened.add(opener.apply(path.resolve(SINGLE)));
            } else {
                throw noWeights(path);
            }
            return new ModelDirectory(path, config, opened);
        } catch (RuntimeException e) {
            opened.forEach(SafetensorsFile::close);
            throw e;
        }
    }

    /**
     * Writes config and weights into a directory, which is in the making as a rule ({@link Staged}); made if it is not there.
     *
     * @param config what it says about the type of its weights is corrected
     * @param weights what trains among them is written as it is now
     * @param metadata remarks of the weights file: the ledger
     */
    public static void write(
            Path directory, ObjectNode config, Map<String, Tensor> weights, Map<String, String> metadata)
            throws IOException {
        var detached = new LinkedHashMap<>(weights);
        detached.replaceAll((name, tensor) -> tensor.detach());
        ObjectNode said = config.deepCopy();
        StoredType.say(said, detached.values());
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(CONFIG), PythonJson.text(said));
        WeightsWriter.write(directory.resolve(SINGLE), detached, metadata);
    }

    private static @Nullable ObjectNode json(Path file) {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            return Configs.read(file);
        } catch (ConfigException e) {
            throw new WeightsException(file, "is no JSON object (" + e.getMessage() + ")", e);
        } catch (IOException e) {
            throw new WeightsException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static WeightsException noWeights(Path path) {
        if (Files.exists(path.resolve(Pickles.SHARDS))) {
            return Pickles.refusalOfShards(path.resolve(Pickles.SHARDS));
        }
        try (Stream<Path> entries = Files.list(path)) {
            List<Path> found = entries.sorted().toList();
            for (Path file : found) {
                if (Pickles.isNamedLikeOne(file)) {
                    return Pickles.refusal(file);
                }
                if (String.valueOf(file.getFileName()).endsWith(".gguf")) {
                    return SafetensorsHeader.refusalOfGguf(file);
                }
            }
            if (Files.exists(path.resolve(ADAPTER))) {
                return new WeightsException(
                        path,
                        "is an adapter and no model: " + ADAPTER
                                + " lies there; compute it into its model (cw merge-adapter"
                                + " MODEL " + path.getFileName() + " OUT), or name both in a merge file, as MODEL+"
                                + path.getFileName());
            }
            return new WeightsException(
                    path,
                    "has neither " + SINGLE + " nor " + INDEX + "; it holds "
                            + (found.isEmpty()
                                    ? "nothing"
                                    : String.join(
                                            ", ",
                                            found.stream()
                                                    .limit(12)
                                                    .map(file -> String.valueOf(file.getFileName()))
                                                    .toList())));
        } catch (IOException e) {
            return new WeightsException(path, "cannot be listed: " + e.getMessage(), e);
        }
    }

    /** The directory, or the single file. */
    public Path path() {
        return path;
    }

    /** The files with weights, in the order of the index. */
    public List<Path> files() {
        return files.stream().map(SafetensorsFile::path).toList();
    }

    /**
     * {@code config.json} as a tree of its own, which the caller may change.
     *
     * @throws WeightsException if there is none
     */
    public ObjectNode config() {
        if (config == null) {
            throw new WeightsException(path, "has no config.json; copy the model's there");
        }
        return config.deepCopy();
    }

    public boolean hasConfig() {
        return config != null;
    }

    /** The files of tokenizer, generation and the like that lie beside the weights. */
    public List<Path> companions() {
        return companions(path);
    }

    /** The files of tokenizer and generation in a directory, which may be an adapter's too; none of a single file. */
    public static List<Path> companions(Path directory) {
        return COMPANIONS.stream()
                .map(directory::resolve)
                .filter(Files::isRegularFile)
                .toList();
    }

    /** Copies {@link #companions} into {@code directory}, which exists. */
    public void copyCompanions(Path directory) {
        copy(companions(), directory);
    }

    /** Copies files into {@code directory}, which exists, under their own names. */
    public static void copy(List<Path> files, Path directory) {
        for (Path file : files) {
            Path copy = directory.resolve(String.valueOf(file.getFileName()));
            try {
                Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                throw new UncheckedIOException(copy + ": cannot be written: " + e.getMessage(), e);
            }
        }
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** The remarks of all files together; where two disagree, those of the last. */
    @Override
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    @Override
    public Tensor tensor(String name) {
        return home(name).tensor(name);
    }

    /** Reads bytes of a tensor as they are stored; see {@link SafetensorsFile#read}. */
    public void read(String name, long offset, ByteBuffer into) {
        home(name).read(name, offset, into);
    }

    /** The file that holds the tensor of that name. */
    public Path file(String name) {
        return home(name).path();
    }

    private SafetensorsFile home(String name) {
        SafetensorsFile home = homes.get(name);
        if (home == null) {
            throw new WeightsException(path, "has no tensor " + name);
        }
        return home;
    }

    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
