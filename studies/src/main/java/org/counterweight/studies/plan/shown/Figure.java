package org.counterweight.studies.plan.shown;

import java.util.List;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;

/** A picture of the report. */
public sealed interface Figure {
    /** The name of its file, without the ending. */
    String name();

    String title();

    /**
     * A curve of each arm, mean over the seeds, with thin lines one standard deviation above and below.
     *
     * @param curve its name in {@link org.counterweight.studies.plan.arm.Measurement#curves}
     * @param every one point of the curve is so many steps
     * @param logarithmic whether the y axis is
     */
    record Curves(
            String name,
            String title,
            String curve,
            String xTitle,
            String yTitle,
            int every,
            boolean logarithmic,
            List<Pick> arms)
            implements Figure {}

    /** A bar for each arm and metric, with the standard deviation as whiskers. */
    record Bars(String name, String title, String yTitle, List<Metric> metrics, List<Pick> arms) implements Figure {}

    /**
     * A metric against the setting, a line a method.
     *
     * @param settings the settings in order, of which each method has an arm
     * @param positions where they stand on the x axis, which is logarithmic
     */
    record Sweep(
            String name,
            String title,
            String xTitle,
            Metric metric,
            List<String> methods,
            List<String> settings,
            List<Double> positions)
            implements Figure {}

    /**
     * One metric against another: what is bought and what it costs. Arms of one trail are joined, in order; a trail of one is
     * a point.
     */
    record Tradeoff(String name, String title, Metric x, Metric y, List<Trail> trails) implements Figure {}

    /** Some arms of a {@link Tradeoff}, such as one method at several settings. */
    record Trail(String name, List<Pick> arms) {}
}
