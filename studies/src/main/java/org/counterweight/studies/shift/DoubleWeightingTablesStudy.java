package org.counterweight.studies.shift;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.counterweight.engine.Seed;
import org.counterweight.shift.doubleweighting.Bandwidth;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/**
 * Double weighting on the tables of its authors, shifted by a feature.
 *
 * @param place the directory of the tables
 */
public record DoubleWeightingTablesStudy(Supplier<Path> place) implements Study {
    private static final ShiftArms ARMS = new ShiftArms(false);
    private static final List<String> TABLES = List.of("Haberman", "Blood", "BreastCancer");
    private static final int MOST = 200;

    /** On the tables where the user has put them. */
    public static DoubleWeightingTablesStudy onUsersTables() {
        return new DoubleWeightingTablesStudy(
                () -> BiasedSplit.place(System.getenv().getOrDefault(BiasedSplit.PLACE, "")));
    }

    @Override
    public Plan plan() {
        List<Pick> all = new ArrayList<>();
        TABLES.forEach(table -> all.addAll(picks(table)));
        Plan.Draft draft = Plan.of("double-weighting-tables", "Double weighting on its authors' tables")
                .method("double_weighting")
                .paper("J. I. Segovia-Martin, S. Mazuelas and A. Liu, Double-Weighting for Covariate Shift"
                        + " Adaptation, ICML 2023")
                .says("Weights on both sides adapt where weights of training rows alone are too large and those of"
                        + " deployed rows alone too cautious.")
                .data("Haberman (306 rows, 3 features), Blood (748, 3 features) and BreastCancer (9 features) as the"
                        + " authors use them. A row goes to the training pool with probability 0.7 where its first"
                        + " feature is at most the median and with 0.3 above (BreastCancer: 0.3 where it is at most 5,"
                        + " 0.7 above); of each pool half, at most 200 rows (BreastCancer: 100), is drawn without replacement, anew for"
                        + " each seed.")
                .setup("Minimax risk classifiers with the 0-1 loss over the features, one-hot, without an intercept,"
                        + " standardised over the whole table; sigma by knn50, B = 1000, RuLSIF with a = 0.5, ridge 0.1"
                        + " and the median distance. All programmes are solved to a gap of 1e-8.")
                .picks(all)
                .seeds(20);
        for (String table : List.of("Haberman", "Blood")) {
            Pick four = Pick.of(ShiftArms.FOUR, table);
            draft.claim(
                            table + ": D = 4 errs less than no adaptation, by 5 points",
                            new Rule.Advantage(ShiftArms.ERROR, four, Pick.of(ShiftArms.NONE, table), 0.05))
                    .claim(
                            table + ": D = 4 errs less than reweighting alone (D = 1), by 2 points",
                            new Rule.Advantage(ShiftArms.ERROR, four, Pick.of(ShiftArms.ONE, table), 0.02))
                    .claim(
                            table + ": D = 4 errs less than the robust extreme, by 2 points",
                            new Rule.Advantage(ShiftArms.ERROR, four, Pick.of(ShiftArms.ROBUST, table), 0.02))
                    .claim(
                            table + ": D = 4 errs less than RuLSIF",
                            new Rule.Advantage(ShiftArms.ERROR, four, Pick.of(ShiftArms.RATIO, table), 0));
        }
        draft.claim(
                "BreastCancer, where classes come apart: D = 4 errs no more than no adaptation, but for 3 points",
                new Rule.Advantage(
                        ShiftArms.ERROR,
                        Pick.of(ShiftArms.FOUR, "BreastCancer"),
                        Pick.of(ShiftArms.NONE, "BreastCancer"),
                        -0.03));
        for (String table : TABLES) {
            draft.table(table, picks(table), List.of(ShiftArms.ERROR, ShiftArms.RISK, ShiftArms.EFFECTIVE));
        }
        return draft.limit("The tables are in no registry; the study reads them where the user has put them.")
                .limit("At most 200 rows a side; the shift is made, by one feature. Other draws than the paper's.")
                .done();
    }

    private static List<Pick> picks(String table) {
        return ShiftArms.ALL.stream().map(method -> Pick.of(method, table)).toList();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Path directory = place.get();
        Map<String, ShiftedRows> rows = new HashMap<>();
        Map<String, Double> sigmas = new HashMap<>();
        for (String table : TABLES) {
            ShiftedRows drawn = BiasedSplit.read(directory.resolve(table + ".csv"))
                    .drawn(size.of(table.equals("BreastCancer") ? MOST / 2 : MOST, 40), seed.child(table));
            rows.put(table, drawn);
            sigmas.put(table, Bandwidth.KNN50_INCLUSIVE.of(drawn.both()));
        }
        return arm -> ARMS.measured(
                arm.method(),
                Objects.requireNonNull(rows.get(arm.setting())),
                Objects.requireNonNull(sigmas.get(arm.setting())));
    }
}
