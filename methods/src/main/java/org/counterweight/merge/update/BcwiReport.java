package org.counterweight.merge.update;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;

/**
 * An update, as it is put down in {@code bcwi.json}: the whole trade-off on the dev set, the share that was chosen, and the
 * figures of that share alone on other sets.
 *
 * @param inputs the models and data that went in, with their digests
 * @param sweep on the dev set
 * @param chosen the interpolated model against the old one, by the name of a set: {@code test}, {@code test_old},
 *     {@code test_new}
 */
public record BcwiReport(BcwiConfig config, List<Ledger.Input> inputs, AlphaSweep sweep, Map<String, Flips> chosen) {
    public BcwiReport {
        inputs = List.copyOf(inputs);
        chosen = Collections.unmodifiableMap(new LinkedHashMap<>(chosen));
    }

    /** Writes it, whole or not at all. */
    public void write(Path file) {
        var report = new LinkedHashMap<String, Object>();
        report.put("method", "bcwi");
        report.put("config", Configs.tree(config));
        report.put("inputs", inputs);
        report.put("alpha", sweep.choice().alpha());
        report.put("feasible", sweep.choice().feasible());
        report.put("barrier", sweep.barrier());
        report.put("dev", sweep.rows());
        report.put("chosen", chosen);
        report.put("warnings", sweep.warnings());
        try (Staged staged = Staged.file(file)) {
            Files.writeString(
                    staged.path(), Configs.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** The trade-off as a table in Markdown, the chosen row marked; reads well on a terminal too. */
    public String table() {
        var text = new StringBuilder("""
                | alpha | accuracy | 95 % interval  | NFR   | 95 % interval  | NFI   | distance |
                |-------|----------|----------------|-------|----------------|-------|----------|
                """);
        for (int i = 0; i < sweep.rows().size(); i++) {
            AlphaSweep.Row row = sweep.rows().get(i);
            text.append(String.format(
                    java.util.Locale.ROOT,
                    "| %-5s | %8.2f | %6.2f, %6.2f | %5.2f | %6.2f, %6.2f | %5.2f | %8.3f |%n",
                    row.alpha() + (i == sweep.choice().index() ? "*" : ""),
                    row.flips().accNew(),
                    row.accuracy().low(),
                    row.accuracy().high(),
                    row.flips().nfr(),
                    row.nfr().low(),
                    row.nfr().high(),
                    row.flips().nfi(),
                    row.distance()));
        }
        return text.toString();
    }
}
