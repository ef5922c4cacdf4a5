package org.counterweight.merge.tokens;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.merge.companion.JsonFile;
import org.counterweight.merge.source.ModelLayout;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tokens of a {@code tokenizer.json} (BPE, WordPiece or Unigram) and their rows.
 *
 * @param directory where it lies
 * @param rows row by token, in the order of rows; tokens for which the embedding has no row are left out
 * @param all row by token, those too
 * @param added the entries of tokens that were added to the model's own, special ones among them
 */
record Vocabulary(Path directory, Map<String, Integer> rows, Map<String, Integer> all, Map<String, JsonNode> added) {
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

    /** @param limit tokens from this row on have none */
    private static Vocabulary of(Path directory, long limit) {
        Path file = directory.resolve("tokenizer.json");
        if (!Files.isRegularFile(file)) {
            throw new WeightsException(
                    directory,
                    "has no tokenizer.json, which merging vocabularies needs; leave tokenizer_source out"
                            + " if all models share one vocabulary");
        }
        ObjectNode json = JsonFile.read(file);
        var all = new LinkedHashMap<String, Integer>();
        JsonNode vocabulary = json.path("model").path("vocab");
        if (vocabulary.isArray()) { // Unigram: pairs of token and score, in order
            for (int i = 0; i < vocabulary.size(); i++) {
                all.put(vocabulary.get(i).path(0).asString(""), i);
            }
        } else {
            vocabulary
                    .properties()
                    .forEach(entry -> all.put(entry.getKey(), entry.getValue().asInt()));
        }
        var added = new LinkedHashMap<String, JsonNode>();
        for (JsonNode token : json.path("added_tokens")) {
            all.put(token.path("content").asString(""), token.path("id").asInt());
            added.put(token.path("content").asString(""), token);
        }
        if (all.isEmpty()) {
            throw new WeightsException(file, "lists no tokens");
        }
        var rows = new LinkedHashMap<String, Integer>();
        all.entrySet().stream()
                .filter(entry -> entry.getValue() < limit)
                .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .forEach(entry -> rows.put(entry.getKey(), entry.getValue()));
        return new Vocabulary(directory, rows, all, added);
    }

    /** The first's tokens in their rows, then what is new in the others, added tokens last. */
    static Map<String, Integer> union(List<Vocabulary> all) {
        var union = new LinkedHashMap<>(all.get(0).rows());
        int next = next(union);
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

    /** The first row behind all tokens. */
    static int next(Map<String, Integer> rows) {
        return rows.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
    }
}
