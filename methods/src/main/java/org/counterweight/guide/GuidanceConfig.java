package org.counterweight.guide;

import java.util.List;
import java.util.Locale;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.guide.shape.Grid;
import org.counterweight.guide.shape.Reversed;
import org.counterweight.guide.shape.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A schedule of guidance weights: {@code w(u) = max(clamp, weight f(u) / m)}, f the shape and m what it is normalised by; or a
 * list of them. Before {@code start} and from {@code stop} on there is no guidance, whatever the shape.
 *
 * <p>X. Wang et al., "Analysis of Classifier-Free Guidance Weight Schedulers", TMLR 2024, sections 4 and 5. Shapes that
 * increase while sampling, linear and cosine, beat the constant there at an equal mean; the clamp's and the power's best values
 * do not carry over from one model to another.
 */
@Example(where = "a command", value = "./cw guide linear --weight 6.5 --steps 50")
public record GuidanceConfig(
        @Setting(
                value = "How the weight changes from noise to data: linear, cosine and pcs grow, invlinear and"
                        + " sine fall",
                defaultsTo = "\"linear\"",
                oneOf = {
                    "static",
                    "linear",
                    "cosine",
                    "invlinear",
                    "sine",
                    "vshape",
                    "lambda",
                    "pcs",
                    "interval",
                    "interval_index",
                    "webui_v",
                    "webui_a",
                    "cogvideox_legacy"
                })
        ShapeName schedule,

        @Setting(
                value = "The constant weight that the schedule replaces, in the chosen convention",
                defaultsTo = "6.5",
                range = "finite; 6.5 in omega is 7.5 in scale")
        double weight,

        @Setting(
                value = "What the weight multiplies: omega is e_c + w (e_c - e_u), scale is e_u + g (e_c -" + " e_u)",
                defaultsTo = "\"omega\"",
                oneOf = {"omega", "scale"})
        Convention convention,

        @Setting(value = "The smallest weight at any step; null for no limit", defaultsTo = "null", range = "finite")
        @Nullable
        Double clamp,

        @Setting(value = "pcs: the power; larger is later", defaultsTo = "1.0", range = "above 0; 0.1 to 5 is usual")
        double s,

        @Setting(
                value = "interval: the lowest noise level with guidance; interval_index: the first step",
                defaultsTo = "null")
        @Nullable
        Double lo,

        @Setting(
                value = "interval: the highest noise level with guidance; interval_index: the last step",
                defaultsTo = "null")
        @Nullable
        Double hi,

        @Setting(
                value = "What the mean of the shape is brought to one over: nothing, all times, or the steps"
                        + " taken",
                defaultsTo = "\"none\"",
                oneOf = {"none", "continuous", "discrete"})
        Normalize normalize,

        @Setting(
                value = "Whether the shape is reversed, as the webui extension's presets need it",
                defaultsTo = "false")
        boolean webui,

        @Setting(
                value = "Share of the steps before guidance begins, as diffusers has it: from step int(start"
                        + " N) on",
                defaultsTo = "0.0",
                range = "[0, 1]")
        double start,

        @Setting(
                value = "Share of the steps after which it has ended, from start to 1: before step int(stop N)",
                defaultsTo = "1.0",
                range = "[0, 1]")
        double stop,

        @Setting(
                value = "The weights of all steps, in place of a shape and its weight; null for none",
                defaultsTo = "null",
                range = "finite")
        @Nullable
        List<Double> list)
        implements GuidanceSchedule {

    public GuidanceConfig {
        list = list == null ? null : List.copyOf(list);
        Checks.ranges(GuidanceConfig.class, "guidance", weight, clamp, s, start, stop, list);
        if (lo != null && hi != null && !(lo <= hi)) {
            throw new ConfigException("guidance.lo", lo, "a number of at most guidance.hi, " + hi);
        }
        if (start > stop) {
            throw new ConfigException("guidance.start", start, "a share of at most guidance.stop, " + stop);
        }
    }

    /** A shape without parameters at that weight. */
    public static GuidanceConfig of(ShapeName schedule, double weight, Convention convention) {
        return new GuidanceConfig(schedule, weight, convention, null, 1, null, null, Normalize.NONE, false, 0, 1, null);
    }

    /** The same shape from another step on and to another one. */
    public GuidanceConfig between(double from, double to) {
        return new GuidanceConfig(schedule, weight, convention, clamp, s, lo, hi, normalize, webui, from, to, list);
    }

    /** The same shape in place of another constant weight. */
    public GuidanceConfig withWeight(double other) {
        return new GuidanceConfig(schedule, other, convention, clamp, s, lo, hi, normalize, webui, start, stop, list);
    }

    /** Whether it is a constant that guides nothing. */
    public boolean guidesNothing() {
        return schedule == ShapeName.STATIC && list == null && convention.isNeutral(weight);
    }

    /** Whether some steps may be left without guidance, whatever their weight. */
    public boolean hasWindow() {
        return start > 0 || stop < 1 || schedule == ShapeName.INTERVAL || schedule == ShapeName.INTERVAL_INDEX;
    }

    /** The shape that its words ask for. */
    public Shape shape() {
        Shape plain = schedule.shape(this);
        return webui ? new Reversed(plain) : plain;
    }

    /** @throws ConfigException if the shape has no mean to be normalised by, or it is 0, or a list is of another length */
    @Override
    public double[] weights(Grid grid) {
        double[] weights = list == null ? ofShape(grid) : listed(grid, list);
        int from = (int) (start * weights.length);
        int to = (int) (stop * weights.length);
        for (int i = 0; i < weights.length; i++) {
            if (i < from || i >= to) {
                weights[i] = convention.neutral();
            }
        }
        return weights;
    }

    private double[] ofShape(Grid grid) {
        Shape shape = shape();
        double[] weights = new double[grid.steps()];
        double mean = mean(shape, grid);
        for (int i = 0; i < weights.length; i++) {
            Grid.Point point = grid.point(i);
            weights[i] = shape.isOpen(point) ? clamped(weight * shape.at(point) / mean) : convention.neutral();
        }
        return weights;
    }

    private double[] listed(Grid grid, List<Double> all) {
        if (all.size() != grid.steps()) {
            throw new ConfigException("guidance.list: there are " + all.size() + " weights for " + grid.steps()
                    + " steps; give one a step");
        }
        return all.stream().mapToDouble(this::clamped).toArray();
    }

    private double clamped(double value) {
        return clamp == null ? value : Math.max(clamp, value);
    }

    private double mean(Shape shape, Grid grid) {
        double mean = switch (normalize) {
            case NONE -> 1;
            case CONTINUOUS -> shape.mean();
            case DISCRETE -> {
                double sum = 0;
                for (int i = 0; i < grid.steps(); i++) {
                    sum += shape.at(grid.point(i));
                }
                yield sum / grid.steps();
            }
        };
        if (!(Math.abs(mean) > 0)) {
            throw new ConfigException("guidance.normalize: " + normalize.name().toLowerCase(Locale.ROOT)
                    + " divides by the mean of the shape, which " + (mean == 0 ? "is 0 over these steps" : "has none")
                    + "; take none, or other steps");
        }
        return mean;
    }
}
