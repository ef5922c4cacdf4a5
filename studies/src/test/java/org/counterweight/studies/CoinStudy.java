package org.counterweight.studies;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.counterweight.engine.Seed;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.studies.plan.shown.Figure;

/** A study of loaded coins: as small as a study can be, with a rate that is tuned on one figure and shown by another. */
final class CoinStudy implements Study {
    static final Metric VALIDATION = Metric.higher("validation", "heads in validation", 3);
    static final Metric HEADS = Metric.higher("heads", "heads", 3);

    @Override
    public Plan plan() {
        return Plan.of("coin", "A loaded coin & a fair one")
                .method("tossing")
                .paper("J. Bernoulli, Ars Conjectandi, 1713")
                .says("A loaded coin shows more heads.")
                .data("1,000 tosses a seed")
                .setup("Each arm tosses the same seed's uniform numbers.")
                .arms(List.of(
                        new Arm("fair", "p 0.5"),
                        new Arm("loaded", "p 0.6"),
                        new Arm("loaded", "p 0.7"),
                        new Arm("broken", "p 0.5")))
                .seeds(10)
                .tunedBy(VALIDATION)
                .claim(
                        "The loaded coin shows more heads",
                        new Rule.Wins(HEADS, Pick.of("loaded", "p 0.6"), Pick.of("fair", "p 0.5"), 0.9))
                .claim(
                        "The fair coin beats the tuned one",
                        new Rule.Advantage(HEADS, Pick.of("fair", "p 0.5"), Pick.tuned("loaded"), 0))
                .table(
                        "All coins",
                        List.of(
                                Pick.of("fair", "p 0.5"),
                                Pick.of("loaded", "p 0.6"),
                                Pick.tuned("loaded"),
                                Pick.of("broken", "p 0.5")),
                        List.of(VALIDATION, HEADS))
                .figure(new Figure.Bars(
                        "bars",
                        "Heads",
                        "share",
                        List.of(HEADS),
                        List.of(Pick.of("fair", "p 0.5"), Pick.tuned("loaded"))))
                .figure(new Figure.Curves(
                        "curves",
                        "Running share of heads",
                        "running",
                        "tosses",
                        "share",
                        100,
                        true,
                        List.of(Pick.of("fair", "p 0.5"), Pick.tuned("loaded"))))
                .figure(new Figure.Sweep(
                        "sweep",
                        "Heads by load",
                        "p",
                        HEADS,
                        List.of("loaded"),
                        List.of("p 0.6", "p 0.7"),
                        List.of(0.6, 0.7)))
                .limit("Coins are not models.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        SplittableRandom random = seed.random();
        double[] uniform = random.doubles(size.of(1000, 100)).toArray();
        return arm -> {
            double p = Double.parseDouble(arm.setting().substring(2));
            double[] running = new double[10];
            double heads = 0;
            for (int i = 0; i < uniform.length; i++) {
                heads += uniform[i] < p ? 1 : 0;
                running[i * 10 / uniform.length] = heads / (i + 1);
            }
            double share = arm.method().equals("broken") ? Double.NaN : heads / uniform.length;
            return new Measurement(Map.of("heads", share, "validation", share), Map.of("running", running));
        };
    }
}
