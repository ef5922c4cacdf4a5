package org.counterweight.jobs.grow;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.JsonLines;
import org.counterweight.incremental.sequence.SequenceResult;

/**
 * The rows that are kept of each class, the most telling first. They lie beside the model as {@value #FILE}, one a line with
 * text and label: whoever may not keep them can delete the file, or lines of it.
 *
 * @param byClass texts by class
 */
record Exemplars(Map<String, List<String>> byClass) {
    static final String FILE = "exemplars.jsonl";

    static final Exemplars NONE = new Exemplars(Map.of());

    Exemplars {
        var copy = new LinkedHashMap<String, List<String>>();
        byClass.forEach((label, texts) -> copy.put(label, List.copyOf(texts)));
        byClass = copy;
    }

    /**
     * Reads them.
     *
     * @param known the classes of the model that they belong to
     * @throws DataException naming a class that is none of these
     */
    static Exemplars read(Path file, List<String> known) {
        var byClass = new LinkedHashMap<String, List<String>>();
        JsonLines.read(file, line -> {
            String label = line.get("label");
            if (!known.contains(label)) {
                throw new DataException(file + ":" + line.number() + ": the class \"" + label
                        + "\" is none of the model's (" + String.join(", ", known)
                        + "); the file belongs to another model, take its own or delete it");
            }
            byClass.computeIfAbsent(label, none -> new ArrayList<>()).add(line.get("text"));
        });
        return new Exemplars(byClass);
    }

    /** The texts that a sequence kept; none where rows are no texts. */
    static Exemplars of(Dataset learnt, SequenceResult result) {
        var byClass = new LinkedHashMap<String, List<String>>();
        for (int c = 0; c < result.exemplars().size(); c++) {
            List<String> texts = IntStream.of(result.exemplars().get(c))
                    .mapToObj(learnt::text)
                    .filter(Objects::nonNull)
                    .toList();
            if (!texts.isEmpty()) {
                byClass.put(result.labels().get(c), texts);
            }
        }
        return new Exemplars(byClass);
    }

    void write(Path file) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (var ofClass : byClass.entrySet()) {
                for (String text : ofClass.getValue()) {
                    out.write(Configs.JSON
                            .createObjectNode()
                            .put("text", text)
                            .put("label", ofClass.getKey())
                            .toString());
                    out.write('\n');
                }
            }
        }
    }

    /** Of each class at most so many, a beginning of what there is. */
    Exemplars first(int quota) {
        var fewer = new LinkedHashMap<String, List<String>>();
        byClass.forEach((label, texts) -> fewer.put(label, texts.subList(0, Math.min(quota, texts.size()))));
        return new Exemplars(fewer);
    }

    /** With those of other classes, in place of what there is of them. */
    Exemplars and(Exemplars others) {
        var all = new LinkedHashMap<>(byClass);
        all.putAll(others.byClass);
        return new Exemplars(all);
    }

    int rows() {
        return byClass.values().stream().mapToInt(List::size).sum();
    }
}
