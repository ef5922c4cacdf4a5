package org.counterweight.jobs.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.fewgen.generate.Acceptance.Text;
import org.counterweight.fewgen.generate.Fate;
import org.counterweight.fewgen.generate.LabelWriter.Candidate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All that was written, one JSON object a line: number, label, text and fate. */
record WrittenTexts(List<Line> lines) {
    private static final String FIRST = "text1";
    private static final String SECOND = "text2";

    /**
     * A candidate and what became of it.
     *
     * @param label its place
     */
    record Line(int label, Candidate candidate, Fate fate) {
        Text text() {
            return new Text(candidate.first(), candidate.text());
        }
    }

    WrittenTexts {
        lines = List.copyOf(lines);
    }

    static ObjectNode json(Line line, List<String> names) {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("candidate", line.candidate().number()).put("label", names.get(line.label()));
        put(json, line.text());
        return json.put("fate", line.fate().key());
    }

    /** A single text, or the two sentences of a pair. */
    static void put(ObjectNode json, Text text) {
        if (text.first() == null) {
            json.put("text", text.text());
        } else {
            json.put(FIRST, text.first()).put(SECOND, text.text());
        }
    }

    /** Reads a file; a last line that was cut off, as by the end of a process, is left out. */
    static WrittenTexts read(Path file, List<String> names) {
        List<String> rows;
        try {
            String all = Files.readString(file);
            rows = all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
        var lines = new ArrayList<Line>();
        for (int row = 0; row < rows.size(); row++) {
            try {
                lines.add(line(Configs.json(rows.get(row), file + ":" + (row + 1)), names));
            } catch (ConfigException | IllegalArgumentException e) {
                throw new DataException(
                        file + ": line " + (row + 1) + " is none that cw generate wrote: " + e.getMessage(), e);
            }
        }
        return new WrittenTexts(lines);
    }

    private static Line line(ObjectNode json, List<String> names) {
        String label = json.path("label").asString("");
        int place = names.indexOf(label);
        if (place < 0) {
            throw new IllegalArgumentException("the label \"" + label + "\" is none of " + names);
        }
        Fate fate = Fate.valueOf(json.path("fate").asString("").toUpperCase(Locale.ROOT));
        String first = json.has(FIRST) ? json.path(FIRST).asString() : null;
        String text = json.path(first == null ? "text" : SECOND).asString("");
        long number = json.path("candidate").asLong(-1);
        return new Line(place, new Candidate(number, first, text, fate != Fate.NO_END), fate);
    }

    /** The texts of one label that were kept, in order. */
    List<Line> accepted(int label) {
        return lines.stream()
                .filter(line -> line.label() == label && line.fate() == Fate.ACCEPTED)
                .toList();
    }

    /** All that were kept, one of each label in turn. */
    FewRows interleaved(List<String> names) {
        var byLabel = new ArrayList<List<Line>>();
        for (int label = 0; label < names.size(); label++) {
            byLabel.add(accepted(label));
        }
        int longest = byLabel.stream().mapToInt(List::size).max().orElse(0);
        var texts = new ArrayList<Text>();
        var labels = new ArrayList<Integer>();
        for (int i = 0; i < longest; i++) {
            for (int label = 0; label < names.size(); label++) {
                if (i < byLabel.get(label).size()) {
                    texts.add(byLabel.get(label).get(i).text());
                    labels.add(label);
                }
            }
        }
        return new FewRows(texts, labels, names);
    }

    /** How many candidates of a label met each fate. */
    Map<Fate, Integer> counts(int label) {
        var counts = new EnumMap<Fate, Integer>(Fate.class);
        lines.stream()
                .filter(line -> line.label() == label)
                .forEach(line -> counts.merge(line.fate(), 1, Integer::sum));
        return Collections.unmodifiableMap(counts);
    }

    /** How many kept texts stand under more than one label. */
    long underSeveralLabels() {
        var labels = new HashMap<Text, Integer>();
        lines.stream()
                .filter(line -> line.fate() == Fate.ACCEPTED)
                .forEach(line -> labels.merge(line.text(), 1, Integer::sum));
        return labels.values().stream().filter(count -> count > 1).count();
    }

    /** The form of the official code: a list of texts with labels. */
    static ArrayNode official(FewRows rows) {
        ArrayNode all = Configs.JSON.createArrayNode();
        for (int row = 0; row < rows.size(); row++) {
            ObjectNode one = all.addObject();
            put(one, rows.texts().get(row));
            one.put("label", rows.names().get(rows.labels().get(row)));
        }
        return all;
    }
}
