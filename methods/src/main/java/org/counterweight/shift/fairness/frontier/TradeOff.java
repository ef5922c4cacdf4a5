package org.counterweight.shift.fairness.frontier;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.counterweight.shift.Findings;
import org.counterweight.shift.fairness.FairnessMetrics;
import org.counterweight.shift.fairness.constraint.FairConstraint;
import org.counterweight.shift.fairness.frontier.FairTrainingConfig.Algorithm;
import org.counterweight.shift.fairness.judge.GroupGap;
import org.counterweight.shift.measure.Proportion;
import org.counterweight.train.part.Section;

/** What fairness costs in accuracy, by what was tried, on the rows to judge by; what is told of the one that was taken. */
record TradeOff(FairTrainingConfig config, FairModels fitted) {
    private static final String FEW = "too few rows";
    private static final int BOUND_POINTS = 11;

    Findings findings() {
        Candidate taken = fitted.taken();
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("correlation before", fitted.before().correlation());
        figures.put("correlation after", fitted.after().correlation());
        figures.put("accuracy, judged", taken.judged().accuracy());
        figures.put("gap, judged", gap(taken.judged()));
        figures.put("F1, judged", taken.judged().f1());
        figures.put("highest accuracy at parity", fitted.after().parityBound(0));
        var warnings = new ArrayList<String>();
        if (gap(taken.chosen()) > config.maxGap()) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "None of the classifiers has a gap of at most %s on the rows to choose by; the one of the least gap,"
                            + " %.4f, was taken.",
                    config.maxGap(),
                    gap(taken.chosen())));
        }
        return new Findings(
                "Rows of each cell of label and group are weighted by its share in the deployment (numerator) over its"
                        + " share here. "
                        + named(taken) + " answers: of what was tried the most accurate with a gap of at most "
                        + config.maxGap() + " in " + words() + ". " + String.join(" ", fitted.remarks()),
                figures,
                List.of(tried(), groups(taken.counted())),
                List.of(new Findings.Picture("gap in " + words(), curves())),
                warnings,
                List.of());
    }

    private String words() {
        return config.constraint().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String name(Algorithm algorithm) {
        return switch (algorithm) {
            case NONE -> "plain regression";
            case FAIRBATCH -> "FairBatch";
            case COVARIANCE -> "bounded covariance";
            case EXPGRAD -> "mixture by exponentiated gradient";
            case PENALTY -> "squared gap in the loss";
        };
    }

    private static String named(Candidate candidate) {
        String name = name(candidate.algorithm());
        String capital = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        return candidate.strength().isEmpty() ? capital : capital + " (" + candidate.strength() + ")";
    }

    private double gap(FairnessMetrics metrics) {
        return Candidate.gap(metrics, config.constraint());
    }

    private Findings.Table tried() {
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < fitted.tried().size(); i++) {
            Candidate one = fitted.tried().get(i);
            rows.add(List.of(
                    (i == fitted.best() ? "* " : "") + name(one.algorithm()),
                    one.strength(),
                    shown(one.chosen().accuracy()),
                    shown(gap(one.chosen())),
                    shown(one.judged().accuracy()),
                    told(one.judged(), one.counted()),
                    deviation(
                            one, FairConstraint.DEMOGRAPHIC_PARITY, one.judged().parityDeviation()),
                    deviation(one, FairConstraint.EQUALIZED_ODDS, one.judged().oddsDeviation())));
        }
        return new Findings.Table(
                "What was tried",
                "Accuracy and the gap of the constraint on the rows to choose by and, with a 95 % interval, on those to"
                        + " judge by; there also the largest deviations from the rate of all. Rows count as they will"
                        + " come in the deployment. The star marks the one that answers.",
                List.of(
                        "Classifier",
                        "Strength",
                        "Accuracy, chosen",
                        "Gap, chosen",
                        "Accuracy",
                        "Gap",
                        "Deviation from parity",
                        "Deviation from odds"),
                rows);
    }

    /** The gap with the interval that the numbers of rows allow; of too few rows none. */
    private String told(FairnessMetrics judged, FairnessMetrics counted) {
        GroupGap known = GroupGap.of(counted, config.constraint());
        if (known.tooFew()) {
            return FEW;
        }
        double gap = gap(judged);
        return String.format(
                Locale.ROOT, "%.4f (%.4f to %.4f)", gap, Math.max(0, gap - known.reach()), gap + known.reach());
    }

    private static String deviation(Candidate one, FairConstraint constraint, double value) {
        return GroupGap.of(one.counted(), constraint).tooFew() ? FEW : shown(value);
    }

    private static Findings.Table groups(FairnessMetrics found) {
        List<List<String>> rows = new ArrayList<>();
        for (int group = 1; group >= 0; group--) {
            int yes = 1 - group;
            int no = yes + 2;
            rows.add(List.of(
                    "z=" + group,
                    String.format(Locale.ROOT, "%,.0f", found.rows()[yes] + found.rows()[no]),
                    String.format(Locale.ROOT, "%,.0f", found.rows()[yes]),
                    rate(found.positives()[yes] + found.positives()[no], found.rows()[yes] + found.rows()[no]),
                    rate(found.positives()[yes], found.rows()[yes]),
                    rate(found.positives()[no], found.rows()[no])));
        }
        return new Findings.Table(
                "The groups",
                "How often y=1 is said of the rows to judge by, of those with y=1 and of those with y=-1, with Wilson's"
                        + " 95 % intervals; of fewer than " + Proportion.FEW + " rows none is given.",
                List.of("Group", "Rows", "y=1", "Said", "Said where y=1", "Said where y=-1"),
                rows);
    }

    private static String rate(double found, double of) {
        var rate = new Proportion(found, of);
        return rate.tooFew()
                ? FEW
                : String.format(Locale.ROOT, "%.4f (%.4f to %.4f)", rate.share(), rate.low(), rate.high());
    }

    private Section.Curves curves() {
        Map<Algorithm, List<Candidate>> byAlgorithm = new TreeMap<>();
        fitted.tried()
                .forEach(one -> byAlgorithm
                        .computeIfAbsent(one.algorithm(), none -> new ArrayList<>())
                        .add(one));
        var curves = new ArrayList<Section.Curve>();
        byAlgorithm.forEach((algorithm, candidates) -> curves.add(curve(name(algorithm), candidates, true)));
        curves.add(curve("frontier", frontier(), false));
        if (config.constraint() == FairConstraint.DEMOGRAPHIC_PARITY) {
            curves.add(bound());
        }
        return new Section.Curves(
                "What fairness costs in accuracy",
                "Accuracy against the gap between the groups in " + words()
                        + ", on the rows to judge by; nothing that was tried lies left of and above the dashed"
                        + " frontier.",
                curves);
    }

    private Section.Curve curve(String name, List<Candidate> candidates, boolean points) {
        List<Candidate> sorted = candidates.stream()
                .sorted(Comparator.comparingDouble(one -> gap(one.judged())))
                .toList();
        return new Section.Curve(
                name,
                sorted.stream().mapToDouble(one -> gap(one.judged())).toArray(),
                sorted.stream().mapToDouble(one -> one.judged().accuracy()).toArray(),
                points);
    }

    /** Those than which none is fairer and as accurate, from the fairest on. */
    private List<Candidate> frontier() {
        var frontier = new ArrayList<Candidate>();
        double best = Double.NEGATIVE_INFINITY;
        for (Candidate one : fitted.tried().stream()
                .sorted(Comparator.<Candidate>comparingDouble(tried -> gap(tried.judged()))
                        .thenComparingDouble(tried -> -tried.judged().accuracy()))
                .toList()) {
            if (one.judged().accuracy() > best) {
                best = one.judged().accuracy();
                frontier.add(one);
            }
        }
        return frontier;
    }

    /** What no classifier whatever can beat under the deployment's correlation. */
    private Section.Curve bound() {
        double widest = fitted.tried().stream()
                .mapToDouble(one -> gap(one.judged()))
                .max()
                .orElse(0);
        double[] gaps = new double[BOUND_POINTS];
        double[] bounds = new double[BOUND_POINTS];
        for (int i = 0; i < BOUND_POINTS; i++) {
            gaps[i] = widest * i / (BOUND_POINTS - 1);
            bounds[i] = fitted.after().parityBound(gaps[i]);
        }
        return new Section.Curve("bound of any classifier", gaps, bounds, false);
    }

    private static String shown(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
