package org.counterweight.cli.weigh;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.GuidancePlan;
import org.counterweight.guide.Normalize;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.shape.Grid;
import org.counterweight.jobs.guide.GridName;
import org.counterweight.jobs.guide.GuidanceFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells the weights of a guidance schedule, and writes them for other programs. */
@Command(
        name = "guide",
        description = {
            "Tells the weight of classifier-free guidance at each step of a sampler, and how often it asks the model.",
            "omega: e_c + w (e_c - e_u), 0 guides nothing. scale: e_u + g (e_c - e_u), 1 guides nothing; g = 1 + w."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw guide cosine --weight 7.5 --convention scale --clamp 2 --steps 25 --output schedule.json")
public final class GuideCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "SHAPE",
            defaultValue = "linear",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private ShapeName shape;

    @Option(
            names = "--weight",
            defaultValue = "6.5",
            description = "the constant weight that it stands in for (default: ${DEFAULT-VALUE})")
    private double weight;

    @Option(
            names = "--convention",
            defaultValue = "omega",
            description = "of --weight and --clamp: omega or scale (default: ${DEFAULT-VALUE})")
    private Convention convention;

    @Option(names = "--steps", defaultValue = "50", description = "of the sampler (default: ${DEFAULT-VALUE})")
    private int steps;

    @Option(
            names = "--grid",
            defaultValue = "left",
            description = "times of the steps: left, mid, right, inclusive, or timesteps of 1,000 with the noise of"
                    + " Stable Diffusion (default: ${DEFAULT-VALUE})")
    private GridName grid;

    @Option(names = "--clamp", paramLabel = "W", description = "the least weight at any step")
    private @Nullable Double clamp;

    @Option(names = "--power", paramLabel = "S", defaultValue = "1", description = "of pcs (default: ${DEFAULT-VALUE})")
    private double power;

    @Option(
            names = "--from",
            paramLabel = "LO",
            description = "of interval the least level of noise, of interval_index the first step from 0")
    private @Nullable Double from;

    @Option(names = "--to", paramLabel = "HI", description = "the greatest level, or the last step, included")
    private @Nullable Double to;

    @Option(
            names = "--normalize",
            defaultValue = "none",
            description = "bring the mean to the weight: none, continuous, discrete (default: ${DEFAULT-VALUE})")
    private Normalize normalize;

    @Option(names = "--webui", description = "turn the shape round, as presets of the webui extension need it")
    private boolean webui;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "write the weights of all steps as JSON, in both conventions")
    private @Nullable Path output;

    @Option(names = "--overwrite", description = "replace the file of --output")
    private boolean overwrite;

    @Override
    public Integer call() {
        var config = new GuidanceConfig(shape, weight, convention, clamp, power, from, to, normalize, webui);
        Grid times = grid.grid(steps);
        GuidancePlan plan = GuidancePlan.of(config, times);
        if (output != null) {
            GuidanceFile.write(output, config, plan, overwrite);
        }
        print(plan);
        return 0;
    }

    private void print(GuidancePlan plan) {
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
                    step.evaluations());
        }
        out.printf(
                Locale.ROOT,
                "%nmean weight %.4f in %s, %d evaluations in %d steps%n",
                plan.mean(),
                plan.convention().name().toLowerCase(Locale.ROOT),
                plan.evaluations(),
                plan.steps().size());
        if (plan.unguided() == plan.steps().size()) {
            out.println("This guides nothing: every step is the conditional model's own.");
        }
        if (output != null) {
            out.println("Written to " + output);
        }
    }
}
