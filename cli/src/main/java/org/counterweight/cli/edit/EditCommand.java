package org.counterweight.cli.edit;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.cli.option.GraceOptions;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.cli.option.TableOptions;
import org.counterweight.cli.option.TextOptions;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.baseline.BaselineConfig;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.edit.EditFigures;
import org.counterweight.jobs.edit.EditJob;
import org.counterweight.jobs.edit.EditOutcome;
import org.counterweight.jobs.edit.input.UpstreamFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Puts wrong answers of a model right, one after the other, without a change of its weights. */
@Command(
        name = "edit",
        description = {
            "Corrects wrong answers one by one, in a codebook at one layer; no weight changes (GRACE).",
            "Edits are JSON lines: {\"text\": …, \"label\": …} for a classifier, {\"prompt\": …, \"target_new\": …}"
                    + " for a decoder, with rephrase_prompt and locality to judge by. cw predict --edits answers with"
                    + " them."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw edit runs/quickstart/merged --input edits.jsonl --layer layer.4.output.dense --output"
                + " runs/edits")
public final class EditCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "directory of a classifier or a decoder")
    private Path model;

    @Option(names = "--input", required = true, paramLabel = "FILE", description = "the edits, JSON lines")
    private Path input;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "codebook and report go there")
    private Path output;

    @Mixin
    private GraceOptions grace;

    @Option(
            names = "--baseline",
            paramLabel = "NAME",
            description = "correct with ft, ft_ewc, ft_retrain, defer or memory instead of GRACE, to compare them; or"
                    + " method: NAME in --settings")
    private @Nullable String baseline;

    @Option(names = "--edits", paramLabel = "DIR", description = "continue from the edits of an earlier cw edit")
    private @Nullable Path edits;

    @Option(names = "--adapter", paramLabel = "DIR", description = "an adapter to attach to the model")
    private @Nullable Path adapter;

    @Option(
            names = "--upstream",
            paramLabel = "FILE",
            description = "texts that are answered correctly, with their classes, to see whether they still are")
    private @Nullable Path upstream;

    @Option(names = "--label", paramLabel = "NAME", description = "column of the class (default: ${DEFAULT-VALUE})")
    private String label = "label";

    @Option(
            names = "--period",
            paramLabel = "N",
            description = "evaluate the model every N edits (default: ${DEFAULT-VALUE})")
    private int period = 50;

    @Option(names = "--force", description = "edit even answers that are right already")
    private boolean force;

    @Option(names = "--resume", description = "continue a stream that was stopped, from its last period")
    private boolean resume;

    @Mixin
    private TextOptions reading;

    @Mixin
    private TableOptions tables;

    @Mixin
    private Overwrite overwrite;

    @Override
    public Integer call() throws IOException {
        if (resume) {
            EditJob.checkUnfinished(output);
        }
        overwrite.check(output, "--output");
        PrintWriter err = spec.commandLine().getErr();
        ObjectNode asked = asked(err);
        boolean isBaseline = asked != null && asked.has("method");
        var job = new EditJob(
                Sources.local(model),
                adapter,
                asked == null || isBaseline ? null : Configs.bind(asked, GraceConfig.class, "grace"),
                asked == null || !isBaseline ? null : Configs.bind(asked, BaselineConfig.class, "baseline"),
                edits,
                input,
                upstream == null ? null : new UpstreamFile(upstream, tables.format(), reading.column(), label),
                reading.maxLength(),
                period,
                force,
                resume,
                new ProgressLine(err, Boolean.getBoolean("cw.terminal")));
        Destination.checkApart(output, job.inputs(), "--output");
        overwrite.checkContents(output, "--output");
        print(job.write(output));
        return 0;
    }

    /** How edits are made, not yet looked at; null where the edits to go on with say so. */
    private @Nullable ObjectNode asked(PrintWriter warnings) throws IOException {
        if (edits != null) {
            if (grace.areGiven()) {
                throw new ParameterException(
                        spec.commandLine(), "--edits brings its own settings; leave --layer, --settings and --set out");
            }
            if (baseline == null) {
                return null;
            }
        }
        ObjectNode tree = grace.tree(warnings);
        return baseline == null ? tree : tree.put("method", baseline);
    }

    private void print(EditOutcome outcome) {
        PrintWriter out = spec.commandLine().getOut();
        EditFigures before = outcome.unedited();
        EditFigures last = outcome.last();
        out.printf(
                "Edits      %d made of %d%s%n",
                last.made(), last.edits(), last.entries() == 0 ? "" : ", " + last.entries() + " entries");
        line(out, "Right", before.retention(), last.retention(), "of the edits");
        line(out, "Rephrased", before.holdout(), last.holdout(), "of their rephrasings");
        if (Double.isFinite(last.locality())) {
            out.printf("As before  %s  of the texts beside them%n", EditFigures.percent(last.locality()));
        }
        if (Double.isFinite(last.upstream())) {
            out.printf(
                    Locale.ROOT,
                    "Upstream   %.4f, unedited %.4f%s%n",
                    last.upstream(),
                    before.upstream(),
                    last.entries() == 0 // a baseline has no entries that could answer
                            ? ""
                            : "; an edit answers " + EditFigures.percent(last.hits()) + " of the texts");
        }
        if (!outcome.unsuccessful().isEmpty()) {
            out.println("Not learnt " + String.join(", ", outcome.unsuccessful()));
        }
        out.println("Output     " + output);
        out.println("Report     " + output.resolve(EditJob.REPORT));
        out.flush();
    }

    private static void line(PrintWriter out, String name, double before, double now, String of) {
        if (Double.isFinite(now)) {
            out.printf("%-10s %s  %s, unedited %s%n", name, EditFigures.percent(now), of, EditFigures.percent(before));
        }
    }
}
