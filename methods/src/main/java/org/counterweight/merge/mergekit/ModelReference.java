package org.counterweight.merge.mergekit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * A model as a configuration names it: a local directory or safetensors file, or a name that {@link ModelPlaces} knows.
 *
 * @param text as it was written
 * @param path where it lies
 */
public record ModelReference(String text, Path path) {
    private static final List<String> KEYS = List.of("model", "lora", "override_architecture");
    private static final List<String> PATH_KEYS = List.of("path", "revision");

    /**
     * @param field its place in the user's file, for messages
     * @throws ConfigException if nothing lies there; the network is never asked
     */
    public static ModelReference of(JsonNode node, ModelPlaces places, String field) {
        if (node instanceof ObjectNode object) {
            return ofMapping(object, places, field);
        }
        if (!node.isString() || node.asString().isBlank()) {
            throw new ConfigException(field, node, "the path of a model's directory");
        }
        return ofText(node.asString(), places, field);
    }

    private static ModelReference ofMapping(ObjectNode object, ModelPlaces places, String field) {
        boolean isPath = object.has("path"); // mergekit also writes a model's path as a mapping
        List<String> known = isPath ? PATH_KEYS : KEYS;
        for (String key : object.propertyNames()) {
            if (!known.contains(key)) {
                throw new ConfigException(Configs.unknown(field + "." + key, key, known));
            }
        }
        if (isPath) {
            return of(pathWithRevision(object), places, field + ".path");
        }
        JsonNode model = object.get("model");
        if (model == null) {
            throw new ConfigException(field + ".model is missing");
        }
        ModelReference base = of(model, places, field + ".model");
        JsonNode lora = object.path("lora");
        if (lora.isMissingNode() || lora.isNull()) {
            return base;
        }
        JsonNode path = lora.isObject() ? lora.path("path") : lora;
        if (!path.isString() || path.asString().isBlank()) {
            throw new ConfigException(field + ".lora", lora, "the path of an adapter's directory");
        }
        return base.with(path.asString(), places, field + ".lora");
    }

    private static ModelReference ofText(String text, ModelPlaces places, String field) {
        Path whole = places.resolve(text);
        if (Files.exists(whole)) {
            return new ModelReference(text, whole);
        }
        Optional<Path> named = places.find(text, field);
        if (named.isPresent()) {
            return new ModelReference(text, named.get());
        }
        int plus = text.indexOf('+');
        if (plus > 0) {
            String base = text.substring(0, plus).strip();
            Optional<Path> model =
                    Files.exists(places.resolve(base)) ? Optional.of(places.resolve(base)) : places.find(base, field);
            if (model.isPresent()) {
                return new ModelReference(base, model.get())
                        .with(text.substring(plus + 1).strip(), places, field);
            }
        }
        int at = text.lastIndexOf('@');
        if (at > 0 && Files.exists(places.resolve(text.substring(0, at)))) {
            throw new ConfigException(field + ": \"" + text + "\" asks for a revision, but " + text.substring(0, at)
                    + " is a local directory, which has none; leave out the part from @ on");
        }
        throw new ConfigException(field + ": \"" + text
                + "\" is no local directory or safetensors file, nor a name of cw data or in Hugging Face's"
                + " cache here; download it and give its path");
    }

    private static JsonNode pathWithRevision(ObjectNode object) {
        JsonNode path = object.path("path");
        return object.hasNonNull("revision")
                ? StringNode.valueOf(
                        path.asString("") + "@" + object.path("revision").asString(""))
                : path;
    }

    /** The same model with an adapter computed into it. */
    private ModelReference with(String lora, ModelPlaces places, String field) {
        Path local = places.resolve(lora);
        Path adapter =
                Files.isDirectory(local) ? local : places.find(lora, field).orElse(local);
        if (!Files.isDirectory(adapter)) {
            throw new ConfigException(
                    field + ": \"" + lora + "\" is no local directory; download the adapter and give its path");
        }
        return new ModelReference(text + "+" + lora, places.folding().fold(path, adapter, field));
    }
}
