package org.counterweight.jobs.edit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.baseline.BaselineConfig;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.edit.input.EditLine;
import org.counterweight.jobs.edit.input.EditedModel;
import org.counterweight.jobs.edit.input.Upstream;
import org.counterweight.jobs.edit.input.UpstreamFile;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A stream of wrong answers is corrected, one after the other (GRACE), and every so often the model is judged: are the edits
 * still right, are rephrasings answered alike, and are other texts answered as before.
 *
 * @param model its directory
 * @param adapter on it, or null
 * @param settings those of GRACE; null to go on with {@code edits}, which has its own
 * @param baseline what corrects in GRACE's place, to compare with it; null for GRACE
 * @param edits directory of a codebook to go on with, or null
 * @param input the stream, JSON lines
 * @param upstream texts to leave alone, or null
 * @param maxLength tokens of a text, or null for the model's own
 * @param period edits between two judgements, at least 1
 * @param force whether answers that are right already are edited too
 * @param resume whether a stream that was stopped is continued
 */
public record EditJob(
        Path model,
        @Nullable Path adapter,
        @Nullable GraceConfig settings,
        @Nullable BaselineConfig baseline,
        @Nullable Path edits,
        Path input,
        @Nullable UpstreamFile upstream,
        @Nullable Integer maxLength,
        int period,
        boolean force,
        boolean resume,
        ProgressLine progress) {
    public static final String EDITS = "edits.jsonl";
    public static final String FIGURES = "figures.jsonl";
    public static final String REPORT = "report.html";

    public EditJob {
        if (period < 1) {
            throw new ConfigException("--period", period, "an integer of at least 1 (50 is the paper's)");
        }
        if (Stream.of(settings, baseline, edits).filter(Objects::nonNull).count() != 1) {
            throw new ConfigException(
                    "say either how to edit, with --layer or --settings, or with --edits which edits to"
                            + " go on with, which bring their settings; with --baseline leave --edits out");
        }
    }

    /** Refuses to continue a stream that came to its end. */
    public static void checkUnfinished(Path output) {
        if (Files.isRegularFile(output.resolve(FIGURES)) && !EditCheckpoint.isBeside(output)) {
            throw new ConfigException(
                    "--resume: the edits in " + output + " are whole, so that there is nothing to go on"
                            + " with; make further ones with --edits " + output + " and another --output");
        }
    }

    /** All that is read. */
    public List<Path> inputs() {
        return Stream.of(model, adapter, edits, input, upstream == null ? null : upstream.file())
                .filter(Objects::nonNull)
                .toList();
    }

    /** Edits, and writes the output's directory, whole or not at all. */
    public EditOutcome write(Path output) {
        List<EditLine> lines = EditLine.read(input);
        String base = EditsDirectory.digest(model, adapter);
        var checkpoint = EditCheckpoint.beside(output, made(base));
        StreamSoFar so = Objects.requireNonNullElseGet(checkpoint.found(resume), StreamSoFar::new);
        try (var scope = Scope.open();
                EditedModel opened = EditedModel.open(model, adapter, maxLength);
                Correcting by = correcting(opened, base, so.done() == 0 ? null : checkpoint.directory());
                Staged staged = Staged.output(output)) {
            Upstream others = upstream == null ? null : Upstream.read(upstream, opened, progress::say);
            var stream = new EditStream(opened, others, lines);
            if (by instanceof BaselineCorrecting tuned && so.done() > 0) {
                tuned.restore(checkpoint.directory(), stream.requests(so.made()));
            }
            Radii radii = by instanceof GraceCorrecting grace ? radii(grace, opened, lines, others) : null;
            EditFigures unedited = stream.run(by, so, period, force, checkpoint, progress);
            var outcome = new EditOutcome(unedited, so.figures(), so.unsuccessful(), radii);
            write(by, so, outcome, output, staged.path());
            staged.commit();
            checkpoint.remove();
            return outcome;
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private @Nullable Radii radii(
            GraceCorrecting grace, EditedModel opened, List<EditLine> lines, @Nullable Upstream others) {
        GraceConfig config = grace.file().config();
        Radii radii = Radii.of(opened, grace.editor(), config.distFn(), lines, others);
        if (radii != null) {
            progress.say(radii.advice(config.eps()));
        }
        return radii;
    }

    /** What corrects, as it begins, or as it was kept. */
    private Correcting correcting(EditedModel opened, String base, @Nullable Path kept) {
        if (baseline != null) {
            return new BaselineCorrecting(opened, baseline);
        }
        Path from = kept != null ? kept : edits;
        if (from == null) {
            GraceConfig config = Objects.requireNonNull(settings);
            return new GraceCorrecting(opened, config, History.State.empty(config.distFn()), base);
        }
        CodebookFile file = EditsDirectory.open(from).codebook();
        file.checkBase(from.toString(), base);
        return new GraceCorrecting(opened, file.config(), file.state(), base);
    }

    private void write(Correcting by, StreamSoFar so, EditOutcome outcome, Path output, Path into) throws IOException {
        Files.write(into.resolve(EDITS), so.lines());
        Files.write(
                into.resolve(FIGURES),
                so.figures().stream().map(row -> row.json().toString()).toList());
        Ledger ledger = ledger(by);
        if (by instanceof GraceCorrecting grace) {
            grace.file().write(into.resolve(EditsDirectory.FILE), ledger.metadata());
        }
        EditPage.of(this, output, by, outcome, ledger).write(into.resolve(REPORT));
    }

    /** What the stream is made of: another one is not continued. */
    private ObjectNode made(String base) {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("the model", base);
        json.put("--input", Ledger.digest(input));
        json.put("--upstream", upstream == null ? null : Ledger.digest(upstream.file()));
        json.put("--edits", edits == null ? null : Ledger.digest(edits.resolve(EditsDirectory.FILE)));
        json.set(
                "what is set",
                settings != null ? Configs.tree(settings) : baseline != null ? Configs.tree(baseline) : null);
        return json.put("--period", period).put("--force", force).put("--max-length", maxLength);
    }

    private Ledger ledger(Correcting by) {
        List<Ledger.Input> read = inputs().stream()
                .filter(path -> !path.equals(adapter) && !path.equals(edits))
                .map(path -> new Ledger.Input(path.toString(), Ledger.digest(path)))
                .toList();
        ObjectNode settled = by.settings();
        return Ledger.of(by.method(), settled, read, settled.path("seed").asLong(), Engine.threads());
    }
}
