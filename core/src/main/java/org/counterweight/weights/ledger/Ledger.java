package org.counterweight.weights.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was done to which input: every file we write carries it in its metadata, under {@value #KEY}, as one JSON text.
 *
 * @param madeBy program and version
 * @param method the method's name, such as {@code model_stock}
 * @param config the method's settings
 * @param inputs what was read
 * @param seed of the random draws; null if there were none
 * @param threads that the work ran on; null if it does not matter to the numbers
 * @param versions of what the numbers depend on: {@code java}, {@code libtorch}
 * @param marks warnings that inputs carry, which everything that is made of them carries too: {@link Marks}
 */
public record Ledger(
        String madeBy,
        String method,
        ObjectNode config,
        List<Input> inputs,
        @Nullable Long seed,
        @Nullable Integer threads,
        Map<String, String> versions,
        Map<String, String> marks) {
    /** The key in a file's metadata. */
    public static final String KEY = "counterweight";

    private static final String UNKNOWN_DIGEST = "0".repeat(64);

    /**
     * Something that was read.
     *
     * @param name its path, as the user gave it
     * @param sha256 as {@link Digest#sha256(List)}
     */
    public record Input(String name, String sha256) {
        /** An input whose digest is not known yet, as long as one that is. */
        public static Input pending(String name) {
            return new Input(name, UNKNOWN_DIGEST);
        }
    }

    /**
     * What came of looking at one input again.
     *
     * @param found the digest of what lies there now; empty if it can no longer be read, null if nothing lies there
     */
    public record Check(Input input, @Nullable String found) {
        public boolean agrees() {
            return input.sha256().equals(found);
        }
    }

    public Ledger {
        config = config.deepCopy();
        inputs = List.copyOf(inputs);
        versions = Map.copyOf(versions);
        marks = Map.copyOf(marks);
    }

    /** A ledger of work done here and now. */
    public static Ledger of(
            String method, ObjectNode config, List<Input> inputs, @Nullable Long seed, @Nullable Integer threads) {
        return of(method, config, inputs, seed, threads, Marks.of(inputs));
    }

    /** The same of inputs that are open already: {@code marks} are what their files warn of, see {@link Marks#in}. */
    public static Ledger of(
            String method,
            ObjectNode config,
            List<Input> inputs,
            @Nullable Long seed,
            @Nullable Integer threads,
            Map<String, String> marks) {
        var versions = new LinkedHashMap<String, String>();
        versions.put("java", Runtime.version().toString());
        versions.put("libtorch", Engine.version());
        String own = Ledger.class.getPackage().getImplementationVersion(); // from the jar's manifest
        return new Ledger(
                "counterweight" + (own == null ? "" : " " + own),
                method,
                config,
                inputs,
                seed,
                threads,
                versions,
                marks);
    }

    /** The same with other inputs: for digests that were not known at first. */
    public Ledger withInputs(List<Input> known) {
        return new Ledger(madeBy, method, config, known, seed, threads, versions, marks);
    }

    /** The metadata of a file that carries this ledger. */
    public Map<String, String> metadata() {
        var metadata = new LinkedHashMap<>(marks);
        metadata.put(KEY, toJson());
        return metadata;
    }

    public String toJson() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("made_by", madeBy);
        json.put("method", method);
        json.set("config", config);
        ArrayNode list = json.putArray("inputs");
        for (Input input : inputs) {
            list.addObject().put("name", input.name()).put("sha256", input.sha256());
        }
        if (seed != null) {
            json.put("seed", seed);
        }
        if (threads != null) {
            json.put("threads", threads);
        }
        ObjectNode told = json.putObject("versions");
        versions.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> told.put(entry.getKey(), entry.getValue()));
        return json.toString();
    }

    /**
     * The ledger in a file's metadata, if it carries one.
     *
     * @throws WeightsException if what stands there is no ledger
     */
    public static Optional<Ledger> in(Map<String, String> metadata) {
        String text = metadata.get(KEY);
        if (text == null) {
            return Optional.empty();
        }
        try {
            ObjectNode json = Configs.json(text, "ledger");
            var inputs = new ArrayList<Input>();
            for (JsonNode input : json.path("inputs")) {
                inputs.add(new Input(text(input, "name"), text(input, "sha256")));
            }
            var versions = new LinkedHashMap<String, String>();
            json.path("versions")
                    .properties()
                    .forEach(entry ->
                            versions.put(entry.getKey(), entry.getValue().asString("")));
            return Optional.of(new Ledger(
                    text(json, "made_by"),
                    text(json, "method"),
                    json.get("config") instanceof ObjectNode config ? config : Configs.JSON.createObjectNode(),
                    inputs,
                    json.path("seed").canConvertToLong() ? json.path("seed").asLong() : null,
                    json.path("threads").canConvertToInt()
                            ? json.path("threads").asInt()
                            : null,
                    versions,
                    Marks.in(metadata)));
        } catch (ConfigException e) {
            throw new WeightsException("the ledger under " + KEY + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String text(JsonNode node, String key) {
        if (!node.path(key).isString()) {
            throw new ConfigException("ledger." + key + " is no text");
        }
        return node.path(key).asString();
    }

    /**
     * Looks at every input again, where it can be found.
     *
     * @param where the file or directory of an input's name, whether there is one or not
     */
    public List<Check> verify(Function<String, Path> where) {
        var checks = new ArrayList<Check>();
        for (Input input : inputs) {
            Path path = where.apply(input.name());
            checks.add(new Check(input, Files.exists(path) ? digestOfWhatIsLeft(path) : null));
        }
        return checks;
    }

    private static String digestOfWhatIsLeft(Path path) {
        try {
            return digest(path);
        } catch (WeightsException e) {
            return ""; // a model that has lost a file, or is cut short
        }
    }

    /** The digest of a model's directory, of one with pictures, or of any single file. */
    public static String digest(Path path) {
        if (!Files.isDirectory(path)) {
            return Digest.sha256(path);
        }
        if (!ModelDirectory.isNamedLikeOne(path)) {
            return Digest.ofTree(path);
        }
        try (ModelDirectory model = ModelDirectory.open(path)) {
            return Digest.sha256(model.files());
        }
    }
}
