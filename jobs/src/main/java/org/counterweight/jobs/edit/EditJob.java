package org.counterweight.jobs.edit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.edit.Editor;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * A stream of wrong answers is put right, one after the other (GRACE), and every so often the model is judged: are the edits
 * still right, are rephrasings answered alike, and are other texts answered as before.
 *
 * @param model its directory
 * @param adapter on it, or null
 * @param settings those of GRACE; null to go on with {@code edits}, which has its own
 * @param edits directory of a codebook to go on with, or null
 * @param input the stream, JSON lines
 * @param upstream texts to leave alone, or null
 * @param maxLength tokens of a text, or null for the model's own
 * @param period edits between two judgements, at least 1
 * @param force whether answers that are right already are edited too
 */
public record EditJob(
        Path model,
        @Nullable Path adapter,
        @Nullable GraceConfig settings,
        @Nullable Path edits,
        Path input,
        Upstream.@Nullable Source upstream,
        @Nullable Integer maxLength,
        int period,
        boolean force,
        ProgressLine progress) {
    public static final String EDITS = "edits.jsonl";
    public static final String FIGURES = "figures.jsonl";
    public static final String REPORT = "report.html";

    public EditJob {
        if (period < 1) {
            throw new ConfigException("--period", period, "an integer of at least 1 (50 is the paper's)");
        }
        if ((settings == null) == (edits == null)) {
            throw new ConfigException(
                    "say either how to edit, with --layer or --settings, or with --edits which edits to go"
                            + " on with, which bring their settings");
        }
    }

    /** All that is read. */
    public List<Path> inputs() {
        return Stream.of(model, adapter, edits, input, upstream == null ? null : upstream.file())
                .filter(Objects::nonNull)
                .toList();
    }

    /** Where a codebook begins. */
    private record Begun(GraceConfig config, History.State state) {}

    /** Edits, and writes the output's directory, whole or not at all. */
    public EditOutcome write(Path output) {
        List<EditLine> lines = EditLine.read(input);
        String base = EditsDirectory.digest(model, adapter);
        Begun begun = begun(base);
        try (var scope = Scope.open();
                EditedModel opened = EditedModel.open(model, adapter, maxLength);
                Staged staged = Staged.output(output)) {
            var editor = new Editor(opened.model(), opened.params(), begun.config(), opened.task());
            Upstream others = upstream == null ? null : Upstream.read(upstream, opened, progress::say);
            var stream = new EditStream(opened, editor, others, lines);
            Radii radii = Radii.of(opened, editor, begun.config().distFn(), lines, others);
            if (radii != null) {
                progress.say(radii.advice(begun.config().eps()));
            }
            EditOutcome outcome = stream.run(begun.state(), period, force, radii, staged.path(), progress);
            Ledger ledger = ledger(begun.config());
            var file = new CodebookFile(begun.config(), editor.point().name(), base, outcome.state());
            file.write(staged.path().resolve(EditsDirectory.FILE), ledger.metadata());
            EditPage.of(this, output, file, outcome, ledger).write(staged.path().resolve(REPORT));
            staged.commit();
            return outcome;
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private Begun begun(String base) {
        if (edits == null) {
            GraceConfig config = Objects.requireNonNull(settings);
            return new Begun(config, History.State.empty(config.distFn()));
        }
        CodebookFile file = EditsDirectory.open(edits).codebook();
        file.checkBase(edits.toString(), base);
        return new Begun(file.config(), file.state());
    }

    private Ledger ledger(GraceConfig config) {
        List<Ledger.Input> read = inputs().stream()
                .filter(path -> !path.equals(adapter) && !path.equals(edits))
                .map(path -> new Ledger.Input(path.toString(), Ledger.digest(path)))
                .toList();
        return Ledger.of("grace", Configs.tree(config), read, config.seed(), Engine.threads());
    }
}
