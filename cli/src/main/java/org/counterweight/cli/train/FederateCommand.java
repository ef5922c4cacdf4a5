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
import org.counterweight.federate.run.Federated;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.federate.FederateJob;
import org.counterweight.jobs.recipe.FederateRecipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains a model over clients that share no data. */
@Command(
        name = "federate",
        description = {
            "Trains a model for one client with few labels beside clients of other domains, none of which shows its rows"
                    + " (FedGP, FedDA), and holds it against other ways over the same clients.",
            "Clients that fail or are late are left out of a round, and said. Ctrl-C leaves a state for --resume."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw federate examples/federate/rotated-digits.yaml --output runs/rotated")
public final class FederateCommand implements Callable<Integer> {
    private static final int SIGNALLED = 128;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RECIPE", description = "which clients, which model, and how (YAML or JSON)")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "put a setting in place of the recipe's: federate.beta=0.5; may be repeated")
    private List<String> settings = List.of();

    @Option(names = "--output", paramLabel = "DIR", description = "directory to write, in place of the recipe's")
    private @Nullable Path output;

    @Option(names = "--check", description = "only check the recipe, and show it with every setting")
    private boolean check;

    @Option(names = "--resume", description = "go on after the last round that was finished")
    private boolean resume;

    @Mixin
    private Overwrite overwrite;

    @Override
    public Integer call() throws IOException {
        var progress = new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal"));
        FederateRecipe read = FederateRecipe.read(file, settings);
        FederateRecipe recipe = output == null ? read : read.into(output);
        var job = new FederateJob(recipe, Fetcher.ofUser(progress::say), progress);
        job.check();
        PrintWriter out = spec.commandLine().getOut();
        if (check) {
            out.print(Configs.yaml(recipe.tree()));
            out.flush();
            return ExitCode.OK;
        }
        job.checkDirectory(resume, overwrite.isGiven());
        FederateJob.Outcome outcome = job.run(resume);
        if (outcome.signal() != 0) {
            progress.say("Stopped in " + outcome.directory() + "; go on with --resume");
            return SIGNALLED + outcome.signal();
        }
        outcome.ways().forEach(one -> out.println(line(one)));
        out.println("Model    " + outcome.directory().resolve(FederateJob.MERGED));
        out.println("Report   " + outcome.directory().resolve(FederateJob.REPORT));
        out.flush();
        return outcome.ways().stream().allMatch(one -> one.ended() == null) ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private static String line(Federated one) {
        return String.format(
                Locale.ROOT,
                "%-12s accuracy %5.1f %%%s",
                one.way().key(),
                100 * one.accuracy(),
                one.ended() == null ? "" : ", ended before its last round");
    }
}
