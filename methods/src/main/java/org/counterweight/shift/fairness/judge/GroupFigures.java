package org.counterweight.shift.fairness.judge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.shift.fairness.CellShares;
import org.counterweight.shift.fairness.FairnessMetrics;
import org.counterweight.shift.fairness.constraint.FairConstraint;
import org.counterweight.shift.measure.Proportion;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.measure.Metric;
import org.counterweight.train.objective.Objective.Losses;
import org.counterweight.train.part.Section;
import org.jspecify.annotations.Nullable;

/**
 * How a classifier treats two groups on the rows to judge by.
 *
 * @param found what it says about the rows of each cell, each as often as it weighs
 * @param squares the sum of the squared weights in each cell: by these an interval knows how many rows it rests on
 */
public record GroupFigures(FairnessMetrics found, double[] squares) {
    private static final String FEW = "too few rows";

    /** Of rows that count once each. */
    public GroupFigures(FairnessMetrics found) {
        this(found, found.rows());
    }

    /** Gathers what a classifier says, batch by batch. */
    private static final class Gathering implements Metric {
        private final FairRows rows;
        private final double[] squares = new double[CellShares.CELLS];
        private @Nullable FairnessMetrics found;

        Gathering(FairRows rows) {
            this.rows = rows;
        }

        @Override
        public void add(Losses losses, Batch batch, Tensor weights) {
            if (losses.logits() == null || batch.find(FairRows.GROUP) == null) {
                return;
            }
            try (var scope = Scope.open()) {
                FairnessMetrics more =
                        FairnessMetrics.ofDecisions(rows.decisions(losses.logits()), rows.of(batch), weights);
                found = found == null ? more : found.plus(more);
                double[] each = FairnessMetrics.ofDecisions(
                                rows.decisions(losses.logits()), rows.of(batch), weights.square())
                        .rows();
                Arrays.setAll(squares, cell -> squares[cell] + each[cell]);
            }
        }

        @Override
        public Map<String, Double> figures() {
            return new LinkedHashMap<>();
        }
    }

    /** Asks a model; null if there are no rows to judge by, or nobody knows their groups. */
    public static @Nullable GroupFigures of(FairRows rows, @Nullable Evaluator judged, Model model, Params params) {
        if (judged == null) {
            return null;
        }
        var gathering = new Gathering(rows);
        judged.telling(List.of(() -> gathering)).evaluate(model, params);
        return gathering.found == null ? null : new GroupFigures(gathering.found, gathering.squares);
    }

    /**
     * What a report says about it.
     *
     * @param positive the name of the class y = 1
     */
    public List<Section> sections(String positive) {
        return List.of(groups(positive), gaps());
    }

    private Section groups(String positive) {
        double[] rows = found.rows();
        List<List<String>> lines = new ArrayList<>();
        for (int group = 1; group >= 0; group--) {
            int yes = 1 - group; // the cell of y = 1
            int no = yes + 2;
            lines.add(List.of(
                    "z=" + group,
                    whole(rows[yes] + rows[no]),
                    whole(rows[yes]),
                    rate(GroupGap.rate(found, squares, yes, no)),
                    rate(GroupGap.rate(found, squares, yes)),
                    rate(GroupGap.rate(found, squares, no))));
        }
        return new Section.Table(
                "The groups, on the rows to judge by",
                "How often " + positive + " is said of a group's rows, of those that are it and of those that are not,"
                        + " with Wilson's 95 % intervals; of fewer than " + Proportion.FEW
                        + " rows none is given. Rows with"
                        + " weights are counted as often, and intervals rest on as many rows as they are worth.",
                List.of("group", "rows", positive, "said", "said where it is true", "said where it is not"),
                lines);
    }

    private Section gaps() {
        return new Section.Table(
                "How far apart the groups are",
                "A gap is the distance between the groups' rates; a deviation is the largest distance of a group's rate"
                        + " from that of all rows.",
                List.of("figure", "gap", "deviation"),
                List.of(
                        List.of("accuracy", shown(found.accuracy()), "–"),
                        line(
                                "demographic parity",
                                FairConstraint.DEMOGRAPHIC_PARITY,
                                found.parityDifference(),
                                found.parityDeviation()),
                        line(
                                "equal opportunity",
                                FairConstraint.EQUAL_OPPORTUNITY,
                                found.opportunityDifference(),
                                found.positiveDeviation()),
                        line("equalised odds", FairConstraint.EQUALIZED_ODDS, found.oddsGap(), found.oddsDeviation())));
    }

    /** Figures that the rows of each rate must be enough to tell. */
    private List<String> line(String name, FairConstraint constraint, double gap, double deviation) {
        boolean few = GroupGap.of(found, squares, constraint).tooFew();
        return List.of(name, few ? FEW : shown(Math.abs(gap)), few ? FEW : shown(deviation));
    }

    private static String rate(Proportion of) {
        return of.tooFew() ? FEW : String.format(Locale.ROOT, "%.3f (%.3f to %.3f)", of.share(), of.low(), of.high());
    }

    private static String whole(double rows) {
        return String.format(Locale.ROOT, "%,.0f", rows);
    }

    private static String shown(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
