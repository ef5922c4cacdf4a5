package org.counterweight.data.text.chat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Where a model keeps its chat template: in {@code chat_template.jinja}, which comes first; in {@code tokenizer_config.json}, as
 * one or as several with names; or in the older {@code chat_template.json}.
 */
record ChatFiles(Path directory, JsonNode settings, JsonNode specialTokens) {
    private static final String PLAIN = "chat_template.jinja";
    private static final String KEY = "chat_template";
    private static final String SETTINGS = "tokenizer_config.json";

    /** A template, and the file that has it. */
    record Source(Path origin, String text) {}

    static ChatFiles of(Path directory) {
        return new ChatFiles(
                directory, json(directory.resolve(SETTINGS)), json(directory.resolve("special_tokens_map.json")));
    }

    /** @throws DataException if there is no template */
    Source template(boolean withTools) {
        Path ofTools = directory.resolve("additional_chat_templates").resolve("tool_use.jinja");
        if (withTools && Files.exists(ofTools)) {
            return new Source(ofTools, text(ofTools));
        }
        Path plain = directory.resolve(PLAIN);
        if (Files.exists(plain)) {
            return new Source(plain, text(plain));
        }
        for (String name : new String[] {SETTINGS, "chat_template.json"}) {
            Path file = directory.resolve(name);
            String found = chosen(json(file).path(KEY), withTools);
            if (found != null) {
                return new Source(file, found);
            }
        }
        throw new DataException(directory + ": has no chat template (" + PLAIN + ", or chat_template in " + SETTINGS
                + "); a model without one goes on with texts: leave --chat out");
    }

    private static @Nullable String chosen(JsonNode stated, boolean withTools) {
        if (stated.isString()) {
            return stated.asString();
        }
        var named = new HashMap<String, String>();
        stated.forEach(each ->
                named.put(each.path("name").asString(""), each.path("template").asString("")));
        String ofTools = withTools ? named.get("tool_use") : null;
        return ofTools == null ? named.get("default") : ofTools;
    }

    /** The special tokens by their role, such as {@code bos_token}. */
    Map<String, String> specials() {
        var specials = new HashMap<String, String>();
        for (JsonNode file : new JsonNode[] {specialTokens, settings}) {
            file.properties().forEach(entry -> {
                JsonNode token = entry.getValue();
                String text = token.isString()
                        ? token.asString()
                        : token.path("content").asString("");
                if (entry.getKey().endsWith("_token") && !text.isEmpty()) {
                    specials.put(entry.getKey(), text);
                }
            });
        }
        return specials;
    }

    private static JsonNode json(Path file) {
        if (!Files.exists(file)) {
            return Configs.JSON.missingNode();
        }
        try {
            return Configs.JSON.readTree(text(file));
        } catch (JacksonException e) {
            throw new DataException(
                    file + ": is no JSON (" + e.getOriginalMessage() + "); copy the model's own again", e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
