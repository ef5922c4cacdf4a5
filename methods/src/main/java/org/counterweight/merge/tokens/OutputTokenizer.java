package org.counterweight.merge.tokens;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.counterweight.merge.companion.JsonFile;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files of the output's tokenizer: those of one model, with tokens added that it lacks, and without those that have no row.
 * Every file that speaks of tokens says the same, or is left out.
 *
 * @param source whose files they are
 * @param all the vocabularies of the models, which say what a token is that is added
 * @param output a row for each token
 */
record OutputTokenizer(Vocabulary source, List<Vocabulary> all, Map<String, Integer> output) {
    private static final String MAIN = "tokenizer.json";
    private static final String SETTINGS = "tokenizer_config.json";
    private static final String NAMES = "special_tokens_map.json";
    private static final String ADDED = "added_tokens.json";
    private static final String DECODER = "added_tokens_decoder";
    private static final List<String> FLAGS = List.of("single_word", "lstrip", "rstrip", "normalized", "special");

    /** Vocabularies as older tokenizers read them; what is added to them stands in {@link #ADDED}. */
    private static final Set<String> SLOW = Set.of(
            "tokenizer.model",
            "spiece.model",
            "spm.model",
            "source.spm",
            "target.spm",
            "sentencepiece.bpe.model",
            "merges.txt",
            "vocab.json",
            "vocab.txt",
            "vocab.bpe");

    /** Those to which nothing can be added from outside. */
    private static final Set<String> CLOSED = Set.of("tekken.json", "tokenizer.model.v3");

    /** Whether a file belongs to a tokenizer. */
    static boolean isPart(String file) {
        return List.of(MAIN, SETTINGS, NAMES, ADDED).contains(file) || SLOW.contains(file) || CLOSED.contains(file);
    }

    /** Tokens of the source that have no row, or another one. */
    private Set<String> removed() {
        var removed = new LinkedHashSet<String>();
        source.all().forEach((token, row) -> {
            if (!row.equals(output.get(token))) {
                removed.add(token);
            }
        });
        return removed;
    }

    /** Tokens that the source has not in their rows, in the order of rows. */
    private List<String> added() {
        var added = new ArrayList<String>();
        output.forEach((token, row) -> {
            if (!row.equals(source.all().get(token))) {
                added.add(token);
            }
        });
        added.sort((a, b) -> output.getOrDefault(a, 0) - output.getOrDefault(b, 0));
        return added;
    }

    /** @param notes is told what is left out */
    void write(Path directory, Consumer<String> notes) throws IOException {
        Set<String> removed = removed();
        List<String> added = added();
        boolean vocabularyIsCut =
                removed.stream().anyMatch(token -> !source.added().containsKey(token));
        boolean hasSlow = false;
        for (Path file : files(source.directory())) {
            String name = String.valueOf(file.getFileName());
            boolean isStale = SLOW.contains(name) && vocabularyIsCut
                    || CLOSED.contains(name) && !(removed.isEmpty() && added.isEmpty());
            if (isStale) {
                notes.accept(name + " of " + source.directory() + " has other tokens than the output and is left out;"
                        + " tokenizer.json has them right");
            } else {
                Files.copy(file, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                hasSlow |= SLOW.contains(name);
            }
        }
        if (removed.isEmpty() && added.isEmpty()) {
            return;
        }
        if (!removed.isEmpty()) {
            notes.accept(removed.size() + " tokens of " + source.directory() + " have no row of their own in the output"
                    + " and are taken out of its tokenizer: "
                    + String.join(", ", removed.stream().limit(5).toList())
                    + (removed.size() > 5 ? ", …" : ""));
        }
        change(directory.resolve(MAIN), json -> changeMain(json, removed, added));
        change(directory.resolve(SETTINGS), json -> {
            changeDecoder(json, removed, added);
            forget(json, removed);
        });
        change(directory.resolve(NAMES), json -> forget(json, removed));
        if (hasSlow && !added.isEmpty() && !Files.exists(directory.resolve(ADDED))) {
            Files.writeString(directory.resolve(ADDED), "{}");
        }
        change(directory.resolve(ADDED), json -> {
            removed.forEach(json::remove);
            added.forEach(token -> json.put(token, output.getOrDefault(token, -1)));
        });
    }

    private static List<Path> files(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.filter(Files::isRegularFile)
                    .filter(file -> isPart(String.valueOf(file.getFileName())))
                    .sorted()
                    .toList();
        }
    }

    private static void change(Path file, Consumer<ObjectNode> change) throws IOException {
        if (Files.exists(file)) {
            ObjectNode json = JsonFile.read(file);
            change.accept(json);
            JsonFile.write(file, json);
        }
    }

    private void changeMain(ObjectNode json, Set<String> removed, List<String> added) {
        if (json.path("model") instanceof ObjectNode model && !removed.isEmpty()) {
            cut(model, removed);
        }
        ArrayNode tokens = json.path("added_tokens") instanceof ArrayNode list ? list : json.putArray("added_tokens");
        removeIf(tokens, entry -> removed.contains(entry.path("content").asString("")));
        added.forEach(token -> tokens.add(entry(tokens.objectNode().put("id", output.getOrDefault(token, -1)), token)));
    }

    /** The model's own tokens, and the merges that make or need them. */
    private static void cut(ObjectNode model, Set<String> removed) {
        JsonNode vocabulary = model.path("vocab");
        if (vocabulary instanceof ObjectNode rows) {
            removed.forEach(rows::remove);
        } else if (vocabulary instanceof ArrayNode pieces) {
            removeIf(pieces, piece -> removed.contains(piece.path(0).asString("")));
        }
        if (model.path("merges") instanceof ArrayNode merges) {
            removeIf(merges, merge -> {
                List<String> parts = merge.isArray()
                        ? List.of(merge.path(0).asString(""), merge.path(1).asString(""))
                        : List.of(merge.asString("").split(" ", 2));
                return parts.stream().anyMatch(removed::contains) || removed.contains(String.join("", parts));
            });
        }
    }

    private void changeDecoder(ObjectNode json, Set<String> removed, List<String> added) {
        if (json.path(DECODER) instanceof ObjectNode decoder) {
            for (String id : List.copyOf(decoder.propertyNames())) {
                if (removed.contains(decoder.path(id).path("content").asString(""))) {
                    decoder.remove(id);
                }
            }
            added.forEach(token ->
                    decoder.set(String.valueOf(output.getOrDefault(token, -1)), entry(decoder.objectNode(), token)));
        }
    }

    /** A token's entry: what one of the models had added stays what it was there, such as special. */
    private ObjectNode entry(ObjectNode entry, String token) {
        JsonNode before = all.stream()
                .map(vocabulary -> vocabulary.added().get(token))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(MissingNode::getInstance);
        entry.put("content", token);
        FLAGS.forEach(flag -> entry.put(flag, before.path(flag).asBoolean(false)));
        return entry;
    }

    /** Roles of tokens that are gone: transformers would add them again, beyond the last row. */
    private static void forget(ObjectNode json, Set<String> removed) {
        for (String key : List.copyOf(json.propertyNames())) {
            JsonNode value = json.path(key);
            if (key.equals(DECODER)) {
                continue;
            }
            if (removed.contains(content(value))) {
                json.remove(key);
            } else if (value instanceof ArrayNode list) {
                removeIf(list, each -> removed.contains(content(each)));
            } else if (value instanceof ObjectNode roles && key.endsWith("special_tokens")) {
                forget(roles, removed);
            }
        }
    }

    /** A token as it stands in a list: a text, or an entry with flags. */
    private static String content(JsonNode token) {
        return token.isString() ? token.asString() : token.path("content").asString("");
    }

    private static void removeIf(ArrayNode list, Predicate<JsonNode> condition) {
        List<JsonNode> kept =
                list.valueStream().filter(Predicate.not(condition)).toList();
        list.removeAll();
        list.addAll(kept);
    }
}
