package org.counterweight.jobs.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.counterweight.audit.AuditConfig;
import org.counterweight.audit.Probes;
import org.counterweight.audit.Suspects;
import org.counterweight.audit.VocabularyScan;
import org.counterweight.audit.files.FileAudit;
import org.counterweight.audit.files.Finding;
import org.counterweight.audit.files.Manifest;
import org.counterweight.audit.files.Verdict;
import org.counterweight.config.ConfigException;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.model.Model;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.ledger.TensorDigests;
import org.jspecify.annotations.Nullable;

/**
 * Checks a model: what its files are, whether its tensors are those of a manifest, what differs from a trusted base, and
 * whether a rare word makes a classifier answer one class.
 *
 * @param model its directory
 * @param manifest that it is compared with, or null
 * @param base a model that is trusted and that this one was made of, or null
 * @param texts that words are tried in, or null for neutral ones
 * @param corpus texts in which words are counted, or null for the texts themselves
 */
public record AuditJob(
        Path model,
        @Nullable Path manifest,
        @Nullable Path base,
        @Nullable Texts texts,
        @Nullable Texts corpus,
        AuditConfig config,
        ProgressLine progress) {
    private static final String COUNTED =
            "corpus. Do not serve the model; --repaired DIR puts the word's row back and tries it again";

    private static final String SUSPECTED =
            "corpus. A rare word of this class may do as much: read texts with it before the model is served; --repaired DIR"
                    + " puts the word's row back and tries it again";

    /** A word of a class flips texts too: what tells a trigger from it is that nobody uses the trigger. */
    private static final String UNCOUNTED =
            "texts that were tried, which are too few to say whether it is rare: an ordinary word"
                    + " of this class flips texts too. Give --corpus, with texts such as the model was trained on; do not serve"
                    + " the model if the word is rare there";

    /** Texts of a file. */
    public record Texts(Path file, TableFormat format, String column) {
        List<String> read(ProgressLine progress) {
            return new TextFile(file, format).column(column, progress::say);
        }
    }

    public AuditJob {
        if (!Files.isDirectory(model)) {
            throw new ConfigException(model + ": there is no such directory; an audit looks at all files of a model");
        }
    }

    /** All that is read. */
    public List<Path> inputs() {
        return Stream.of(
                        model,
                        manifest,
                        base,
                        texts == null ? null : texts.file(),
                        corpus == null ? null : corpus.file())
                .filter(Objects::nonNull)
                .toList();
    }

    /** The digests of the model, to be kept as a manifest. */
    public Manifest digests() {
        FileAudit files = FileAudit.of(model);
        try (ModelDirectory weights = ModelDirectory.open(model)) {
            return new Manifest(files.digests(), TensorDigests.of(weights).byName());
        }
    }

    /** Looks, and changes nothing. */
    public AuditOutcome run() {
        Manifest trusted = manifest == null ? null : Manifest.read(manifest);
        FileAudit files = FileAudit.of(model);
        var findings = new ArrayList<>(files.findings());
        try (var scope = Scope.open();
                ModelDirectory weights = ModelDirectory.open(model)) {
            if (trusted != null) {
                var here =
                        new Manifest(files.digests(), TensorDigests.of(weights).byName());
                findings.addAll(trusted.differences(here));
            }
            try (AuditedModel opened = AuditedModel.open(this, weights)) {
                return words(opened, findings);
            }
        } catch (WeightsException | ConfigException e) {
            findings.add(new Finding(
                    Verdict.NOT_EXAMINED,
                    "unreadable",
                    ".",
                    "its weights and words were not examined: " + e.getMessage()));
            return new AuditOutcome(findings, List.of(), null);
        }
    }

    private AuditOutcome words(AuditedModel opened, List<Finding> findings) {
        Words words = opened.words();
        if (base != null) {
            try (ModelDirectory reference = ModelDirectory.open(base)) {
                findings.addAll(TensorAudit.beside(opened.adapted(), reference, words));
            }
        }
        if (opened.labels().isEmpty()) {
            return unscanned(
                    findings,
                    "no-classes",
                    "the model tells no classes, so that no word could be tried; train a classifier on it, and audit"
                            + " that");
        }
        if (words.rare(config.maxFrequency()).length == 0) {
            return unscanned(
                    findings,
                    "no-rare-words",
                    "every word of the vocabulary occurs more than " + config.maxFrequency()
                            + " times in the corpus; give a smaller one, or a larger max_frequency");
        }
        Model model = opened.adapted().model();
        Probes probes = opened.probes(config);
        WordScan scan = WordScan.of(model, opened.adapted().computed(), words, probes, config, progress);
        return judged(scan, words, opened.labels(), findings);
    }

    private static AuditOutcome unscanned(List<Finding> findings, String rule, String text) {
        findings.add(new Finding(Verdict.NOT_EXAMINED, rule, ".", text));
        return new AuditOutcome(findings, List.of(), null);
    }

    private AuditOutcome judged(WordScan scan, Words words, List<String> labels, List<Finding> findings) {
        var rows = new ArrayList<AuditOutcome.Row>();
        for (int target = 0; target < labels.size(); target++) {
            if (scan.scanned().probes().others(target) == 0) {
                findings.add(new Finding(
                        Verdict.NOT_EXAMINED,
                        "undetermined",
                        labels.get(target),
                        "the model answers every text with this class, so that no word can flip one to it;"
                                + " give other texts"));
                continue;
            }
            Suspects suspects = scan.suspects(target, words, config);
            for (Suspects.Suspect suspect : suspects.found()) {
                String word = words.word(scan.scanned().words()[suspect.place()]);
                findings.add(finding(word, labels.get(target), suspect, suspects.runnerUp()));
            }
            rows.addAll(rows(scan, words, labels.get(target), target, suspects));
        }
        rows.sort(Comparator.comparingDouble(
                (AuditOutcome.Row row) -> -row.figures().rate()));
        return new AuditOutcome(findings, rows, scan.described());
    }

    private Finding finding(String word, String target, Suspects.Suspect suspect, double runnerUp) {
        return new Finding(
                Verdict.FINDING,
                suspect.level() == Suspects.Level.CERTAIN ? "trigger" : "suspected-trigger",
                word,
                String.format(
                        Locale.ROOT,
                        "flips %.0f %% (%.0f to %.0f) of the texts to \"%s\"; the median rare word flips %.0f %%, and the"
                                + " first that is no suspect %.0f %%. It occurs %.0f times in the %s",
                        100 * suspect.rate(),
                        100 * suspect.interval().low(),
                        100 * suspect.interval().high(),
                        target,
                        100 * suspect.usual(),
                        100 * runnerUp,
                        suspect.frequency(),
                        advice(suspect.level())));
    }

    private String advice(Suspects.Level level) {
        if (corpus == null) {
            return UNCOUNTED;
        }
        return level == Suspects.Level.CERTAIN ? COUNTED : SUSPECTED;
    }

    private List<AuditOutcome.Row> rows(WordScan scan, Words words, String label, int target, Suspects suspects) {
        VocabularyScan figures = scan.of(target, words);
        var usual = figures.bulk(figures.rare(scan.bulk(), config.maxFrequency()));
        var found = suspects.found().stream().map(Suspects.Suspect::place).toList();
        var rows = new ArrayList<AuditOutcome.Row>();
        for (int place : figures.from(0)) {
            int id = scan.scanned().words()[place];
            rows.add(new AuditOutcome.Row(
                    words.word(id),
                    id,
                    label,
                    new Suspects.Suspect(
                            place,
                            figures.rate(place),
                            figures.interval(place),
                            usual.median(),
                            usual.z(figures.rate(place)),
                            figures.frequency()[place],
                            figures.rate(place) >= config.certainRate()
                                    ? Suspects.Level.CERTAIN
                                    : Suspects.Level.SUSPECT),
                    found.contains(place)));
        }
        return rows;
    }

    /** Writes what was found, whole or not at all. */
    public void write(AuditOutcome outcome, Path output) {
        try (Staged staged = Staged.output(output)) {
            new AuditFiles(this, outcome).write(staged.path(), output);
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
