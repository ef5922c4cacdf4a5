package org.counterweight.jobs.predict.decide;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.counterweight.model.config.Problem;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WrittenFiles;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The probabilities from which classes are predicted. Of two classes one has a threshold, and the other is told below it; of any number
 * of classes each may have its own, and a half is the others'.
 *
 * @param byClass in (0, 1), by the class's name; empty where the likeliest class is told, and every one from a half on
 * @param by what was asked for when they were chosen: {@code f1}, {@code precision=0.9}
 * @param rows how many they were chosen on
 */
public record Thresholds(Map<String, Double> byClass, String by, long rows) {
    /** The file beside a model, or beside its adapter. */
    public static final String FILE = "thresholds.json";

    /** The likeliest class, and every one from a half on. */
    public static final Thresholds NONE = new Thresholds(Map.of(), "", 0);

    private static final double USUAL = 0.5;

    public Thresholds {
        byClass = Collections.unmodifiableMap(new LinkedHashMap<>(byClass));
    }

    /**
     * Those that lie beside the adapter, or without one beside the model.
     *
     * @param labels the model's classes
     * @param problem how they are told
     * @throws WeightsException if the file is none, or of other classes
     */
    public static Thresholds beside(Path model, @Nullable Path adapter, List<String> labels, Problem problem) {
        Path file = (adapter == null ? model : adapter).resolve(FILE);
        try {
            return Files.isRegularFile(file) ? of(file, Configs.read(file), labels, problem) : NONE;
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static Thresholds of(Path file, ObjectNode json, List<String> labels, Problem problem) {
        var byClass = new LinkedHashMap<String, Double>();
        for (Map.Entry<String, JsonNode> entry : json.path("thresholds").properties()) {
            double value = entry.getValue().asDouble(Double.NaN);
            if (!labels.contains(entry.getKey())) {
                throw new WeightsException(
                        file,
                        "\"" + entry.getKey() + "\" is no class of the model"
                                + Nearest.hint(entry.getKey(), labels, "It tells")
                                + "; choose thresholds anew with cw evaluate --threshold, or delete the file");
            }
            if (!(value > 0 && value < 1)) {
                throw new WeightsException(
                        file, entry.getKey() + " has " + entry.getValue() + "; a threshold is a number in (0, 1)");
            }
            byClass.put(entry.getKey(), value);
        }
        if (byClass.isEmpty()
                || problem == Problem.SCORE
                || (problem == Problem.CLASSES && (labels.size() != 2 || byClass.size() != 1))) {
            throw new WeightsException(
                    file,
                    "has " + byClass.size() + " thresholds, but the model tells "
                            + (problem == Problem.SCORE ? "scores" : problem.ofAText() + " of " + labels.size())
                            + "; one class of two has one, and of any number each; delete the file");
        }
        return new Thresholds(
                byClass, json.path("by").asString(""), json.path("rows").asLong());
    }

    /** Says what is in effect, if anything is. */
    public void tell(Consumer<String> remarks) {
        if (!byClass.isEmpty()) {
            remarks.accept("thresholds chosen by " + by + " on " + String.format(Locale.ROOT, "%,d", rows) + " rows: "
                    + byClass.entrySet().stream()
                            .map(entry ->
                                    String.format(Locale.ROOT, "%s from %.4f on", entry.getKey(), entry.getValue()))
                            .collect(Collectors.joining(", ")));
        }
    }

    /** From which probability on the class is told, where any number is. */
    public double of(String label) {
        return byClass.getOrDefault(label, USUAL);
    }

    /**
     * The class of a row that has one.
     *
     * @param labels all classes
     * @param shares the probabilities of rows one after the other
     * @param row its number
     * @return the number of the class; the first of equal ones where there is no threshold
     */
    public int chosen(List<String> labels, double[] shares, int row) {
        int first = row * labels.size();
        if (!byClass.isEmpty()) {
            String positive = byClass.keySet().iterator().next();
            int at = labels.indexOf(positive);
            return shares[first + at] >= of(positive) ? at : 1 - at;
        }
        int best = 0;
        for (int c = 1; c < labels.size(); c++) {
            best = shares[first + c] > shares[first + best] ? c : best;
        }
        return best;
    }

    /**
     * Writes them beside a model or an adapter, whole or not at all.
     *
     * @param input the file that they were chosen on
     */
    public Path write(Path directory, Path input) {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("by", by).put("input", input.toString()).put("rows", rows);
        byClass.forEach(json.putObject("thresholds")::put);
        Path file = directory.resolve(FILE);
        try (Staged staged = Staged.file(file)) {
            Files.writeString(staged.path(), json.toPrettyString() + "\n");
            staged.commit();
            WrittenFiles.add(directory, FILE);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
