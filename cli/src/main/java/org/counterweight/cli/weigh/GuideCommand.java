package org.counterweight.cli.weigh;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.counterweight.cli.option.DrawOptions;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.GuidancePlan;
import org.counterweight.guide.Normalize;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.shape.Grid;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.guide.DrawJob;
import org.counterweight.jobs.guide.GridName;
import org.counterweight.jobs.guide.GuidanceFile;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells the weights of a guidance schedule, writes them for other programs, and draws images with them. */
@Command(
        name = "guide",
        description = {
            "Tells the weight of classifier-free guidance at each step of a sampler, and how often it asks the model.",
            "omega: e_c + w (e_c - e_u), 0 guides nothing. scale: e_u + g (e_c - e_u), 1 guides nothing; g = 1 + w.",
            "With --model it draws images from a network that a run with task: diffusion has taught."
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  ./cw guide cosine --weight 7.5 --convention scale --clamp 2 --steps 25 --output schedule.json",
            "  ./cw guide linear --weight 2 --model runs/diffusion --classes 3,5 --count 8 --output runs/drawn"
        })
public final class GuideCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "SHAPE",
            description = "${COMPLETION-CANDIDATES} (default: linear, or what the model was last drawn with)")
    private @Nullable ShapeName shape;

    @Option(names = "--weight", description = "the constant weight that it stands in for (default: 6.5)")
    private @Nullable Double weight;

    @Option(names = "--convention", description = "of --weight and --clamp: omega or scale (default: omega)")
    private @Nullable Convention convention;

    @Option(names = "--steps", description = "of the sampler (default: 50)")
    private @Nullable Integer steps;

    @Option(
            names = "--grid",
            description = "times of the steps: left, mid, right, inclusive, or timesteps of 1,000 with the noise of"
                    + " Stable Diffusion (default: left); those of the sampler with --model")
    private @Nullable GridName grid;

    @Option(names = "--clamp", paramLabel = "W", description = "the least weight at any step")
    private @Nullable Double clamp;

    @Option(names = "--power", paramLabel = "S", description = "of pcs (default: 1)")
    private @Nullable Double power;

    @Option(
            names = "--from",
            paramLabel = "LO",
            description = "of interval the least level of noise, of interval_index the first step from 0")
    private @Nullable Double from;

    @Option(names = "--to", paramLabel = "HI", description = "the greatest level, or the last step, included")
    private @Nullable Double to;

    @Option(
            names = "--normalize",
            description = "bring the mean to the weight: none, continuous, discrete (default: none)")
    private @Nullable Normalize normalize;

    @Option(names = "--webui", description = "turn the shape round, as presets of the webui extension need it")
    private boolean webui;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "write the weights of all steps as JSON, in both conventions; with --model a directory, for a"
                    + " picture and these")
    private @Nullable Path output;

    @Mixin
    private Overwrite overwrite;

    @ArgGroup(exclusive = false, heading = "%nImages of a trained network:%n")
    private @Nullable DrawOptions drawing;

    @Override
    public Integer call() {
        if (drawing != null) {
            return draw(drawing);
        }
        GuidanceConfig config = chosen(GuidanceChoice.usual().guidance());
        Grid times = Objects.requireNonNullElse(grid, GridName.LEFT)
                .grid(Objects.requireNonNullElse(
                        steps, GuidanceChoice.usual().draw().steps()));
        GuidancePlan plan = GuidancePlan.of(config, times);
        if (output != null) {
            GuidanceFile.write(output, config, plan, overwrite.isGiven());
        }
        print(plan, plan.steps().stream().map(step -> (long) step.evaluations()).toList());
        return 0;
    }

    /** What is asked for, the rest as it was; another shape leaves nothing of the one before but weight and convention. */
    private GuidanceConfig chosen(GuidanceConfig before) {
        boolean isOther = shape != null && shape != before.schedule();
        return new GuidanceConfig(
                shape != null ? shape : before.schedule(),
                weight != null ? weight : before.weight(),
                convention != null ? convention : before.convention(),
                clamp != null || isOther ? clamp : before.clamp(),
                power != null ? power : isOther ? 1 : before.s(),
                from != null || isOther ? from : before.lo(),
                to != null || isOther ? to : before.hi(),
                normalize != null ? normalize : isOther ? Normalize.NONE : before.normalize(),
                webui || (!isOther && before.webui()));
    }

    private int draw(DrawOptions options) {
        if (grid != null) {
            throw new ParameterException(
                    spec.commandLine(), "--grid: with --model the times are those of the sampler; leave it out");
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
        var choice = new GuidanceChoice(chosen(before.guidance()), options.chosen(before.draw(), steps));
        if (!options.sweep().isEmpty()) {
            return sweep(options, choice);
        }
        DrawJob.Result result =
                new DrawJob(model, choice, options.classes(), options.count(), options.seed(), output).run();
        print(result.plan(), result.evaluations());
        return 0;
    }

    private int sweep(DrawOptions options, GuidanceChoice choice) {
        var progress = new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal"));
        Path directory = Objects.requireNonNull(output);
        List<SweepJob.Row> rows = new SweepJob(
                        options.model(),
                        choice,
                        options.sweep(),
                        options.weights().isEmpty() ? List.of(choice.guidance().weight()) : options.weights(),
                        options.count(),
                        options.seed(),
                        directory)
                .run(progress);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "%-24s %9s %9s %9s %9s %9s %7s%n",
                "", "Fréchet", "accuracy", "diversity", "precision", "recall", "calls");
        for (SweepJob.Row row : rows) {
            out.printf(
                    Locale.ROOT,
                    "%-24s %9.2f %9.3f %9.3f %9.3f %9.3f %7d%n",
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

    private void print(GuidancePlan plan, List<Long> evaluations) {
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
        if (plan.unguided() == plan.steps().size()) {
            out.println("This guides nothing: every step is the conditional model's own.");
        }
        if (output != null) {
            out.println("Written to " + output);
        }
    }
}
