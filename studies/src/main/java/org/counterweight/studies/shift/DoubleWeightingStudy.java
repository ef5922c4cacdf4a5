package org.counterweight.studies.shift;

import java.util.List;
import org.counterweight.engine.Seed;
import org.counterweight.shift.doubleweighting.Bandwidth;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/** Double weighting against one-sided weights where the supports of the tables overlap in part. */
public final class DoubleWeightingStudy implements Study {
    private static final ShiftArms ARMS = new ShiftArms(true);
    private static final List<Pick> ALL = ShiftArms.ALL.stream().map(Pick::of).toList();

    @Override
    public Plan plan() {
        return Plan.of("double-weighting-support", "Double weighting where the supports overlap in part")
                .method("double_weighting")
                .paper("J. I. Segovia-Martin, S. Mazuelas and A. Liu, Double-Weighting for Covariate Shift"
                        + " Adaptation, ICML 2023")
                .says("Weights on both sides adapt where weights of training rows alone are too large and those of"
                        + " deployed rows alone too cautious.")
                .data("100 training rows, 60 % N((0, 0), 0.49 I) and 40 % N((-2.5, 0), 0.25 I); 100 rows of the"
                        + " deployment, 75 % N((0.4, 0), 0.49 I) and 25 % N((3, 0), 0.25 I). Pr(y = 1) = sigmoid(4"
                        + " (x2 - 0.8 g(x1))) in both, g a line that turns at -1, where training has rows and the"
                        + " deployment none. Drawn anew for each seed.")
                .setup("Minimax risk classifiers with the 0-1 loss over (1, x), one-hot, standardised; sigma by"
                        + " knn50, B = 1000, RuLSIF with a = 0.5, ridge 0.1 and the median distance. All"
                        + " programmes are solved to a gap of 1e-8.")
                .picks(ALL)
                .seeds(20)
                .claim(
                        "D = 4 errs less than no adaptation, by 5 points",
                        new Rule.Advantage(ShiftArms.ERROR, Pick.of(ShiftArms.FOUR), Pick.of(ShiftArms.NONE), 0.05))
                .claim(
                        "D = 4 errs less than reweighting alone (D = 1), by 2 points",
                        new Rule.Advantage(ShiftArms.ERROR, Pick.of(ShiftArms.FOUR), Pick.of(ShiftArms.ONE), 0.02))
                .claim(
                        "D = 4 errs less than the robust extreme, by 2 points",
                        new Rule.Advantage(ShiftArms.ERROR, Pick.of(ShiftArms.FOUR), Pick.of(ShiftArms.ROBUST), 0.02))
                .claim(
                        "D = 4 errs less than RuLSIF",
                        new Rule.Advantage(ShiftArms.ERROR, Pick.of(ShiftArms.FOUR), Pick.of(ShiftArms.RATIO), 0))
                .claim(
                        "Choosing D by the guarantee errs no more than D = 4, but for 2 points",
                        new Rule.Advantage(
                                ShiftArms.ERROR, Pick.of(ShiftArms.SELECTED), Pick.of(ShiftArms.FOUR), -0.02))
                .table("Errors", ALL, List.of(ShiftArms.ERROR, ShiftArms.RISK, ShiftArms.EFFECTIVE))
                .limit("Made data of two features. The paper's own tables are on real sets that no registry carries.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        ShiftedRows data = SupportShift.of(size.of(100, 40), seed);
        double sigma = Bandwidth.KNN50_INCLUSIVE.of(data.both());
        return arm -> ARMS.measured(arm.method(), data, sigma);
    }
}
