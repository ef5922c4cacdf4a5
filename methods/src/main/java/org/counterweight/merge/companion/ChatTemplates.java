package org.counterweight.merge.companion;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Nearest;
import org.counterweight.data.text.chat.ChatTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How a conversation becomes a text: Jinja templates, by name, by what models have, or as they are given. */
public final class ChatTemplates {
    /** The file that transformers reads. */
    private static final String FILE = "chat_template.jinja";

    /** The older one, of models that see pictures too. */
    private static final String OLD_FILE = "chat_template.json";

    /** The file that may have the key {@link #KEY} instead. */
    private static final String SETTINGS = "tokenizer_config.json";

    private static final String KEY = "chat_template";

    private static final String AUTO = "auto";
    private static final List<String> NAMES = List.of("alpaca", "chatml", "exaone", "llama3", "mistral");
    private static final int LEAST = 20; // of a text that can be a template

    private ChatTemplates() {}

    /** @throws ConfigException if {@code given} is neither {@code auto}, a known name nor a template's text */
    public static void check(String given) {
        if (!given.equals(AUTO) && !NAMES.contains(given) && !isText(given)) {
            throw new ConfigException("chat_template: \"" + given + "\" is no template"
                    + Nearest.hint(given, NAMES, "Give auto, the text of a Jinja template, or one of:"));
        }
    }

    private static boolean isText(String given) {
        return given.length() >= LEAST && given.contains("{");
    }

    /**
     * The text that a choice stands for.
     *
     * @param given what was {@linkplain #check checked}
     * @param models directories, of which {@code auto} takes the template that most have, of several as common the first
     * @return empty if {@code auto} finds none
     */
    public static Optional<String> text(String given, List<Path> models) {
        if (!given.equals(AUTO)) {
            return Optional.of(NAMES.contains(given) ? named(given) : given);
        }
        var counts = new LinkedHashMap<String, Integer>();
        for (Path model : models) {
            of(model).ifPresent(text -> counts.merge(text.strip(), 1, Integer::sum));
        }
        String most = null;
        for (String text : counts.keySet()) {
            most = most == null || counts.getOrDefault(text, 0) > counts.getOrDefault(most, 0) ? text : most;
        }
        return Optional.ofNullable(most);
    }

    private static String named(String name) {
        try (InputStream file = ChatTemplates.class.getResourceAsStream(name + ".jinja")) {
            return new String(Objects.requireNonNull(file, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("the template " + name + " cannot be read", e);
        }
    }

    /** That of a model's directory. */
    static Optional<String> of(Path model) {
        return found(model).map(Found::text);
    }

    /** A template, and the name of the file that has it. */
    private record Found(String file, String text) {}

    private static Optional<Found> found(Path model) {
        Path file = model.resolve(FILE);
        if (Files.isRegularFile(file)) {
            try {
                return Optional.of(new Found(FILE, Files.readString(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
            }
        }
        for (String name : List.of(SETTINGS, OLD_FILE)) {
            JsonNode said = JsonFile.read(model.resolve(name)).path(KEY);
            if (said.isString()) {
                return Optional.of(new Found(name, said.asString()));
            }
            for (JsonNode one : said) { // several, each with a name
                if (one.path("name").asString("").equals("default")) {
                    return Optional.of(new Found(name, one.path("template").asString("")));
                }
            }
        }
        return Optional.empty();
    }

    /** What is wrong with the template of a directory, in a line that names its file; empty if nothing is, or it has none. */
    public static Optional<String> fault(Path directory) {
        return found(directory).flatMap(found -> Optional.ofNullable(ChatTemplate.fault(found.file(), found.text())));
    }

    /** Writes the one template of a model, and takes others away from where older files have them. */
    public static void write(Path directory, String text) throws IOException {
        Files.writeString(directory.resolve(FILE), text);
        Files.deleteIfExists(directory.resolve(OLD_FILE));
        Path settings = directory.resolve(SETTINGS);
        ObjectNode said = JsonFile.read(settings);
        if (said.remove(KEY) != null) {
            JsonFile.write(settings, said);
        }
    }
}
