package org.counterweight.data.table.feature;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.InputRows;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.table.written.Written;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How rows of a table become what a model was trained on. It lies beside the model as {@value #FILE}.
 *
 * @param features in the order in which the model sees them
 * @param score the column of scores that are told, and how they were standardised; null where classes are told
 */
public record TableForm(List<Feature> features, @Nullable NumberFeature score) {
    public static final String FILE = "table_config.json";

    public TableForm {
        features = List.copyOf(features);
    }

    /** Learns of these columns, which may lack values, what the rows at these places have in them. */
    public static TableForm learn(List<Wanted> columns, TableRows rows, int... places) {
        double[] each = new double[rows.size()];
        Arrays.fill(each, 1);
        return learn(columns, rows, each, places);
    }

    /**
     * The same of rows that have weights: one of weight 0 is not looked at.
     *
     * @param weights how often each row counts
     */
    public static TableForm learn(List<Wanted> columns, TableRows rows, double[] weights, int... places) {
        return new TableForm(
                columns.stream()
                        .map(column -> feature(column, rows, weights, places))
                        .toList(),
                null);
    }

    private static Feature feature(Wanted column, TableRows rows, double[] weights, int... places) {
        int[] counted = Arrays.stream(places).filter(row -> weights[row] > 0).toArray();
        return column.number()
                ? NumberFeature.learn(column.name(), rows.numbers(column.name()), weights, places)
                        .written(column.written())
                : CategoryFeature.learn(column.name(), rows.texts(column.name()), counted);
    }

    /** The same with other scores that are told, or none. */
    public TableForm telling(@Nullable NumberFeature other) {
        return new TableForm(features, other);
    }

    /** How many numbers a row becomes. */
    public int width() {
        return features.stream().mapToInt(Feature::width).sum();
    }

    /** The columns as they are to be read. */
    public List<Wanted> wanted() {
        return features.stream().map(Feature::wanted).toList();
    }

    /** What a model sees of these rows. */
    public InputRows inputs(TableRows rows) {
        try (var scope = Scope.open()) {
            Tensor[] parts =
                    features.stream().map(feature -> feature.encode(rows)).toArray(Tensor[]::new);
            return new InputRows(Tensors.toFloats(torch.cat(new TensorVector(parts), 1)), rows.size(), width());
        }
    }

    /** Of each column in which rows have what is not known, how many: {@code city 3, deck 1}; empty if there are none. */
    public String unknown(TableRows rows) {
        return features.stream()
                .filter(feature -> feature.unknown(rows) > 0)
                .map(feature -> feature.name() + " " + feature.unknown(rows))
                .collect(Collectors.joining(", "));
    }

    /** What is written beside the model. */
    public ObjectNode json() {
        ObjectNode json = Configs.JSON.createObjectNode();
        var list = json.putArray("features");
        features.forEach(feature -> list.add(feature.json()));
        if (score != null) {
            json.set("score", score.json());
        }
        return json;
    }

    /**
     * What lies beside a model; null if nothing does.
     *
     * @throws ConfigException if it cannot be read
     */
    public static @Nullable TableForm beside(Path model) {
        Path file = model.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            ObjectNode json = Configs.read(file);
            var features = new ArrayList<Feature>();
            json.path("features").forEach(feature -> features.add(feature(file, feature)));
            if (features.isEmpty()) {
                throw new ConfigException(file + ": names no features; copy it from where the model was trained");
            }
            boolean isScore = json.has("score");
            return new TableForm(
                    features,
                    isScore && feature(file, json.get("score")) instanceof NumberFeature score ? score : null);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static Feature feature(Path file, JsonNode json) {
        String name = json.path("column").asString("");
        String kind = json.path("kind").asString("");
        double mean = json.path("mean").asDouble(Double.NaN);
        double deviation = json.path("deviation").asDouble(Double.NaN);
        if (kind.equals(CategoryFeature.KIND) && !name.isEmpty()) {
            var values = new ArrayList<String>();
            json.path("values").forEach(value -> values.add(value.asString()));
            return new CategoryFeature(name, values);
        }
        if (!kind.equals(NumberFeature.KIND) || name.isEmpty() || !Double.isFinite(mean) || !(deviation > 0)) {
            throw new ConfigException(
                    file + ": " + json + " is no column of numbers with mean and deviation, nor one of"
                            + " categories; copy the file from where the model was trained");
        }
        return new NumberFeature(
                name,
                mean,
                deviation,
                json.path("may_lack").asBoolean(false),
                Written.of(json.get(NumberFeature.WRITTEN)));
    }
}
