package org.counterweight.cli.weigh;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.counterweight.cli.option.DrawOptions;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.cli.option.ScheduleOptions;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.GuidancePlan;
import org.counterweight.guide.shape.Grid;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.guide.DrawJob;
import org.counterweight.jobs.guide.GridName;
import org.counterweight.jobs.guide.GuidanceFile;
import org.counterweight.jobs.guide.GuidanceForm;
import org.counterweight.jobs.guide.SweepJob;
import org.counterweight.jobs.guide.TrainedNetwork;
import org.counterweight.jobs.guide.choice.GuidanceChoice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells the weights of a guidance schedule, writes them for other programs, and draws images with them. */
@Command(
        name = "guide",
        description = {
            "Prints the classifier-free guidance weight at each step of a sampler, and how often the model is"
                    + " evaluated.",
            "omega: e_c + w (e_c - e_u), 0 guides nothing. scale: e_u + g (e_c - e_u), 1 guides nothing; g = 1 + w.",
            "With --model it draws images from a network trained by a run with task: diffusion."
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  ./cw guide cosine --weight 7.5 --convention scale --clamp 2 --steps 25 --output schedule.json",
            "  ./cw guide linear --weight 2 --model runs/diffusion --classes 3,5 --count 8 --output runs/drawn"
        })
public final class GuideCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ScheduleOptions schedule;

    @Option(names = "--steps", description = "steps of the sampler (default: 50)")
    private @Nullable Integer steps;

    @Option(
            names = "--grid",
            description = "times of the steps: left, mid, right, inclusive, or timesteps of 1,000 with the noise of"
                    + " Stable Diffusion (default: left); those of the sampler with --model")
    private @Nullable GridName grid;

    @Option(
            names = "--scheduler",
            paramLabel = "FILE",
            description = "timesteps with the noise levels of diffusers' scheduler_config.json, instead of --grid")
    private @Nullable Path scheduler;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "file for the weights of all steps, in the format of --form; with --model, directory for these"
                            + " and a picture")
    private @Nullable Path output;

    @Option(
            names = "--form",
            description = "format of --output: json has both conventions and the evaluations, list is for diffusers'"
                    + " pipelines, comfyui is separated by commas, guider is a guider_config.json (default: json)")
    private @Nullable GuidanceForm form;

    @Mixin
    private Overwrite overwrite;

    @ArgGroup(exclusive = false, heading = "%nImages of a trained network:%n")
    private @Nullable DrawOptions drawing;

    @Override
    public Integer call() {
        if (drawing != null) {
            return draw(drawing);
        }
        GuidanceChoice choice = schedule.chosen(GuidanceChoice.usual());
        GuidancePlan plan = GuidancePlan.of(
                choice.guidance(),
                times(Objects.requireNonNullElse(steps, choice.draw().steps())));
        if (output != null) {
            GuidanceFile.write(
                    output, Objects.requireNonNullElse(form, GuidanceForm.JSON), choice, plan, overwrite.isGiven());
        } else if (form != null) {
            throw new ParameterException(spec.commandLine(), "--form: of what --output writes; add --output FILE");
        }
        print(
                plan,
                plan.steps().stream().map(step -> (long) step.evaluations()).toList(),
                plan.unguided() == plan.steps().size());
        return 0;
    }

    private Grid times(int count) {
        if (scheduler == null) {
            return Objects.requireNonNullElse(grid, GridName.LEFT).grid(count);
        }
        if (grid != null) {
            throw new ParameterException(
                    spec.commandLine(), "--grid: with --scheduler the times are its; leave one out");
        }
        return GridName.timesteps(GuidanceFile.scheduler(scheduler).noise(), count);
    }

    private int draw(DrawOptions options) {
        if (grid != null || scheduler != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    (grid != null ? "--grid" : "--scheduler")
                            + ": with --model the times are those of the sampler; leave it out");
        }
        if (form != null) {
            throw new ParameterException(
                    spec.commandLine(), "--form: with --model the weights are written as JSON; leave it out");
        }
        if (output == null) {
            throw new ParameterException(
                    spec.commandLine(), "--output is missing; name a directory for what is drawn from --model");
        }
        Path model = TrainedNetwork.directory(options.model());
        overwrite.check(output, "--output");
        Destination.checkHoldsNone(output, List.of(model), "--output");
        overwrite.checkContents(output, "--output");
        GuidanceChoice before = GuidanceChoice.beside(model);
        GuidanceChoice asked = schedule.chosen(before);
        var choice = new GuidanceChoice(asked.guidance(), options.chosen(asked.draw(), steps));
        if (!options.sweep().isEmpty()) {
            return sweep(options, choice);
        }
        DrawJob.Result result =
                new DrawJob(model, choice, options.classes(), options.count(), options.seed(), output).run();
        print(result.plan(), result.evaluations(), result.guidesNothing());
        return 0;
    }

    private int sweep(DrawOptions options, GuidanceChoice choice) {
        var progress = new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal"));
        Path directory = Objects.requireNonNull(output);
        List<GuidanceConfig> schedules = options.sweep().stream()
                .flatMap(word -> options.weights().isEmpty()
                        ? Stream.of(schedule.swept(word, choice.guidance(), null))
                        : options.weights().stream().map(weight -> schedule.swept(word, choice.guidance(), weight)))
                .toList();
        List<SweepJob.Row> rows = new SweepJob(
                        options.model(), choice.draw(), schedules, options.count(), options.seed(), directory)
                .run(progress);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%-28s %9s %9s %9s %9s %9s %7s%n",
                "", "Fréchet", "accuracy", "diversity", "precision", "recall", "calls");
        for (SweepJob.Row row : rows) {
            out.printf(
                    Locale.ROOT,
                    "%-28s %9.2f %9.3f %9.3f %9.3f %9.3f %7d%n",
                    row.name(),
                    row.frechet(),
                    row.accuracy(),
                    row.diversity(),
                    row.precision(),
                    row.recall(),
                    row.evaluations());
        }
        out.println("Page     " + directory.resolve("sweep.html"));
        return 0;
    }

    private void print(GuidancePlan plan, List<Long> evaluations, boolean guidesNothing) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("  step      u     omega     scale  evaluations");
        for (int i = 0; i < plan.steps().size(); i++) {
            GuidancePlan.Step step = plan.steps().get(i);
            out.printf(
                    Locale.ROOT,
                    "%6d  %.3f  %8.4f  %8.4f  %d%n",
                    i,
                    step.u(),
                    step.omega(),
                    step.scale(),
                    evaluations.get(i));
        }
        out.printf(
                Locale.ROOT,
                "%nmean weight %.4f in %s, %d evaluations in %d steps%n",
                plan.mean(),
                plan.convention().name().toLowerCase(Locale.ROOT),
                evaluations.stream().mapToLong(Long::longValue).sum(),
                plan.steps().size());
        if (guidesNothing) {
            out.println("This guides nothing: every step is the conditional model's own.");
        }
        if (output != null) {
            out.println("Written to " + output);
        }
    }
}
