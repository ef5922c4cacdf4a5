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
            if (object.hasNonNull("lora")) {
                JsonNode lora = object.path("lora");
                throw adapter(field, lora.isString() ? lora.asString() : lora.toString());
            }
            JsonNode model = object.get("model");
            if (model == null) {
                throw new ConfigException(field + ".model is missing");
            }
            return of(model, places, field + ".model");
        }
        if (!node.isString() || node.asString().isBlank()) {
            throw new ConfigException(field, node, "the path of a model's directory");
        }
        String text = node.asString();
        Path whole = places.resolve(text);
        if (Files.exists(whole)) {
            return new ModelReference(text, whole);
        }
        Optional<Path> named = places.find(text, field);
        if (named.isPresent()) {
            return new ModelReference(text, named.get());
        }
        int plus = text.indexOf('+');
        if (plus > 0 && Files.exists(places.resolve(text.substring(0, plus)))) {
            throw adapter(field, text.substring(plus + 1));
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

    private static ConfigException adapter(String field, String lora) {
        return new ConfigException(field + ": the adapter \"" + lora
                + "\" must be folded into its model first (cw merge-adapter), then name the result here");
    }
}
