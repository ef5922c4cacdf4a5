package org.counterweight.cli.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.datasets.Fetcher;
import org.counterweight.federate.run.Federated;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.federate.Cluster;
import org.counterweight.jobs.federate.FederateJob;
import org.counterweight.jobs.federate.LocalSites;
import org.counterweight.jobs.federate.Sites;
import org.counterweight.jobs.recipe.program.FederateRecipe;
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
            "Trains a model for one client with few labels, together with clients of other domains, none of which"
                    + " shares its rows (FedGP, FedDA), and compares it with other algorithms over the same clients.",
            "Clients that fail or are late are left out of a round and reported. Ctrl-C leaves a state for --resume."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw federate examples/federate/rotated-digits.yaml --output runs/rotated")
public final class FederateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RECIPE", description = "which clients, which model, and how (YAML or JSON)")
    private Path file;

    @Mixin
    private JobOptions options;

    @Option(
            names = "--spark",
            arity = "0..1",
            fallbackValue = "",
            paramLabel = "MASTER",
            description = "train clients as Spark tasks, on the cluster that cw was submitted to or on this one;"
                    + " see docs/spark.md")
    private @Nullable String spark;

    @Override
    public Integer call() throws IOException {
        var progress = new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal"));
        FederateRecipe read = FederateRecipe.read(file, options.settings());
        FederateRecipe recipe = options.placed(read, FederateRecipe::into);
        var checked = new FederateJob(recipe, Fetcher.ofUser(progress::say), progress);
        checked.check();
        Cluster cluster = spark == null ? null : Cluster.present();
        PrintWriter out = spec.commandLine().getOut();
        if (options.onlyShows(recipe.tree(), out)) {
            return ExitCode.OK;
        }
        checked.checkDirectory(options.resume(), options.overwrite());
        try (Sites sites = cluster == null ? new LocalSites() : cluster.connect(String.valueOf(spark))) {
            return done(checked.at(sites), progress, out);
        }
    }

    private int done(FederateJob job, ProgressLine progress, PrintWriter out) {
        FederateJob.Outcome outcome = job.run(options.resume());
        if (outcome.signal() != 0) {
            progress.say("Stopped in " + outcome.directory() + "; go on with --resume");
            return JobOptions.signalled(outcome.signal());
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
