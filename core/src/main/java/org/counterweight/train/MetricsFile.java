package org.counterweight.train;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.config.Configs;
import org.counterweight.train.measure.Evaluation;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run's figures, one JSON object a line: {@code {"step": 1, "loss": …}} for each step and
 * {@code {"step": 100, "evaluation": {…}}} for each evaluation.
 */
public final class MetricsFile implements TrainingListener, AutoCloseable {
    private final Path path;
    private final BufferedWriter out;

    /**
     * Begins the file, or continues it.
     *
     * @param step steps that the run has behind it: lines of later steps, which a broken run wrote after its last
     *     checkpoint, are dropped; with 0 the file begins anew
     */
    public MetricsFile(Path path, long step) {
        this.path = path;
        try {
            List<String> kept = step > 0 && Files.exists(path) ? upTo(step, path) : List.of();
            Path beside = path.resolveSibling(path.getFileName() + ".part");
            Files.write(beside, kept);
            Files.move(beside, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            this.out = Files.newBufferedWriter(path, java.nio.file.StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private static List<String> upTo(long step, Path path) throws IOException {
        var kept = new ArrayList<String>();
        for (String line : Files.readAllLines(path)) {
            JsonNode parsed;
            try {
                parsed = Configs.JSON.readTree(line);
            } catch (JacksonException e) {
                break; // the line that was being written when the run was killed
            }
            if (parsed.path("step").asLong(Long.MAX_VALUE) <= step) {
                kept.add(line);
            }
        }
        return kept;
    }

    @Override
    public void stepped(StepReport report) {
        ObjectNode line = Configs.JSON.createObjectNode();
        line.put("step", report.step());
        line.put("epoch", report.epoch());
        line.put("loss", report.loss());
        line.put("mean_loss", report.meanLoss());
        line.put("lr", report.rate());
        line.put("grad_norm", report.gradientNorm());
        line.put("rows", report.rows());
        line.put("rows_per_second", report.rowsPerSecond());
        line.put("effective_rows", report.spread().effectiveRows());
        line.put("entropy", report.spread().entropy());
        line.put("largest_weight", report.spread().largest());
        line.put("min_loss", report.spread().minLoss());
        line.put("max_loss", report.spread().maxLoss());
        report.figures().forEach(line::put);
        write(line);
    }

    @Override
    public void evaluated(long step, Evaluation evaluation) {
        ObjectNode line = Configs.JSON.createObjectNode();
        line.put("step", step);
        ObjectNode figures = line.putObject("evaluation");
        evaluation.all().forEach(figures::put);
        write(line);
        flush(); // an evaluation is seldom, and what one waits for
    }

    @Override
    public void saved(long step, Path checkpoint) {
        flush(); // so that a resumed run finds every line up to its checkpoint
    }

    private void write(ObjectNode line) {
        try {
            out.write(line.toString());
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
