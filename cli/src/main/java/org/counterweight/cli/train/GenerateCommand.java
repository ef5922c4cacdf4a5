package org.counterweight.cli.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.datasets.Fetcher;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.generate.GenerateJob;
import org.counterweight.jobs.generate.GenerateOutcome;
import org.counterweight.jobs.generate.GenerateOutcome.Result;
import org.counterweight.jobs.generate.Stage;
import org.counterweight.jobs.recipe.program.GenerateRecipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lets a language model write the texts that a classifier of few examples learns from. */
@Command(
        name = "generate",
        description = {
            "Trains a classifier from a few examples per label (FewGen): tunes a language model's prefixes on them,"
                    + " writes texts under each prefix, and trains the classifier on the examples and on these texts.",
            "Each stage leaves a file: --resume continues where a run stopped, --from repeats a stage and all later"
                    + " ones."
        },
        footerHeading = "%nExample, after cw run examples/generate/language.yaml:%n",
        footer = "  ./cw generate examples/generate/fewgen.yaml")
public final class GenerateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RECIPE", description = "generator, classifier, data, labels and settings (.yaml, .json)")
    private Path recipe;

    @Option(
            names = "--from",
            paramLabel = "STAGE",
            description = "with --resume: repeat this stage and all later ones; tune, write or learn")
    private @Nullable Stage from;

    @Mixin
    private JobOptions options;

    @Override
    public Integer call() throws IOException {
        if (from != null && !options.resume()) {
            throw new ParameterException(
                    spec.commandLine(), "--from is of a run that is resumed; add --resume, or leave it out");
        }
        var progress = new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal"));
        GenerateRecipe read = GenerateRecipe.read(recipe, options.settings());
        GenerateRecipe asked = options.placed(read, GenerateRecipe::into);
        var job = new GenerateJob(asked, Fetcher.ofUser(progress::say), progress);
        job.check();
        PrintWriter out = spec.commandLine().getOut();
        if (options.onlyShows(asked.tree(), out)) {
            return ExitCode.OK;
        }
        job.checkDirectory(options.resume(), from, options.overwrite());
        GenerateOutcome outcome = job.run(options.resume(), from);
        Result result = outcome.result();
        if (result == null) {
            progress.say("Stopped in " + outcome.directory() + "; go on with --resume");
            return JobOptions.signalled(outcome.signal());
        }
        out.println(String.format(
                Locale.ROOT,
                "%,d texts kept, %,d different, %,d under several labels",
                result.kept(),
                result.different(),
                result.underSeveral()));
        result.all()
                .forEach((fate, count) -> out.println(String.format(Locale.ROOT, "  %-20s %,7d", fate.key(), count)));
        if (result.judgedBy() != null) {
            out.println(String.format(Locale.ROOT, "Accuracy on %,d rows of %s", result.rows(), result.judgedBy()));
        }
        result.lines().forEach(out::println);
        out.println("Model    " + outcome.directory().resolve(GenerateJob.MERGED));
        out.println("Texts    " + outcome.directory().resolve(GenerateJob.SYNTHETIC));
        out.println("Report   " + outcome.directory().resolve(GenerateJob.REPORT));
        out.flush();
        return ExitCode.OK;
    }
}
