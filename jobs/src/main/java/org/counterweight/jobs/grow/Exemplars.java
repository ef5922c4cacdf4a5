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
import java.util.function.Function;
import java.util.stream.IntStream;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.JsonLines;
import org.counterweight.incremental.sequence.SequenceResult;

/**
 * The rows that are kept of each class, the most telling first. They lie beside the model as {@value #FILE}, one a line with
 * what it is and its label: whoever may not keep them can delete the file, or lines of it.
 *
 * @param <R> a row without its class
 */
record Exemplars<R>(Map<String, List<R>> byClass) {
    static final String FILE = "exemplars.jsonl";

    Exemplars {
        var copy = new LinkedHashMap<String, List<R>>();
        byClass.forEach((label, rows) -> copy.put(label, List.copyOf(rows)));
        byClass = copy;
    }

    static <R> Exemplars<R> none() {
        return new Exemplars<>(Map.of());
    }

    /** What a row becomes in its line. */
    interface Written<R> {
        /** @param number of the row, from 1 */
        String of(R row, int number) throws IOException;
    }

    /**
     * Reads them; none where there is no file.
     *
     * @param known the classes of the model that they belong to
     * @throws DataException naming a class that is none of these
     */
    static <R> Exemplars<R> read(Path file, List<String> known, Function<JsonLines.Line, R> row) {
        if (!Files.isRegularFile(file)) {
            return none();
        }
        var byClass = new LinkedHashMap<String, List<R>>();
        JsonLines.read(file, line -> {
            String label = line.get("label");
            if (!known.contains(label)) {
                throw new DataException(file + ":" + line.number() + ": the class \"" + label
                        + "\" is none of the model's (" + String.join(", ", known)
                        + "); the file belongs to another model, take its own or delete it");
            }
            byClass.computeIfAbsent(label, none -> new ArrayList<>()).add(row.apply(line));
        });
        return new Exemplars<>(byClass);
    }

    /** The texts that a sequence kept; none where rows are no texts. */
    static Exemplars<String> of(Dataset learnt, SequenceResult result) {
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
        return new Exemplars<>(byClass);
    }

    /** Writes them, a line each, with what {@code written} says about a row as its {@code field}. */
    void write(Path file, String field, Written<R> written) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            int number = 0;
            for (var ofClass : byClass.entrySet()) {
                for (R row : ofClass.getValue()) {
                    number++;
                    out.write(Configs.JSON
                            .createObjectNode()
                            .put(field, written.of(row, number))
                            .put("label", ofClass.getKey())
                            .toString());
                    out.write('\n');
                }
            }
        }
    }

    /** Of each class at most this many, a beginning of what there is. */
    Exemplars<R> first(int quota) {
        var fewer = new LinkedHashMap<String, List<R>>();
        byClass.forEach((label, rows) -> fewer.put(label, rows.subList(0, Math.min(quota, rows.size()))));
        return new Exemplars<>(fewer);
    }

    /** With those of other classes, in place of what there is of them. */
    Exemplars<R> and(Exemplars<R> others) {
        var all = new LinkedHashMap<>(byClass);
        all.putAll(others.byClass);
        return new Exemplars<>(all);
    }

    int rows() {
        return byClass.values().stream().mapToInt(List::size).sum();
    }
}
