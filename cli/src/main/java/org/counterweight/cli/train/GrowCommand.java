package org.counterweight.cli.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.cli.option.TableOptions;
import org.counterweight.cli.option.TextOptions;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.datasets.Fetcher;
import org.counterweight.incremental.sequence.TaskResult;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.grow.GrowJob;
import org.counterweight.jobs.grow.GrownReport;
import org.counterweight.jobs.grow.SequenceJob;
import org.counterweight.jobs.recipe.program.GrowRecipe;
import org.counterweight.jobs.recipe.program.GrowSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Adds classes to a served classifier, or learns all of a data set's task by task. */
@Command(
        name = "grow",
        description = {
            "Adds classes to a deployed classifier from rows of these alone (Weight Aligning), and keeps a few rows of"
                    + " each class beside it for the next time.",
            "With a recipe in place of MODEL, learns the classes of a data set task by task."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw grow runs/served/merged --data new.csv --remember old.csv --output models/grown")
public final class GrowCommand implements Callable<Integer> {
    private static final int SIGNALLED = 128;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "MODEL",
            description = "directory of the deployed classifier, or a recipe (.yaml, .json) with a section grow")
    private Path what;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = {
                "texts of the new classes with their labels; or pictures: a directory with one for each class, or an"
                        + " idx file"
            })
    private @Nullable Path data;

    @Option(
            names = "--remember",
            paramLabel = "PATH",
            description = "rows of old classes, of which a few are kept (default: those kept beside MODEL)")
    private @Nullable Path remember;

    @Option(names = "--test", paramLabel = "PATH", description = "rows of old and new classes to evaluate on")
    private @Nullable Path test;

    @Option(names = "--output", paramLabel = "DIR", description = "directory for the model, or for the run")
    private @Nullable Path output;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a setting, such as grow.memory.per_class=50; may be repeated")
    private List<String> settings = List.of();

    @Mixin
    private TextOptions reading;

    @Mixin
    private TableOptions tables;

    @Option(names = "--label", paramLabel = "NAME", description = "column of the class (default: ${DEFAULT-VALUE})")
    private String label = "label";

    @Option(names = "--check", description = "only check; a recipe is printed with all defaults")
    private boolean check;

    @Option(names = "--resume", description = "for a recipe: continue after the last finished task, or inside one")
    private boolean resume;

    @Mixin
    private Overwrite overwrite;

    @Override
    public Integer call() throws IOException {
        var progress = new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal"));
        return Files.isRegularFile(what) ? sequence(progress) : model(progress);
    }

    private int sequence(ProgressLine progress) throws IOException {
        if (data != null || remember != null || test != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--data, --remember and --test are of a model that grows; a recipe names its data"
                            + " itself: leave them out");
        }
        GrowRecipe read = GrowRecipe.read(what, settings);
        GrowRecipe recipe = output == null ? read : read.into(output);
        var job = new SequenceJob(recipe, Fetcher.ofUser(progress::say), progress);
        job.check();
        PrintWriter out = spec.commandLine().getOut();
        if (check) {
            out.print(Configs.yaml(recipe.tree()));
            out.flush();
            return ExitCode.OK;
        }
        job.checkDirectory(resume, overwrite.isGiven());
        SequenceJob.Outcome outcome = job.run(resume);
        outcome.tasks().forEach(task -> out.println(line(task)));
        if (outcome.signal() != 0) {
            progress.say("Stopped in " + outcome.directory() + "; go on with --resume");
            return SIGNALLED + outcome.signal();
        }
        out.println("Report   " + outcome.directory().resolve(SequenceJob.REPORT));
        out.flush();
        return ExitCode.OK;
    }

    private static String line(TaskResult task) {
        double right = 0;
        double rows = 0;
        for (int j = 0; j <= task.task(); j++) {
            right += task.after().get(j) * task.testRows().get(j);
            rows += task.testRows().get(j);
        }
        return String.format(
                Locale.ROOT,
                "Task %-3d %4d classes, accuracy %5.1f %%%s",
                task.task() + 1,
                task.known() + task.added().size(),
                100 * right / rows,
                task.gamma() == null ? "" : String.format(Locale.ROOT, ", gamma %.3f", task.gamma()));
    }

    private int model(ProgressLine progress) {
        if (resume) {
            throw new ParameterException(
                    spec.commandLine(), "--resume is of a recipe; a model that grows is written whole or not at all");
        }
        Path added = required(data, "--data");
        Path directory = required(output, "--output");
        overwrite.check(directory, "--output");
        var inputs = new ArrayList<>(List.of(what, added));
        if (remember != null) {
            inputs.add(remember);
        }
        Destination.checkApart(directory, inputs, "--output");
        overwrite.checkContents(directory, "--output");
        var job = new GrowJob(Sources.local(what), source(added), GrowSettings.of(settings), progress);
        job.check();
        if (check) {
            return ExitCode.OK;
        }
        GrownReport report = job.write(directory);
        PrintWriter out = spec.commandLine().getOut();
        out.println("Classes  " + report.known().size() + " and "
                + report.added().size() + ": " + String.join(", ", report.added()));
        if (report.gamma() != null) {
            out.println(
                    String.format(Locale.ROOT, "Gamma    %.4f (unclamped %.4f)", report.gamma(), report.unclamped()));
        }
        report.accuracy()
                .forEach(line -> out.println(String.format(
                        Locale.ROOT,
                        "Accuracy %5.1f %%, old classes %5.1f %%, new %5.1f %%: %s",
                        100 * line.all(),
                        100 * line.old(),
                        100 * line.young(),
                        line.head())));
        out.println("Model    " + directory);
        out.println("Report   " + directory.resolve(GrowJob.REPORT));
        out.flush();
        return ExitCode.OK;
    }

    private GrowJob.Source source(Path added) {
        return GrowJob.Pictures.areAt(added)
                ? new GrowJob.Pictures(added, remember, test)
                : new GrowJob.Texts(
                        added, remember, test, tables.format(), reading.column(), label, reading.maxLength());
    }

    private Path required(@Nullable Path file, String option) {
        if (file == null && !Files.exists(Sources.local(what))) {
            throw new ConfigException(what + ": there is no such recipe, nor a model's directory");
        }
        if (file == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Missing required option: '" + option + "=<" + option.substring(2) + ">' to add classes to "
                            + what);
        }
        return file;
    }
}
