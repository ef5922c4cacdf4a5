package org.counterweight.merge.stock;

import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Tensors;
import org.counterweight.train.state.Remembering;
import org.counterweight.weights.Staged;

/**
 * The merges of a run: angle and ratio of every tensor at each of them. Written as {@code model_stock.json}.
 *
 * <p>Not thread-safe.
 */
public final class StockHistory {
    /** What a run's history is called in its directory. */
    public static final String FILE = "model_stock.json";

    /** Numbers of a row beside the models' norms: cosine, angle, ratio, clamped. */
    private static final int FIXED = 4;

    private final ModelStockConfig config;
    private final List<Merge> merges = new ArrayList<>();

    /**
     * One merge.
     *
     * @param step how many steps had been taken; 0 for a merge that is no part of a training run
     * @param clamped how many ratios the bounds changed
     * @param tensors in the order of the model
     */
    public record Merge(long step, long clamped, List<StockRatios.Row> tensors, List<String> warnings) {
        public Merge {
            tensors = List.copyOf(tensors);
            warnings = List.copyOf(warnings);
        }

        /** The mean ratio over the tensors. */
        public double meanRatio() {
            return tensors.stream().mapToDouble(StockRatios.Row::t).average().orElse(Double.NaN);
        }
    }

    public StockHistory(ModelStockConfig config) {
        this.config = config;
    }

    /** Takes a merge down. */
    public void add(long step, StockRatios ratios) {
        merges.add(new Merge(step, ratios.clamped(), ratios.rows(), ratios.warnings()));
    }

    public List<Merge> merges() {
        return List.copyOf(merges);
    }

    /** Writes the settings and all merges, whole or not at all. */
    public void write(Path file) {
        var report = new LinkedHashMap<String, Object>();
        report.put("method", "model_stock");
        report.put("config", Configs.tree(config));
        report.put("merges", merges);
        try (Staged staged = Staged.file(file)) {
            Files.writeString(
                    staged.path(), Configs.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** For a checkpoint; warnings are not kept in it. Tensors of the open scope. */
    Map<String, Tensor> state() {
        int tensors = merges.isEmpty() ? 0 : merges.get(0).tensors().size();
        int width = tensors == 0
                ? FIXED
                : FIXED + merges.get(0).tensors().get(0).deltaNorms().size();
        double[] rows = new double[merges.size() * tensors * width];
        int at = 0;
        for (Merge merge : merges) {
            for (StockRatios.Row row : merge.tensors()) {
                rows[at++] = row.cos();
                rows[at++] = row.angleDeg();
                rows[at++] = row.t();
                rows[at++] = row.clamped();
                for (double norm : row.deltaNorms()) {
                    rows[at++] = norm;
                }
            }
        }
        return Map.of(
                "steps", longs(merges.stream().mapToLong(Merge::step).toArray()),
                "clamped", longs(merges.stream().mapToLong(Merge::clamped).toArray()),
                "rows", doubles(rows, merges.size(), tensors, width));
    }

    /** @param names of the tensors that have ratios, in the order of the model, with the group of each */
    void restore(Map<String, Tensor> state, Map<String, String> names) {
        merges.clear();
        long[] steps = Tensors.toLongs(Remembering.required(state, "steps"));
        long[] clamped = Tensors.toLongs(Remembering.required(state, "clamped"));
        Tensor table = Remembering.required(state, "rows");
        double[] rows = Tensors.toDoubles(table);
        int width = Math.toIntExact(table.size(2));
        int at = 0;
        for (int merge = 0; merge < steps.length; merge++) {
            var tensors = new ArrayList<StockRatios.Row>();
            for (var name : names.entrySet()) {
                var norms = new ArrayList<Double>();
                for (int i = FIXED; i < width; i++) {
                    norms.add(rows[at + i]);
                }
                tensors.add(new StockRatios.Row(
                        name.getKey(),
                        name.getValue(),
                        rows[at],
                        rows[at + 1],
                        rows[at + 2],
                        (long) rows[at + 3],
                        norms));
                at += width;
            }
            merges.add(new Merge(steps[merge], clamped[merge], tensors, List.of()));
        }
    }
}
