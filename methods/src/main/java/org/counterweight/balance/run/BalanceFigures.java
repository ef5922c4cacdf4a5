package org.counterweight.balance.run;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.balance.ClassCounts;
import org.counterweight.balance.OneVsOne;
import org.counterweight.balance.RowNorms;
import org.counterweight.balance.audit.FeatureFigures;
import org.counterweight.balance.audit.Recalls;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.train.measure.ShotAccuracy;
import org.jspecify.annotations.Nullable;

/**
 * What balancing did, as plain numbers.
 *
 * @param accuracy after each step, and of what the report tells beside
 * @param features by rows and moment ({@code learnt, before}), in the order of the report
 * @param classes one a class
 * @param warnings what the user should know of it
 */
record BalanceFigures(
        List<Accuracy> accuracy,
        Map<String, Map<String, Double>> features,
        List<PerClass> classes,
        List<String> warnings) {

    /**
     * How classes fare: {@code balanced_accuracy, many_shot, medium_shot, few_shot}, where they are defined.
     *
     * @param chosen on the rows to choose by
     * @param judged on the rows to judge by
     */
    record Accuracy(String after, Map<String, Double> chosen, Map<String, Double> judged) {}

    /**
     * One class.
     *
     * @param rows to learn from, each as often as it weighs
     * @param normBefore of its row of the head
     * @param recallBefore the share of its rows to judge by that is found; NaN where it has none
     * @param projected how often its row was shortened; −1 where nothing shortens rows
     */
    record PerClass(
            String label,
            double rows,
            double normBefore,
            double normAfter,
            double recallBefore,
            double recallAfter,
            long projected) {}

    /** The rows that there are. */
    record Seen(
            HeadFeatures learnt,
            @Nullable HeadFeatures chosen,
            @Nullable HeadFeatures judged) {}

    static BalanceFigures of(BalanceConfig config, Stages stages, Seen seen, ClassCounts counts, List<String> labels) {
        var warnings = new ArrayList<String>();
        LinearHead before = stages.heads().get(0).head();
        LinearHead after = stages.heads().get(stages.heads().size() - 1).head();
        var accuracy = new ArrayList<Accuracy>();
        for (Stages.Done done : stages.heads()) {
            accuracy.add(new Accuracy(
                    done.name(),
                    groups(config.shots().metric(), counts, done.head(), seen.chosen()),
                    groups(config.shots().metric(), counts, done.head(), seen.judged())));
        }
        if (config.oneVsOne() != null) {
            accuracy.add(pairwise(config, config.oneVsOne(), before, seen, counts, warnings));
        }
        var features = new LinkedHashMap<String, Map<String, Double>>();
        audit("rows learnt from", seen.learnt(), before, after, features, warnings);
        if (seen.judged() != null) {
            audit("rows judged by", seen.judged(), before, after, features, warnings);
        }
        long[] projected = stages.projected();
        if (projected != null
                && stages.radius() != null
                && Arrays.stream(projected).sum() == 0) {
            warnings.add("balance.second.max_norm never shortened a row: all of the head's stayed within its radius of "
                    + Text.number(stages.radius()) + ", so that it had no effect; lower max_norm.fraction or radius");
        }
        return new BalanceFigures(
                accuracy, features, classes(before, after, projected, seen, counts, labels), warnings);
    }

    private static Map<String, Double> groups(
            ShotAccuracy shots, ClassCounts counts, LinearHead head, @Nullable HeadFeatures rows) {
        if (rows == null) {
            return Map.of();
        }
        try (var scope = Scope.open()) {
            return Recalls.groups(shots, counts.list(), head.logits(rows.values()), rows);
        }
    }

    /** The decisions of {@link OneVsOne} on the head of the first stage. */
    private static Accuracy pairwise(
            BalanceConfig config, double tau, LinearHead head, Seen seen, ClassCounts counts, List<String> warnings) {
        try (var scope = Scope.open()) {
            OneVsOne moved = OneVsOne.of(counts, tau, null);
            if (moved.largestAngle() >= Math.PI / 2) {
                warnings.add("balance.one_vs_one: " + Text.number(tau) + " moves the boundary between two classes by "
                        + Text.number(Math.toDegrees(moved.largestAngle()))
                        + " degrees, past the rarer one; a smaller power keeps it below 90");
            }
            return new Accuracy(
                    "first stage, boundaries moved one versus one (told only)",
                    pairwise(moved, config.shots().metric(), counts, head, seen.chosen()),
                    pairwise(moved, config.shots().metric(), counts, head, seen.judged()));
        }
    }

    private static Map<String, Double> pairwise(
            OneVsOne moved, ShotAccuracy shots, ClassCounts counts, LinearHead head, @Nullable HeadFeatures rows) {
        return rows == null
                ? Map.of()
                : Recalls.groups(shots, counts.list(), moved.scores(head.logits(rows.values())), rows);
    }

    private static void audit(
            String which,
            HeadFeatures rows,
            LinearHead before,
            LinearHead after,
            Map<String, Map<String, Double>> into,
            List<String> warnings) {
        try (var scope = Scope.open()) {
            Tensor occurring = torch.bincount(
                            rows.labels(), new TensorOptional(), before.weight().size(0))
                    .nonzero()
                    .squeeze(1);
            long missing = before.weight().size(0) - occurring.size(0);
            if (occurring.size(0) < 2) {
                return;
            }
            if (missing > 0) {
                warnings.add("figures of features on the " + which + " leave out " + missing
                        + (missing == 1 ? " class that has" : " classes that have") + " no rows there");
            }
            Tensor places = torch.searchsorted(occurring, rows.labels());
            FeatureFigures first = FeatureFigures.of(rows.values(), places, among(before, occurring));
            into.put(which + ", before", numbers(first));
            into.put(which + ", after", numbers(FeatureFigures.of(rows.values(), places, among(after, occurring))));
            if (first.pseudo()) {
                warnings.add("the scatter within classes on the " + which + " has rank " + first.rank() + " of "
                        + rows.values().size(1) + ", so that Fisher's ratio is taken with its pseudo-inverse");
            }
            if (first.cosines().zeros() > 0) {
                warnings.add(first.cosines().zeros() + " of the " + which
                        + " have features that are all 0 and no direction; cosines leave them out");
            }
        }
    }

    private static LinearHead among(LinearHead head, Tensor classes) {
        Tensor bias = head.bias();
        return new LinearHead(
                head.weight().index_select(0, classes), bias == null ? null : bias.index_select(0, classes));
    }

    private static Map<String, Double> numbers(FeatureFigures figures) {
        var numbers = new LinkedHashMap<String, Double>();
        numbers.put("fisher_ratio", figures.discriminantRatio());
        numbers.put("trace_within", figures.traceWithin());
        numbers.put("trace_between", figures.traceBetween());
        numbers.put("nc1", figures.collapse().nc1());
        numbers.put(
                "nc1_over_classes", figures.collapse().nc1() / figures.means().size(0));
        numbers.put("nc2_equinorm_means", figures.collapse().meansEquinorm());
        numbers.put("nc2_equinorm_weights", figures.collapse().weightsEquinorm());
        numbers.put("nc2_equiangle_means", figures.collapse().meansEquiangle());
        numbers.put("nc2_equiangle_weights", figures.collapse().weightsEquiangle());
        numbers.put("nc3", figures.collapse().nc3());
        numbers.put("nc4", figures.collapse().nc4());
        numbers.put("cos_same_class", figures.cosines().sameMean());
        numbers.put("cos_same_class_variance", figures.cosines().sameVariance());
        numbers.put("cos_cross_class", figures.cosines().crossMean());
        numbers.put("cos_cross_class_variance", figures.cosines().crossVariance());
        numbers.put("cos_all", figures.cosines().allMean());
        numbers.put("hoyer_sparsity", figures.hoyer());
        return numbers;
    }

    private static List<PerClass> classes(
            LinearHead before,
            LinearHead after,
            long @Nullable [] projected,
            Seen seen,
            ClassCounts counts,
            List<String> labels) {
        try (var scope = Scope.open()) {
            double[] first = Tensors.toDoubles(RowNorms.of(before.weight(), 2));
            double[] last = Tensors.toDoubles(RowNorms.of(after.weight(), 2));
            double[] firstRecall = recalls(before, seen.judged(), counts.classes());
            double[] lastRecall = recalls(after, seen.judged(), counts.classes());
            var classes = new ArrayList<PerClass>();
            for (int c = 0; c < first.length; c++) {
                classes.add(new PerClass(
                        labels.get(c),
                        counts.of(c),
                        first[c],
                        last[c],
                        firstRecall[c],
                        lastRecall[c],
                        projected == null ? -1 : projected[c]));
            }
            return classes;
        }
    }

    private static double[] recalls(LinearHead head, @Nullable HeadFeatures rows, int classes) {
        if (rows == null) {
            double[] unknown = new double[classes];
            Arrays.fill(unknown, Double.NaN);
            return unknown;
        }
        return Recalls.ofClasses(head.logits(rows.values()), rows.labels(), rows.weights());
    }
}
