package org.counterweight.studies.guide;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.counterweight.guide.Convention;
import org.counterweight.guide.GuidanceConfig;
import org.counterweight.guide.Normalize;
import org.counterweight.guide.ShapeName;
import org.counterweight.guide.sample.Ddim;
import org.counterweight.guide.sample.NoiseSchedule;
import org.counterweight.guide.sample.NoiseSchedule.Betas;
import org.counterweight.guide.shape.Grid;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Pick;

/**
 * The schedules that are compared, each at the same mean weights.
 *
 * @param steps of DDIM, evenly over 1,000 training timesteps with betas from 1e-4 to 0.02
 */
record Schedules(int steps) {
    /** The constant weight that a schedule stands in for, in omega. */
    static final Knob WEIGHT = new Knob("ω");

    static final String PAPER =
            "Xi Wang et al., Analysis of Classifier-Free Guidance Weight Schedulers, TMLR 2024 (arXiv 2404.13040)";
    static final String UNGUIDED = "unguided";

    /** Linear, and at no step less than half of the constant weight. */
    static final String CLAMPED = "linear, clamped";

    private static final int TIMESTEPS = 1000;
    private static final Map<String, ShapeName> SHAPES = new LinkedHashMap<>();

    static {
        for (ShapeName shape : List.of(
                ShapeName.STATIC,
                ShapeName.LINEAR,
                ShapeName.COSINE,
                ShapeName.INVLINEAR,
                ShapeName.SINE,
                ShapeName.VSHAPE,
                ShapeName.LAMBDA)) {
            SHAPES.put(shape.name().toLowerCase(Locale.ROOT), shape);
        }
        SHAPES.put(CLAMPED, ShapeName.LINEAR);
    }

    /** Each of these shapes at each weight, and none. */
    static List<Arm> arms(List<String> shapes, List<Double> weights) {
        var arms = new ArrayList<Arm>();
        arms.add(new Arm(UNGUIDED, ""));
        shapes.forEach(shape -> weights.forEach(weight -> arms.add(new Arm(shape, WEIGHT.at(weight)))));
        return arms;
    }

    /** A row of each of these shapes at one weight. */
    static List<Pick> at(List<String> shapes, double weight) {
        var rows = new ArrayList<Pick>();
        rows.add(Pick.of(UNGUIDED));
        shapes.forEach(shape -> rows.add(WEIGHT.at(shape, weight)));
        return rows;
    }

    /** The weight of each step, in omega. */
    double[] weights(Arm arm) {
        if (arm.method().equals(UNGUIDED)) {
            return new double[steps];
        }
        double weight = WEIGHT.of(arm);
        return new GuidanceConfig(
                        Objects.requireNonNull(SHAPES.get(arm.method())),
                        weight,
                        Convention.OMEGA,
                        arm.method().equals(CLAMPED) ? weight / 2 : null,
                        1,
                        null,
                        null,
                        Normalize.NONE,
                        false,
                        0,
                        1,
                        null)
                .weights(Grid.mid(steps));
    }

    static NoiseSchedule noise() {
        return NoiseSchedule.of(Betas.LINEAR, TIMESTEPS, 1e-4, 0.02, 1);
    }

    /** From the noisiest timestep to one a step away from data. */
    Ddim sampler() {
        long[] timesteps = new long[steps];
        for (int i = 0; i < steps; i++) {
            timesteps[i] = TIMESTEPS - 1 - (long) i * (TIMESTEPS / steps);
        }
        return new Ddim(noise(), timesteps);
    }
}
