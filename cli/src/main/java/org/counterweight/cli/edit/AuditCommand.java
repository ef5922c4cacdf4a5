package org.counterweight.cli.edit;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.counterweight.audit.AuditConfig;
import org.counterweight.audit.files.Finding;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.cli.option.TableOptions;
import org.counterweight.cli.option.TextOptions;
import org.counterweight.config.Configs;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.audit.AuditJob;
import org.counterweight.jobs.audit.AuditOutcome;
import org.counterweight.jobs.audit.AuditRepair;
import org.counterweight.jobs.data.Sources;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Checks a model of strangers before it is trusted. */
@Command(
        name = "audit",
        description = {
            "Checks a model before it is trusted: files that run code, tensors unknown to a manifest, rows that"
                    + " differ from a trusted base, and words that flip a classifier's answers to one class.",
            "Exit status: 0 nothing detected, 3 a finding, 4 nothing detected but not everything examined; 1 and 2 as"
                    + " ever."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw audit runs/quickstart/merged --probes dev.csv --output runs/audit")
public final class AuditCommand implements Callable<Integer> {
    private static final int FINDING = 3;
    private static final int NOT_EXAMINED = 4;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "its directory")
    private Path model;

    @Option(
            names = "--probes",
            paramLabel = "FILE",
            description = "texts in which words are tried (default: neutral ones)")
    private @Nullable Path probes;

    @Option(
            names = "--corpus",
            paramLabel = "FILE",
            description = "texts, of any number, in which words are counted (default: the probes)")
    private @Nullable Path corpus;

    @Option(names = "--base", paramLabel = "DIR", description = "a trusted model from which this one was made")
    private @Nullable Path base;

    @Option(names = "--manifest", paramLabel = "FILE", description = "digests to compare it with")
    private @Nullable Path manifest;

    @Option(
            names = "--write-manifest",
            paramLabel = "FILE",
            description = "only write the digests of this model there, for later")
    private @Nullable Path writeManifest;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a setting of cw explain audit, such as screened=0.02, for fewer words and less time; may be"
                    + " repeated")
    private Map<String, String> sets = new LinkedHashMap<>();

    @Option(names = "--output", paramLabel = "DIR", description = "report.html, audit.json and audit.sarif go there")
    private @Nullable Path output;

    @Option(
            names = "--repaired",
            paramLabel = "DIR",
            description = "write the model there with the rows of suspected words reset, and try these words again")
    private @Nullable Path repaired;

    @Mixin
    private TextOptions reading;

    @Mixin
    private TableOptions tables;

    @Mixin
    private Overwrite overwrite;

    @Override
    public Integer call() {
        if (output != null) {
            overwrite.check(output, "--output");
        }
        if (repaired != null) {
            overwrite.check(repaired, "--repaired");
        }
        ObjectNode settings = Configs.JSON.createObjectNode();
        sets.forEach((key, value) -> settings.set(
                key, Configs.yaml("value: " + value, "--set " + key).get("value")));
        var job = new AuditJob(
                Sources.local(model),
                manifest,
                base == null ? null : Sources.local(base),
                texts(probes),
                texts(corpus),
                Configs.bind(settings, AuditConfig.class, "audit"),
                new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal")));
        if (writeManifest != null) {
            Destination.checkFile(writeManifest, job.inputs(), "--write-manifest");
            job.digests().write(writeManifest);
            return 0;
        }
        if (output != null) {
            Destination.checkApart(output, job.inputs(), "--output");
            overwrite.checkContents(output, "--output");
        }
        if (repaired != null) {
            Destination.checkApart(repaired, job.inputs(), "--repaired");
            overwrite.checkContents(repaired, "--repaired");
        }
        AuditOutcome outcome = job.run();
        if (output != null) {
            job.write(outcome, output);
        }
        int status = print(outcome);
        if (repaired != null) {
            repair(job, outcome, repaired);
        }
        return status;
    }

    private void repair(AuditJob job, AuditOutcome outcome, Path into) {
        PrintWriter out = spec.commandLine().getOut();
        if (outcome.suspects().isEmpty()) {
            out.println("Repaired  nothing: no word is suspected");
            return;
        }
        for (AuditRepair.Repaired word : new AuditRepair(job).write(outcome.suspects(), into)) {
            out.printf(
                    Locale.ROOT,
                    "Repaired  %s flips %.0f %% to \"%s\", before %.0f %%%n",
                    word.word(),
                    100 * word.after(),
                    word.target(),
                    100 * word.before());
        }
        out.println("Repaired  " + into + "; audit it again, and train it on your data");
    }

    /** The command that puts the rows of suspected words back, as it can be pasted. */
    private String repairing() {
        var words = new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
        words.removeIf(word -> word.startsWith("--output="));
        int output = words.indexOf("--output");
        if (output >= 0) {
            words.subList(output, output + 2).clear(); // it is there already
        }
        words.addAll(List.of("--repaired", model + ".repaired"));
        return "./cw "
                + words.stream()
                        .map(word -> word.matches("[\\w@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
                        .collect(Collectors.joining(" "));
    }

    private AuditJob.@Nullable Texts texts(@Nullable Path file) {
        return file == null ? null : new AuditJob.Texts(file, tables.format(), reading.column());
    }

    private int print(AuditOutcome outcome) {
        PrintWriter out = spec.commandLine().getOut();
        for (Finding finding : outcome.findings()) {
            out.println(finding.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' ') + "  " + finding.where()
                    + ": " + finding.text());
        }
        if (outcome.scanned() != null) {
            out.println("Scanned   " + outcome.scanned() + " texts");
        }
        if (output != null) {
            out.println("Report    " + output.resolve("report.html"));
        }
        if (!outcome.suspects().isEmpty() && repaired == null) {
            out.println("Repair    " + repairing());
        }
        int status = switch (outcome.verdict()) {
            case CLEAN -> 0;
            case FINDING -> FINDING;
            case NOT_EXAMINED -> NOT_EXAMINED;
        };
        out.println(
                switch (outcome.verdict()) {
                    case CLEAN -> "Verdict   nothing detected; triggers of several words or of style are out of reach";
                    case FINDING -> "Verdict   finding";
                    case NOT_EXAMINED -> "Verdict   nothing detected, but not everything was examined";
                });
        out.flush();
        return status;
    }
}
