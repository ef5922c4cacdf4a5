package org.counterweight.cli;

import java.io.PrintWriter;
import java.util.Locale;
import org.counterweight.cli.job.Advice;
import org.counterweight.cli.job.Outcome;
import org.counterweight.cli.job.Progress;
import org.counterweight.cli.job.TextJob;
import org.counterweight.cli.recipe.Recipe;
import org.counterweight.cli.report.Page;
import org.counterweight.config.Configs;
import org.counterweight.data.fetch.Fetcher;
import org.counterweight.train.Evaluation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** What {@code run} and {@code quickstart} share: options, and what is printed. */
final class RunOptions {
    @Option(names = "--resume", description = "go on from the checkpoint of a run that was broken off")
    private boolean resume;

    @Option(names = "--overwrite", description = "write over what is in the directory")
    private boolean overwrite;

    @Option(names = "--check", description = "only check the recipe, and print it with every default written out")
    private boolean check;

    int run(Recipe recipe, CommandLine command) {
        var progress = new Progress(command.getErr(), Boolean.getBoolean("cw.terminal"));
        var job = new TextJob(recipe, Fetcher.ofUser(progress::say), progress);
        job.check();
        if (check) {
            command.getOut().print(Configs.yaml(recipe.tree()));
            command.getOut().flush();
            return ExitCode.OK;
        }
        job.checkDirectory(resume, overwrite);
        Outcome outcome = job.run(resume);
        print(recipe, outcome, command.getOut());
        return outcome.interrupted() ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private static void print(Recipe recipe, Outcome outcome, PrintWriter out) {
        if (outcome.test() == null) {
            out.println("Stopped, with a checkpoint in " + outcome.directory() + "; go on with --resume");
            return;
        }
        out.println();
        out.println("                 accuracy   macro-F1");
        if (outcome.baseline() != null) {
            out.println(line("frozen model", outcome.baseline()));
        }
        String trained = recipe.adapter() == null
                ? "fine-tuned"
                : recipe.adapter().method().name();
        out.println(line(trained, outcome.test()));
        out.println();
        out.println("Report   " + outcome.directory().resolve("report.html"));
        out.println("Time     " + Text.duration(outcome.seconds()));
        out.println("Next");
        for (Page.Next next : Advice.next(recipe)) {
            out.println("  " + next.command());
        }
    }

    private static String line(String name, @Nullable Evaluation evaluation) {
        return evaluation == null
                ? name
                : String.format(
                        Locale.ROOT,
                        "  %-14s %7.1f %% %10.3f",
                        name,
                        100 * evaluation.metric("accuracy"),
                        evaluation.metric("macro_f1"));
    }
}
