package org.counterweight.studies.shift;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.fairness.CellRatio;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.Cells;
import org.counterweight.shift.fairness.FairnessMetrics;
import org.counterweight.shift.fairness.Resampling;
import org.counterweight.shift.fairness.batch.FairBatchConfig;
import org.counterweight.shift.fairness.batch.FairTarget;
import org.counterweight.shift.fairness.batch.FairTraining;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/** FairBatch with and without new shares of the cells, where label and group are less correlated in use. */
public final class FairCorrelationStudy implements Study {
    private static final CellShares TRAIN = CellShares.of(0.313, 0.196, 0.128, 0.363);
    private static final CellShares DEPLOYED = CellShares.of(0.25, 0.24, 0.17, 0.34);
    private static final Pick NONE = Pick.of("plain batches", "");
    private static final Pick BEFORE = Pick.of("new shares, plain batches", "");
    private static final Pick WITHIN = Pick.of("FairBatch", "");
    private static final Pick BOTH = Pick.of("new shares, FairBatch", "");
    private static final List<Pick> ALL = List.of(NONE, BEFORE, WITHIN, BOTH);
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy in use", 3);
    private static final Metric PARITY = Metric.lower("parity", "deviation from parity in use", 3);
    private static final Metric ODDS = Metric.lower("odds", "deviation from equal odds in use", 3);
    private static final Metric ROWS = Metric.plain("rows", "rows learnt from", 0);

    @Override
    public Plan plan() {
        return Plan.of("fair-correlation", "Fair training where label and group are correlated otherwise in use")
                .method("fair_correlation_shifts")
                .paper("Y. Roh, K. Lee, S. E. Whang and C. Suh, Improving Fair Training under Correlation Shifts,"
                        + " ICML 2023")
                .says("Moving the data to the deployment's correlation before fair training makes it both fairer and"
                        + " more accurate there.")
                .data("Two classes, normal in the plane; the group follows from the place turned by 45 degrees, and"
                        + " is a feature too. 2,000 rows to learn from with Pr(y=1|z=1) - Pr(y=1|z=0) = 0.359,"
                        + " 1,000 to judge by with 0.181. Drawn anew for each seed.")
                .setup("Logistic regression, 500 epochs of Adam at 0.0005, batches of 100; FairBatch for demographic"
                        + " parity with alpha 0.005. New shares by g_y = g_z = 0.05, rows drawn.")
                .picks(ALL)
                .seeds(6)
                .claim(
                        "With new shares FairBatch is more accurate in use, by a point",
                        new Rule.Advantage(ACCURACY, BOTH, WITHIN, 0.01))
                .claim(
                        "With new shares FairBatch is at most half as far from parity in use",
                        new Rule.Ratio(PARITY, BOTH, WITHIN, 0.5, 0.8))
                .claim(
                        "New shares alone do not make a plain model fair",
                        new Rule.Ratio(PARITY, WITHIN, BEFORE, 0.7, 0.8))
                .table("In use", ALL, List.of(ACCURACY, PARITY, ODDS, ROWS))
                .limit("Made data of two features; the paper's runs on COMPAS and AdultCensus are not repeated here.")
                .done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        CorrelatedGroups train = CorrelatedGroups.of(size.of(2000, 400), TRAIN, seed.child("train"));
        CorrelatedGroups test = CorrelatedGroups.of(1000, DEPLOYED, seed.child("test"));
        int epochs = size.of(500, 5);
        return arm -> measured(arm, train, test, epochs, seed);
    }

    private static Measurement measured(Arm arm, CorrelatedGroups train, CorrelatedGroups test, int epochs, Seed seed) {
        boolean moved = arm.method().startsWith("new shares");
        boolean fair = arm.method().endsWith("FairBatch");
        CorrelatedGroups rows = moved ? moved(train, seed.child("draw")) : train;
        var settings = new FairTraining.Settings(
                FairBatchConfig.of(fair ? FairTarget.DP : FairTarget.ORIGINAL), 100, 0.0005, epochs);
        FairTraining model = FairTraining.run(
                rows.x(), rows.cells(), FairTraining.start(3, seed.child("start")), settings, seed.child("batches"));
        FairnessMetrics found = FairnessMetrics.of(model.logits(test.x()), test.cells(), 0);
        return Measurement.of(Map.of(
                ACCURACY.key(), found.accuracy(),
                PARITY.key(), found.parityDeviation(),
                ODDS.key(), found.oddsDeviation(),
                ROWS.key(), (double) rows.cells().size()));
    }

    private static CorrelatedGroups moved(CorrelatedGroups train, Seed seed) {
        CellRatio ratio =
                CellRatio.of(train.cells().shares(), DEPLOYED.correlation(), new CellRatio.Tolerance(0.05, 0.05));
        int[] kept = Resampling.of(train.cells().counts(), ratio.after()).draw(train.cells(), seed);
        Tensor index = Tensors.longs(Arrays.stream(kept).asLongStream().toArray());
        Tensor y = train.cells().spread(1, 1, -1, -1).index_select(0, index);
        Tensor z = train.cells().spread(1, 0, 1, 0).index_select(0, index);
        return new CorrelatedGroups(train.x().index_select(0, index), Cells.of(y, z));
    }
}
