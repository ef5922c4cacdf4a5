package org.counterweight.cli.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.config.Configs;
import org.counterweight.datasets.Fetcher;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.distill.DistillJob;
import org.counterweight.jobs.distill.Judged;
import org.counterweight.jobs.recipe.DistillRecipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Distils a training set into a few images. */
@Command(
        name = "distill",
        description = {
            "Learns a few images from which a fresh network learns what all images of a training set would have taught it"
                    + " (dataset distillation), and judges them beside other ways to as many.",
            "Writes a set that cw run learns from, the images as PNG, and a report. Ctrl-C leaves a state for --resume."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw distill examples/distill/digits.yaml --output runs/digits")
public final class DistillCommand implements Callable<Integer> {
    private static final int SIGNALLED = 128;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RECIPE", description = "which images, for which network, and how (YAML or JSON)")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "put a setting in place of the recipe's: distill.ipc=10; may be repeated")
    private List<String> settings = List.of();

    @Option(names = "--output", paramLabel = "DIR", description = "directory to write, in place of the recipe's")
    private @Nullable Path output;

    @Option(names = "--check", description = "only check the recipe, and show it with every setting")
    private boolean check;

    @Option(names = "--resume", description = "go on where it was broken off")
    private boolean resume;

    @Mixin
    private Overwrite overwrite;

    @Override
    public Integer call() throws IOException {
        var progress = new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal"));
        DistillRecipe read = DistillRecipe.read(file, settings);
        DistillRecipe recipe = output == null ? read : read.into(output);
        var job = new DistillJob(recipe, Fetcher.ofUser(progress::say), progress);
        job.check();
        PrintWriter out = spec.commandLine().getOut();
        if (check) {
            out.print(Configs.yaml(recipe.tree()));
            out.flush();
            return ExitCode.OK;
        }
        job.checkDirectory(resume, overwrite.isGiven());
        DistillJob.Outcome outcome = job.run(resume);
        if (outcome.signal() != 0) {
            progress.say("Stopped in " + outcome.directory() + "; go on with --resume");
            return SIGNALLED + outcome.signal();
        }
        outcome.judged().forEach(one -> out.println(line(one)));
        out.println("Set      " + outcome.directory().resolve(DistillJob.SET));
        out.println("Report   " + outcome.directory().resolve(DistillJob.REPORT));
        out.flush();
        return ExitCode.OK;
    }

    private static String line(Judged one) {
        return String.format(
                Locale.ROOT,
                "%-15s %-10s accuracy %5.1f ± %.1f %%",
                one.way().key(),
                one.network(),
                100 * one.mean(),
                100 * one.deviation());
    }
}
