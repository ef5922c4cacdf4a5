package org.counterweight.balance.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.counterweight.balance.run.BalanceFigures.PerClass;
import org.counterweight.train.part.Section;

/** What the report says about balancing. */
record BalanceSections(BalanceFigures figures, Shots shots, String head) {
    private static final List<String> GROUPS = List.of("balanced_accuracy", "many_shot", "medium_shot", "few_shot");
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("fisher_ratio", "Fisher's discriminant ratio, tr(S_W⁻¹ S_B)"),
            Map.entry("trace_within", "scatter within classes, tr S_W"),
            Map.entry("trace_between", "scatter between classes, tr S_B"),
            Map.entry("nc1", "NC1, tr(Σ_W Σ_B⁺)"),
            Map.entry("nc1_over_classes", "NC1 over the number of classes"),
            Map.entry("nc2_equinorm_means", "NC2, lengths of class means"),
            Map.entry("nc2_equinorm_weights", "NC2, lengths of the head's rows"),
            Map.entry("nc2_equiangle_means", "NC2, angles of class means"),
            Map.entry("nc2_equiangle_weights", "NC2, angles of the head's rows"),
            Map.entry("nc3", "NC3, head against class means"),
            Map.entry("nc4", "NC4, head against nearest mean"),
            Map.entry("cos_same_class", "cosine within a class, mean"),
            Map.entry("cos_same_class_variance", "cosine within a class, variance"),
            Map.entry("cos_cross_class", "cosine between classes, mean"),
            Map.entry("cos_cross_class_variance", "cosine between classes, variance"),
            Map.entry("cos_all", "cosine of all pairs, mean"),
            Map.entry("hoyer_sparsity", "sparsity (Hoyer)"));

    List<Section> all() {
        var all = new ArrayList<Section>();
        all.add(accuracy());
        all.add(classes());
        if (!figures.features().isEmpty()) {
            all.add(features());
        }
        return all;
    }

    private Section accuracy() {
        var columns = new ArrayList<String>(List.of("after"));
        for (String rows : List.of("chosen by", "judged by")) {
            Stream.of("all", "many", "medium", "few").forEach(group -> columns.add(group + ", " + rows));
        }
        List<List<String>> lines = figures.accuracy().stream()
                .map(line -> Stream.concat(
                                Stream.of(line.after()),
                                Stream.of(line.chosen(), line.judged())
                                        .flatMap(side -> GROUPS.stream().map(group -> Text.percent(side.get(group)))))
                        .toList())
                .toList();
        return new Section.Table(
                "Classes with many and with few rows",
                "Recall in percent, the mean over classes: all, those with more than "
                        + shots.many() + " rows to learn from, those between, those with fewer than " + shots.few()
                        + ". A dash is a group without classes. Epochs and tau were chosen on the rows to choose by alone.",
                columns,
                lines);
    }

    private Section classes() {
        boolean projects = figures.classes().stream().anyMatch(one -> one.projected() >= 0);
        var columns = new ArrayList<String>(
                List.of("class", "rows", "length before", "length after", "found before", "found after"));
        if (projects) {
            columns.add("projected");
        }
        List<List<String>> lines = figures.classes().stream()
                .sorted(Comparator.comparingDouble(PerClass::rows).reversed())
                .map(one -> line(one, projects))
                .toList();
        long rows =
                figures.classes().stream().filter(one -> one.projected() > 0).count();
        return new Section.Table(
                "Rows of the head against rows of the data",
                "The length of each class's row of " + head
                        + " and its recall on the rows to judge by, in percent, the most frequent class first: a head that prefers frequent classes gives them long rows."
                        + (projects
                                ? " MaxNorm shortened " + rows + " of "
                                        + figures.classes().size() + " rows of " + head
                                        + ".weight, each as often as the last column says; biases never."
                                : ""),
                columns,
                lines);
    }

    private static List<String> line(PerClass one, boolean projects) {
        var line = new ArrayList<String>(List.of(
                one.label(),
                Text.number(one.rows()),
                Text.aligned(one.normBefore()),
                Text.aligned(one.normAfter()),
                Text.percent(one.recallBefore()),
                Text.percent(one.recallAfter())));
        if (projects) {
            line.add(String.valueOf(one.projected()));
        }
        return line;
    }

    private Section features() {
        var columns = new ArrayList<String>(List.of("figure"));
        columns.addAll(figures.features().keySet());
        List<String> keys =
                List.copyOf(figures.features().values().iterator().next().keySet());
        List<List<String>> lines = keys.stream()
                .map(key -> Stream.concat(
                                Stream.of(NAMES.getOrDefault(key, key)),
                                figures.features().values().stream()
                                        .map(side -> Text.number(side.getOrDefault(key, Double.NaN))))
                        .toList())
                .toList();
        return new Section.Table(
                "What the features look like",
                "How far features and head have collapsed: the larger Fisher's ratio, the better the classes are separated; NC1 to NC4 are 0 where every class is one point and the points form a simplex.",
                columns,
                lines);
    }
}
