package org.counterweight.shift.doubleweighting.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.counterweight.shift.Findings;

/** What is to be told of two tables: the weights' figures, the guarantee, and what makes one doubt. */
record DoubleFindings(DoubleWeightingConfig config, DoubleTableFit fitted) {
    private static final double SMALL = 0.02; // of the rows, as an effective size

    Findings findings() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("D", fitted.d());
        figures.put("width of the kernel", fitted.sigma());
        figures.put("objective", fitted.objective());
        figures.put("duality gap", fitted.gap());
        figures.put("effective training rows", fitted.ofBeta().effective());
        figures.put("effective rows of the deployment", fitted.ofAlpha().effective());
        figures.put("weights at their bound", (double) fitted.atBound());
        figures.put("training rows of weight 0", (double)
                Arrays.stream(fitted.beta().values()).filter(w -> w == 0).count());
        figures.put("rows of the deployment with a confidence below 0.5", (double) fitted.doubtful());
        var tables = new ArrayList<Findings.Table>();
        if (!fitted.tried().isEmpty()) {
            figures.put("guaranteed risk", risk());
            tables.add(table());
        }
        if (fitted.predictions() != null) {
            tables.add(predicted(fitted.predictions()));
        }
        String rule = config.sigma() != null
                ? "as given"
                : "by " + config.bandwidth().name().toLowerCase(Locale.ROOT);
        return new Findings(
                "Training rows are weighted towards the deployment (its density is the numerator), up to a bound; rows"
                        + " of the deployment get the confidence that is left. Kernel exp(-|x - x'|^2 / (2 sigma^2)),"
                        + " sigma "
                        + String.format(Locale.ROOT, "%.4f ", fitted.sigma()) + rule
                        + (fitted.exact() ? "." : ", through " + 2 * config.kernelPairs() + " random features."),
                figures,
                tables,
                List.of(),
                warnings(),
                List.of());
    }

    private double risk() {
        return fitted.tried().stream()
                .filter(tried -> tried.d() == fitted.d())
                .mapToDouble(DoubleTableFit.Tried::risk)
                .findFirst()
                .orElse(Double.NaN);
    }

    private Findings.Table table() {
        return new Findings.Table(
                "The guarantee",
                "R(U), the worst risk of the classifier over all distributions with the expectations that were found;"
                        + " with several D, the least was taken.",
                List.of(
                        "D",
                        "Guaranteed risk",
                        "Sum of confidences",
                        "Effective training rows",
                        "Effective deployed rows"),
                fitted.tried().stream()
                        .map(tried -> List.of(
                                String.format(Locale.ROOT, "%.4g", tried.d()),
                                String.format(Locale.ROOT, "%.4f", tried.risk()),
                                String.format(Locale.ROOT, "%.4g", tried.lambda()),
                                String.format(Locale.ROOT, "%.1f", tried.effectiveTraining()),
                                String.format(Locale.ROOT, "%.1f", tried.effectiveDeployed())))
                        .toList());
    }

    private static Findings.Table predicted(long[] predictions) {
        Map<Long, Long> counts = new TreeMap<>();
        for (long label : predictions) {
            counts.merge(label, 1L, Long::sum);
        }
        return new Findings.Table(
                "The classifier's predictions for the deployment",
                "Labels by their number.",
                List.of("Label", "Rows"),
                counts.entrySet().stream()
                        .map(entry -> List.of(
                                entry.getKey().toString(), entry.getValue().toString()))
                        .toList());
    }

    private List<String> warnings() {
        var warnings = new ArrayList<String>();
        int t = fitted.alpha().values().length;
        if (!fitted.converged()) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "The solver stopped early: the objective may lie up to %.2g above the least.",
                    fitted.gap()));
        }
        if (fitted.alone() > 0) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "%,d of %,d rows of the deployment have no training row within three widths of the kernel: no"
                            + " weights make up for that.%s",
                    fitted.alone(),
                    t,
                    fitted.alone() == t ? " The tables do not overlap at all." : ""));
        }
        double share = fitted.ofBeta().effective() / fitted.beta().values().length;
        if (share < SMALL) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "The weighted training rows are worth %.1f rows; a larger D spreads the weights.",
                    fitted.ofBeta().effective()));
        }
        if (fitted.repeats()) {
            warnings.add("Some rows are the same: how a weight is divided between them is arbitrary.");
        }
        return warnings;
    }
}
