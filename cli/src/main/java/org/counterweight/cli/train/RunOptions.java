package org.counterweight.cli.train;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.config.Configs;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Engine;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.findings.FigureFormat;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.train.Advice;
import org.counterweight.jobs.train.RunJob;
import org.counterweight.report.Page;
import org.counterweight.report.Text;
import org.counterweight.train.measure.Evaluation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code run} and {@code quickstart} share: options, and what is printed. */
public final class RunOptions {
    /** What shells add to the number of the signal that ended a process. */
    private static final int SIGNALLED = 128;

    @Option(names = "--resume", description = "continue from the checkpoint of an interrupted run")
    private boolean resume;

    @Mixin
    private Overwrite overwrite;

    @Option(names = "--check", description = "only check the recipe, and print it with all defaults")
    private boolean check;

    @Option(names = "--device", paramLabel = "NAME", description = "auto, cpu, cuda or cuda:N (default: the recipe's)")
    private @Nullable String device;

    @Option(names = "--threads", paramLabel = "N", description = "threads of one operation (default: the recipe's)")
    private @Nullable Integer threads;

    @Option(
            names = "--processes",
            paramLabel = "N",
            description = "processes on this machine that share each step (default: the recipe's)")
    private @Nullable Integer processes;

    @Option(
            names = "--deterministic",
            description =
                    "the same result to the last bit in every run with the same threads on the same machine, also with"
                            + " MKL")
    private boolean deterministic;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description = "type of matrix products: auto, float32, bf16 or bf16_frozen (default: the recipe's)")
    private @Nullable String precision;

    /** The options that stand for settings of a recipe, as {@code --set} would have them. */
    public List<String> settings() {
        var settings = new ArrayList<String>();
        if (device != null) {
            settings.add("device=" + device);
        }
        if (threads != null) {
            settings.add("threads=" + threads);
        }
        if (processes != null) {
            settings.add("processes=" + processes);
        }
        if (deterministic) {
            settings.add("deterministic=true");
        }
        if (precision != null) {
            settings.add("train.precision=" + precision);
        }
        return settings;
    }

    /** Those that are no settings, as words. */
    List<String> flags() {
        var flags = new ArrayList<String>();
        if (resume) {
            flags.add("--resume");
        }
        if (overwrite.isGiven()) {
            flags.add("--overwrite");
        }
        if (check) {
            flags.add("--check");
        }
        return flags;
    }

    public int run(Recipe recipe, CommandLine command) {
        var progress = new ProgressLine(command.getErr(), Boolean.getBoolean("cw.terminal"));
        if (!check && recipe.work().deterministic()) {
            Engine.beDeterministic(); // before checks that compute
        }
        var job = new RunJob(recipe, Fetcher.ofUser(progress::say), progress);
        List<String> remarks = job.check();
        if (check) {
            remarks.forEach(progress::say);
            command.getOut().print(Configs.yaml(recipe.tree()));
            command.getOut().flush();
            return ExitCode.OK;
        }
        job.checkDirectory(resume, overwrite.isGiven());
        Outcome outcome = job.run(resume);
        if (outcome.test() == null) {
            progress.say("Stopped, with a checkpoint in " + outcome.directory() + "; go on with --resume");
        } else {
            print(recipe, outcome, outcome.test(), command.getOut());
            if (outcome.signal() != 0) {
                progress.say("Asked to stop when the training was over: the results are whole");
            }
        }
        return outcome.signal() == 0 ? ExitCode.OK : SIGNALLED + outcome.signal();
    }

    private static void print(Recipe recipe, Outcome outcome, Evaluation test, PrintWriter out) {
        List<String> figures = recipe.task().figures();
        out.println();
        out.println(line(
                String.format(Locale.ROOT, "%-16s", ""),
                figures,
                figure -> figure.replace("_f1", "-F1").replace("_match", "")));
        if (outcome.baseline() != null) {
            out.println(
                    line(outcome.baseline().name(), figures, outcome.baseline().evaluation()));
        }
        String trained = recipe.adapter() == null
                ? recipe.model().beginsAtRandom() ? "trained" : "fine-tuned"
                : recipe.adapter().method().name();
        out.println(line(trained, figures, test));
        out.println();
        out.println("Report   " + outcome.directory().resolve("report.html"));
        out.println("Time     " + Text.duration(outcome.seconds()));
        out.println("Next");
        for (Page.Next next : Advice.next(recipe)) {
            out.println("  " + next.command());
        }
    }

    private static String line(String name, List<String> figures, Evaluation evaluation) {
        String named = String.format(Locale.ROOT, "  %-14s", name);
        return line(named, figures, figure -> FigureFormat.of(figure, evaluation.metric(figure)));
    }

    private static String line(String begun, List<String> figures, UnaryOperator<String> cell) {
        var line = new StringBuilder(begun);
        for (int i = 0; i < figures.size(); i++) {
            line.append(String.format(Locale.ROOT, i == 0 ? " %9s" : " %10s", cell.apply(figures.get(i))));
        }
        return line.toString();
    }
}
