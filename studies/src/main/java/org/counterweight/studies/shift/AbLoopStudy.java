package org.counterweight.studies.shift;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.counterweight.engine.Seed;
import org.counterweight.shift.abtest.loop.LoopMethod;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/** A/B tests of two rankings whose models learn from what is shown: four designs against the truth. */
public final class AbLoopStudy implements Study {
    private static final String TRUTH = "treatment for all less control for all";
    private static final String WEIGHTED = "weighted";
    private static final String SPLITTING = "splitting";
    private static final String POOLING = "pooling";
    private static final String SNAPSHOT = "snapshot";
    private static final String EIGHT = "alpha 10 against 8";
    private static final String NINE = "alpha 10 against 9";
    private static final List<Pick> OF_EIGHT = List.of(
            Pick.of(TRUTH, EIGHT),
            Pick.of(WEIGHTED, EIGHT),
            Pick.of(SPLITTING, EIGHT),
            Pick.of(POOLING, EIGHT),
            Pick.of(SNAPSHOT, EIGHT));
    private static final List<Pick> OF_NINE =
            List.of(Pick.of(TRUTH, NINE), Pick.of(WEIGHTED, NINE), Pick.of(SPLITTING, NINE), Pick.of(POOLING, NINE));
    private static final Metric SHORT = Metric.plain("short", "effect on the share of short videos", 4);
    private static final Metric STAY = Metric.higher("stay", "effect on the stay", 4);
    private static final Metric FINISH = Metric.plain("finish", "effect on the share finished", 4);
    private static final Metric MISS = Metric.lower("miss", "largest error, in shares of the effect", 3);
    private static final Metric BITS =
            Metric.plain("bits", "cross-entropy of the weight model, bits (1 without one)", 3);
    private static final int PERIODS = 10_000;
    private static final int BEFORE = 3_000;
    private static final LoopDay.Design CONTROL = new LoopDay.Design(LoopMethod.GLOBAL_CONTROL, 10);
    private static final List<LoopDay.Design> DESIGNS = designs();

    @Override
    public Plan plan() {
        var all = new ArrayList<>(OF_EIGHT);
        all.addAll(OF_NINE);
        return Plan.of("ab-loop", "A/B tests whose arms share models that keep learning")
                .method("ab_weighted_training")
                .paper("N. Si, Tackling Interference Induced by Data Training Loops in A/B Tests: A Weighted Training"
                        + " Approach, 2023")
                .says("Models of both arms that learn from all records, weighted by how likely each is of their arm,"
                        + " give estimates of the global effect with less bias than pooled data and snapshots and less"
                        + " variance than split data.")
                .data("Section 5 of the paper: 128 users a period, each shown the best of 100 videos (50 long, 50"
                        + " short; 10 uniform features) by alpha times the predicted finish plus the predicted stay."
                        + " The control's alpha is 10, the treatment's 8 or 9, half of the users are in each arm;"
                        + " 10,000 periods. All methods meet the same users; drawn anew for each seed.")
                .setup("Logistic and linear regression on features, indicator of short videos and a constant, descent"
                        + " at 0.1, a step a period, half the squared error; they start from 3,000 periods of random"
                        + " videos. Weight model: two layers of 64, Adam at 0.001, a step a period, after 200 periods"
                        + " of warm-up; its last layer starts at zero. The truth: everybody in the treatment less"
                        + " everybody in the control.")
                .picks(all)
                .seeds(6)
                .claim(
                        "Weighted, alpha 8: the bias on the stay is within 0.04",
                        new Rule.Near(STAY, Pick.of(WEIGHTED, EIGHT), Pick.of(TRUTH, EIGHT), 0.04))
                .claim(
                        "Weighted, alpha 8: the bias on the share of short videos is within 0.01",
                        new Rule.Near(SHORT, Pick.of(WEIGHTED, EIGHT), Pick.of(TRUTH, EIGHT), 0.01))
                .claim(
                        "Pooling, alpha 8: the effect on the stay is told too small by 0.09 or more",
                        new Rule.Advantage(STAY, Pick.of(TRUTH, EIGHT), Pick.of(POOLING, EIGHT), 0.09))
                .claim(
                        "Weighted comes nearer than pooling, alpha 8",
                        new Rule.Advantage(MISS, Pick.of(WEIGHTED, EIGHT), Pick.of(POOLING, EIGHT), 0))
                .claim(
                        "Weighted comes nearer than a snapshot, alpha 8",
                        new Rule.Advantage(MISS, Pick.of(WEIGHTED, EIGHT), Pick.of(SNAPSHOT, EIGHT), 0))
                .claim(
                        "Weighted misses by at most half of what splitting does, alpha 9",
                        new Rule.Ratio(MISS, Pick.of(WEIGHTED, NINE), Pick.of(SPLITTING, NINE), 0.5, 0.8))
                .table("Alpha 10 against 8", OF_EIGHT, List.of(SHORT, STAY, FINISH, MISS, BITS))
                .table("Alpha 10 against 9", OF_NINE, List.of(SHORT, STAY, FINISH, MISS, BITS))
                .limit("Simulated users, and a start that the paper does not describe; the snapshot's bias depends on"
                        + " it.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        int periods = size.of(PERIODS, 30);
        var day = new LoopDay(seed, size.of(BEFORE, 20));
        Map<LoopDay.Design, LoopDay.Came> came = new HashMap<>();
        return arm -> {
            if (came.isEmpty()) { // all of them together meet the same users in a third of the time
                came.putAll(day.run(DESIGNS, periods));
            }
            double alpha = alpha(arm.setting());
            LoopDay.Came truth = LoopDay.truth(
                    came(came, new LoopDay.Design(LoopMethod.GLOBAL_TREATMENT, alpha)), came(came, CONTROL));
            LoopDay.Came found =
                    arm.method().equals(TRUTH) ? truth : came(came, new LoopDay.Design(method(arm.method()), alpha));
            Map<String, Double> values = new LinkedHashMap<>();
            values.put(FINISH.key(), found.effect(0));
            values.put(STAY.key(), found.effect(1));
            values.put(SHORT.key(), found.effect(2));
            values.put(MISS.key(), LoopDay.miss(found, truth));
            values.put(BITS.key(), Double.isNaN(found.bits()) ? 1 : found.bits());
            return Measurement.of(values);
        };
    }

    private static LoopDay.Came came(Map<LoopDay.Design, LoopDay.Came> all, LoopDay.Design design) {
        return Objects.requireNonNull(all.get(design), design::toString);
    }

    /** Every test that the arms ask for; the control for all is the same for both treatments. */
    private static List<LoopDay.Design> designs() {
        var designs = new LinkedHashSet<LoopDay.Design>();
        designs.add(CONTROL);
        Stream.of(OF_EIGHT, OF_NINE)
                .flatMap(List::stream)
                .map(pick -> new LoopDay.Design(
                        pick.method().equals(TRUTH) ? LoopMethod.GLOBAL_TREATMENT : method(pick.method()),
                        alpha(pick.arm().setting())))
                .forEach(designs::add);
        return List.copyOf(designs);
    }

    private static double alpha(String setting) {
        return setting.equals(EIGHT) ? 8 : 9;
    }

    private static LoopMethod method(String name) {
        return switch (name) {
            case WEIGHTED -> LoopMethod.WEIGHTED;
            case SPLITTING -> LoopMethod.SPLITTING;
            case POOLING -> LoopMethod.POOLING;
            default -> LoopMethod.SNAPSHOT;
        };
    }
}
