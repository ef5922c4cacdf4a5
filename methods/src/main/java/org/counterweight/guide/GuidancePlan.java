package org.counterweight.guide;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.guide.shape.Grid;

/**
 * What a schedule asks of each step of a sampler.
 *
 * @param convention that the schedule's weights are in
 */
public record GuidancePlan(Convention convention, List<Step> steps) {
    public GuidancePlan {
        steps = List.copyOf(steps);
    }

    /**
     * One step.
     *
     * @param u its time: 1 is noise, 0 is data
     * @param weight in the schedule's convention
     * @param omega the same in {@link Convention#OMEGA}: 0 guides nothing
     * @param scale the same in {@link Convention#SCALE}: 1 guides nothing
     * @param evaluations of the model: two, or one where a prediction would count for nothing
     */
    public record Step(double u, double weight, double omega, double scale, int evaluations) {}

    /** The plan of a schedule over these times. */
    public static GuidancePlan of(GuidanceSchedule schedule, Grid grid) {
        Convention convention = schedule.convention();
        double[] weights = schedule.weights(grid);
        var steps = new ArrayList<Step>();
        for (int i = 0; i < weights.length; i++) {
            double weight = weights[i];
            boolean needsOne = convention.isNeutral(weight) || convention.isUnconditional(weight);
            steps.add(new Step(
                    grid.point(i).u(),
                    weight,
                    convention.to(Convention.OMEGA, weight),
                    convention.to(Convention.SCALE, weight),
                    needsOne ? 1 : 2));
        }
        return new GuidancePlan(convention, steps);
    }

    /** How often the model is asked in all. */
    public int evaluations() {
        return steps.stream().mapToInt(Step::evaluations).sum();
    }

    /** How many steps change nothing of the conditional prediction. */
    public long unguided() {
        return steps.stream()
                .filter(step -> convention.isNeutral(step.weight()))
                .count();
    }

    /** The mean weight in the schedule's convention. */
    public double mean() {
        return steps.stream().mapToDouble(Step::weight).average().orElseThrow();
    }
}
