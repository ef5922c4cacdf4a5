package org.counterweight.merge.tokens;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.counterweight.config.Configs;
import org.counterweight.merge.source.ModelLayout;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokens of a {@code tokenizer.json} (BPE, WordPiece or Unigram) and their rows.
 *
 * @param rows row by token, in the order of rows
 * @param added the entries of tokens that were added to the model's own, special ones among them
 */
record Vocabulary(Map<String, Integer> rows, Map<String, JsonNode> added) {
    /** @throws WeightsException if the model has no such file, or it lists no tokens */
    static Vocabulary of(ModelLayout model) {
        long rows = model.embeddingRows();
        return of(model.directory().path(), Math.min(stated(model.directory()), rows < 0 ? Long.MAX_VALUE : rows));
    }

    /** The same of a directory that need not have weights. */
    static Vocabulary of(Path directory) {
        return of(directory, stated(ModelDirectory.withoutWeights(directory)));
    }

    /** The number of rows that a model's config states. */
    private static long stated(ModelDirectory model) {
        return model.hasConfig() && model.config().path("vocab_size").isInt()
                ? model.config().path("vocab_size").asInt()
                : Long.MAX_VALUE;
    }

    /** @param limit tokens from this row on are left out: the embedding has no rows for them */
    private static Vocabulary of(Path directory, long limit) {
        Path file = directory.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw new WeightsException(
                    directory,
                    "has no tokenizer.json, which merging vocabularies needs; leave tokenizer_source out"
                            + " if all models share one vocabulary");
        }
        ObjectNode json = read(file);
        var rows = new LinkedHashMap<String, Integer>();
        JsonNode vocabulary = json.path("model").path("vocab");
        if (vocabulary.isArray()) { // Unigram: pairs of token and score, in order
            for (int i = 0; i < vocabulary.size(); i++) {
                rows.put(vocabulary.get(i).path(0).asString(""), i);
            }
        } else {
            vocabulary
                    .properties()
                    .forEach(entry -> rows.put(entry.getKey(), entry.getValue().asInt()));
        }
        var added = new LinkedHashMap<String, JsonNode>();
        for (JsonNode token : json.path("added_tokens")) {
            rows.put(token.path("content").asString(""), token.path("id").asInt());
            added.put(token.path("content").asString(""), token);
        }
        if (rows.isEmpty()) {
            throw new WeightsException(file, "lists no tokens");
        }
        rows.values().removeIf(row -> row >= limit);
        return new Vocabulary(sorted(rows), added);
    }

    private static ObjectNode read(Path file) {
        try {
            return Configs.read(file);
        } catch (IOException e) {
            throw new WeightsException(file, "cannot be read: " + e.getMessage(), e);
        }
    }

    private static Map<String, Integer> sorted(Map<String, Integer> rows) {
        var sorted = new LinkedHashMap<String, Integer>();
        rows.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return sorted;
    }

    /** The first's tokens in their rows, then what is new in the others, added tokens last. */
    static Map<String, Integer> union(List<Vocabulary> all) {
        var union = new LinkedHashMap<>(all.get(0).rows());
        int next = union.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
        for (boolean added : new boolean[] {false, true}) {
            for (Vocabulary vocabulary : all) {
                for (String token : vocabulary.rows().keySet()) {
                    if (vocabulary.added().containsKey(token) == added && !union.containsKey(token)) {
                        union.put(token, next++);
                    }
                }
            }
        }
        return union;
    }

    /**
     * The donor's {@code tokenizer.json} with those tokens of {@code union} added that it lacks; what one of the models had
     * added stays what it was there, such as special.
     *
     * @param all the vocabularies, the donor's first
     */
    static String extended(Path donor, List<Vocabulary> all, Map<String, Integer> union) {
        ObjectNode json = read(donor.resolve("tokenizer.json"));
        Set<String> known = all.get(0).rows().keySet();
        ArrayNode added = json.path("added_tokens") instanceof ArrayNode list ? list : json.putArray("added_tokens");
        var missing = new ArrayList<>(union.keySet());
        missing.removeIf(known::contains);
        for (String token : missing) {
            ObjectNode entry = added.addObject();
            entry.put("id", union.getOrDefault(token, -1));
            entry.put("content", token);
            JsonNode before = all.stream()
                    .map(vocabulary -> vocabulary.added().get(token))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElseGet(MissingNode::getInstance);
            for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
                entry.put(flag, before.path(flag).asBoolean(false));
            }
        }
        return json.toPrettyString() + "\n";
    }
}
