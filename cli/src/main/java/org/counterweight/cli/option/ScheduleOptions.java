package org.counterweight.cli.option;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.Normalize;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.WebuiPreset;
import org.counterweight.jobs.guide.GuidanceFile;
import org.counterweight.jobs.guide.choice.GuidanceChoice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The options of {@code cw guide} that make a schedule. */
public final class ScheduleOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "SHAPE",
            converter = ShapeWord.Converter.class,
            completionCandidates = ShapeWord.Words.class,
            description =
                    "${COMPLETION-CANDIDATES}, or a preset of web interfaces such as \"Clamp-Linear (c=4.0)\", \"PCS"
                            + " (s=0.1)\" (default: linear, or what the model was last drawn with)")
    private @Nullable ShapeWord shape;

    @Option(
            names = "--weight",
            description = "the constant weight that the schedule replaces (default: 6.5 in omega, 7.5 in scale)")
    private @Nullable Double weight;

    @Option(
            names = "--convention",
            description =
                    "of --weight, --clamp and --list: omega or scale (default: omega, of a preset and a list scale)")
    private @Nullable Convention convention;

    @Option(names = "--clamp", paramLabel = "W", description = "the smallest weight at any step")
    private @Nullable Double clamp;

    @Option(names = "--power", paramLabel = "S", description = "of pcs (default: 1)")
    private @Nullable Double power;

    @Option(
            names = "--from",
            paramLabel = "LO",
            description = "interval: the lowest noise level; interval_index: the first step, from 0")
    private @Nullable Double from;

    @Option(names = "--to", paramLabel = "HI", description = "the highest noise level, or the last step, included")
    private @Nullable Double to;

    @Option(
            names = "--start",
            paramLabel = "SHARE",
            description = "fraction of the steps before guidance starts, from 0 to 1 (default: 0)")
    private @Nullable Double start;

    @Option(
            names = "--stop",
            paramLabel = "SHARE",
            description = "fraction of the steps after which guidance stops, from --start to 1 (default: 1)")
    private @Nullable Double stop;

    @Option(
            names = "--normalize",
            description = "scale the mean to the weight: none, continuous, discrete (default: none)")
    private @Nullable Normalize normalize;

    @Option(
            names = "--webui",
            description = "reverse the shape, as presets of the webui extension need it; implied by names that only"
                    + " they have")
    private boolean webui;

    @Option(
            names = "--list",
            paramLabel = "FILE",
            description = "the weights of all steps in place of a shape: numbers with commas between, a JSON array, or"
                    + " what --output wrote")
    private @Nullable Path list;

    @Option(
            names = "--guider",
            paramLabel = "FILE",
            description = "weight, steps and rule from diffusers' guider_config.json")
    private @Nullable Path guider;

    /** What is asked for, the rest as it was. */
    public GuidanceChoice chosen(GuidanceChoice before) {
        if (guider != null) {
            refuseBeside("--guider", weight != null || convention != null || list != null);
            GuidanceChoice read = GuidanceFile.guider(guider, before);
            return new GuidanceChoice(withParts(read.guidance()), read.draw());
        }
        if (list != null) {
            refuseBeside("--list", weight != null);
            GuidanceConfig read = GuidanceFile.list(list, Objects.requireNonNullElse(convention, Convention.SCALE));
            return new GuidanceChoice(
                    withParts(read),
                    before.draw().withSteps(Objects.requireNonNull(read.list()).size()));
        }
        GuidanceConfig base = shape == null ? unlisted(before.guidance()) : shaped(shape, before.guidance());
        return new GuidanceChoice(withParts(base), before.draw());
    }

    private void refuseBeside(String option, boolean weights) {
        if (weights || shape != null || power != null || from != null || to != null || normalize != null || webui) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + ": the weights are those of the file; leave out shape, weight and what"
                            + " else makes one, or leave out " + option);
        }
    }

    /** A list is left behind where another weight is asked for. */
    private GuidanceConfig unlisted(GuidanceConfig before) {
        return weight == null || before.list() == null
                ? before
                : GuidanceConfig.of(before.schedule(), weight, before.convention());
    }

    /**
     * What a sweep draws of a shape.
     *
     * @param chosen by all other options
     * @param at the weight in its convention; null for its own
     */
    public GuidanceConfig swept(ShapeWord word, GuidanceConfig chosen, @Nullable Double at) {
        GuidanceConfig base = shaped(word, chosen);
        return withParts(at == null ? base : base.withWeight(chosen.convention().to(base.convention(), at)), false);
    }

    /** Another shape leaves nothing of the one before but weight and convention. */
    private GuidanceConfig shaped(ShapeWord word, GuidanceConfig before) {
        WebuiPreset preset = word.preset(webui).orElse(null);
        if (preset != null) {
            return preset.at(before.convention().to(Convention.SCALE, before.weight()));
        }
        ShapeName schedule = Objects.requireNonNull(word.shape());
        return schedule == before.schedule() && before.list() == null
                ? before
                : GuidanceConfig.of(schedule, before.weight(), before.convention());
    }

    private GuidanceConfig withParts(GuidanceConfig base) {
        return withParts(weight == null ? base : base.withWeight(weight), weight != null);
    }

    /** @param isSaid whether the weight was said in the convention that was, too; one from before is told in it */
    private GuidanceConfig withParts(GuidanceConfig base, boolean isSaid) {
        Convention as = convention == null ? base.convention() : convention;
        Double least = base.clamp();
        List<Double> listed = base.list();
        return new GuidanceConfig(
                base.schedule(),
                isSaid ? base.weight() : base.convention().to(as, base.weight()),
                as,
                clamp != null || least == null
                        ? clamp
                        : (Double) base.convention().to(as, least),
                power != null ? power : base.s(),
                from != null ? from : base.lo(),
                to != null ? to : base.hi(),
                normalize != null ? normalize : base.normalize(),
                webui || base.webui(),
                start != null ? start : base.start(),
                stop != null ? stop : base.stop(),
                listed == null
                        ? null
                        : listed.stream()
                                .map(value -> base.convention().to(as, value))
                                .toList());
    }
}
