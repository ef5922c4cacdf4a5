package org.counterweight.cli.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.datasets.Fetcher;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.distill.DistillJob;
import org.counterweight.jobs.distill.JudgedSet;
import org.counterweight.jobs.recipe.program.DistillRecipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Distils a training set into a few images. */
@Command(
        name = "distill",
        description = {
            "Condenses a training set into a few images that teach a fresh network what all of them would have"
                    + " (dataset distillation), and compares them with other ways to choose as many.",
            "Writes a set that cw run trains on, the images as PNG, and a report. Ctrl-C leaves a state for --resume."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw distill examples/distill/digits.yaml --output runs/digits")
public final class DistillCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RECIPE", description = "which images, for which network, and how (YAML or JSON)")
    private Path file;

    @Mixin
    private JobOptions options;

    @Override
    public Integer call() throws IOException {
        var progress = new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal"));
        DistillRecipe read = DistillRecipe.read(file, options.settings());
        DistillRecipe recipe = options.placed(read, DistillRecipe::into);
        var job = new DistillJob(recipe, Fetcher.ofUser(progress::say), progress);
        job.check();
        PrintWriter out = spec.commandLine().getOut();
        if (options.onlyShows(recipe.tree(), out)) {
            return ExitCode.OK;
        }
        job.checkDirectory(options.resume(), options.overwrite());
        DistillJob.Outcome outcome = job.run(options.resume());
        if (outcome.signal() != 0) {
            progress.say("Stopped in " + outcome.directory() + "; go on with --resume");
            return JobOptions.signalled(outcome.signal());
        }
        outcome.judged().forEach(one -> out.println(line(one)));
        out.println("Set      " + outcome.directory().resolve(DistillJob.SET));
        out.println("Report   " + outcome.directory().resolve(DistillJob.REPORT));
        out.flush();
        return ExitCode.OK;
    }

    private static String line(JudgedSet one) {
        return String.format(
                Locale.ROOT,
                "%-15s %-10s accuracy %5.1f ± %.1f %%",
                one.way().key(),
                one.network(),
                100 * one.mean(),
                100 * one.deviation());
    }
}
