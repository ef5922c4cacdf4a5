package org.counterweight.shift.abtest.table;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Findings;
import org.counterweight.shift.abtest.TreatmentEffect;
import org.counterweight.shift.measure.Proportion;
import org.counterweight.shift.measure.WeightHistogram;
import org.counterweight.train.part.Section;

/** What is to be told of a log: the effect if there is nothing against telling it, and how far the weights can be trusted. */
record ArmFindings(AbWeightedConfig config, ArmFit fitted) {
    private static final double SMALL = 0.1; // effective records
    private static final String WITHHELD = "withheld";
    private static final double DRIFT = 0.2; // of the mean weight from 1

    Findings findings() {
        List<String> withheld = withheld();
        Map<String, Double> figures = new LinkedHashMap<>();
        double n = fitted.treatment().count();
        figures.put("records", n);
        figures.put("share of the treatment", share());
        figures.put("effective records, treatment", fitted.treatment().effective());
        figures.put("effective records, control", fitted.control().effective());
        figures.put("mean weight, treatment", fitted.treatment().mean());
        figures.put("mean weight, control", fitted.control().mean());
        figures.put(
                "cross-entropy of the arms, bits",
                fitted.judged().bits() / fitted.judged().count());
        if (config.weightClip() != null) {
            figures.put("records whose probability was clipped", (double) fitted.clipped());
        }
        return new Findings(
                "Records are weighted by how likely they are of one arm (numerator) over its planned share: all of"
                        + " them then stand for a world with that arm alone.",
                figures,
                tables(withheld.isEmpty()),
                calibration(),
                warnings(),
                withheld);
    }

    private double share() {
        double all = fitted.assignment().treated() + fitted.assignment().controlled();
        return fitted.assignment().treated() / all;
    }

    private List<String> withheld() {
        var withheld = new ArrayList<String>();
        Assignment assignment = fitted.assignment();
        String what = assignment.byUnit() ? "units" : "records";
        double p = chance(assignment.mismatch(config.p()));
        if (p < config.mismatchLevel()) {
            withheld.add(String.format(
                    Locale.ROOT,
                    "%,d of %,d %s are in the treatment, where a share of %s was planned: chance splits them so"
                            + " unevenly with probability %.2g. Something removes or adds records of one arm; find it, or"
                            + " correct p.",
                    assignment.treated(),
                    assignment.treated() + assignment.controlled(),
                    what,
                    config.p(),
                    p));
        }
        if (assignment.crossed() > 0) {
            withheld.add(String.format(
                    Locale.ROOT,
                    "%,d units have records in both arms, so neither arm is a world of its own; leave them out.",
                    assignment.crossed()));
        }
        if (assignment.settings() > 1) {
            withheld.add("The column of the setting has " + assignment.settings()
                    + " values: something was changed in mid-run; weigh the records of each by themselves.");
        }
        return withheld;
    }

    /** Pr(χ² with one degree of freedom is above {@code square}). */
    private static double chance(double square) {
        try (var scope = Scope.open()) {
            return Tensors.doubles(new double[] {Math.sqrt(square / 2)}).erfc().item_double();
        }
    }

    private List<String> warnings() {
        var warnings = new ArrayList<String>();
        spread("treatment", fitted.treatment(), warnings);
        spread("control", fitted.control(), warnings);
        if (!fitted.assignment().byUnit() && !fitted.outcomes().isEmpty()) {
            warnings.add("No column names the units, so each record counts as one: if users have several, the standard"
                    + " errors are too small.");
        } else if (fitted.assignment().treated() + fitted.assignment().controlled()
                        < fitted.treatment().count()
                && !fitted.outcomes().isEmpty()) {
            warnings.add(
                    "Units have several records each, which count as independent: the standard errors are too small.");
        }
        return warnings;
    }

    private static void spread(String arm, WeightHistogram weights, List<String> warnings) {
        double share = weights.effective() / weights.count();
        if (share < SMALL) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "For the %s's model the records are worth %.1f %% of their number: the arms show nearly disjoint"
                            + " items.",
                    arm,
                    100 * share));
        }
        if (Math.abs(weights.mean() - 1) > DRIFT) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "The mean weight for the %s is %.3f where 1 is expected: the probabilities are badly calibrated.",
                    arm,
                    weights.mean()));
        }
    }

    private List<Findings.Table> tables(boolean told) {
        return fitted.outcomes().isEmpty() ? List.of(arms(), held()) : List.of(effects(told), arms(), held());
    }

    /** Each outcome by both estimators. */
    private Findings.Table effects(boolean told) {
        List<TreatmentEffect> effects = TreatmentEffect.of(fitted.treated(), fitted.controlled(), config.confidence());
        List<List<String>> rows = new ArrayList<>();
        for (int k = 0; k < effects.size(); k++) {
            String outcome = fitted.outcomes().get(k);
            TreatmentEffect effect = effects.get(k);
            rows.add(List.of(
                    outcome,
                    "difference of means",
                    shown(fitted.treated().means()[k]),
                    shown(fitted.controlled().means()[k]),
                    told ? shown(effect.estimate()) : WITHHELD,
                    told ? shown(effect.error()) : WITHHELD,
                    told ? shown(effect.low()) + " to " + shown(effect.high()) : WITHHELD,
                    told ? String.format(Locale.ROOT, "%.4f", effect.pValue()) : WITHHELD));
            double treatment = fitted.weighted().ofTreatment(k);
            double control = fitted.weighted().ofControl(k);
            rows.add(List.of(
                    outcome,
                    "weighted records",
                    shown(treatment),
                    shown(control),
                    told ? shown(treatment - control) : WITHHELD,
                    "–",
                    "–",
                    "–"));
        }
        return new Findings.Table(
                "The treatment's effect",
                "Mean of the treatment's records less mean of the control's, with Welch's standard error and "
                        + Math.round(100 * config.confidence())
                        + " % interval; and the same of all records under each arm's weights, divided by their sum, which is valid where outcomes depend on the features alone; since the weights are themselves estimates, it has no standard error here. Either is valid for the whole if the arms' models were trained with these weights.",
                List.of("Outcome", "Estimator", "Treatment", "Control", "Effect", "Standard error", "Interval", "p"),
                rows);
    }

    private Findings.Table arms() {
        return new Findings.Table(
                "The arms",
                "Records of each arm, and how many equally weighted ones the weighted records of both arms are worth for"
                        + " its model; its own records alone would be the first number.",
                List.of("Arm", "Records", "Effective records", "Mean weight", "Largest weight"),
                List.of(
                        arm("treatment", fitted.treated().count(), fitted.treatment()),
                        arm("control", fitted.controlled().count(), fitted.control())));
    }

    private static List<String> arm(String name, double records, WeightHistogram weights) {
        return List.of(
                name,
                String.format(Locale.ROOT, "%,.0f", records),
                String.format(Locale.ROOT, "%,.1f", weights.effective()),
                shown(weights.mean()),
                shown(weights.most()));
    }

    /** The numbers of the picture, with their intervals. */
    private Findings.Table held() {
        ArmCalibration judged = fitted.judged();
        List<List<String>> rows = new ArrayList<>();
        for (int k = 0; k < ArmCalibration.PARTS; k++) {
            if (judged.rows()[k] > 0) {
                var share = new Proportion(judged.happened()[k], judged.rows()[k]);
                rows.add(List.of(
                        String.format(Locale.ROOT, "%.1f to %.1f", k / 10.0, (k + 1) / 10.0),
                        String.format(Locale.ROOT, "%,.0f", judged.rows()[k]),
                        shown(judged.said()[k] / judged.rows()[k]),
                        share.tooFew() ? "too few rows" : shown(share.share()),
                        share.tooFew() ? "too few rows" : shown(share.low()) + " to " + shown(share.high())));
            }
        }
        return new Findings.Table(
                "Calibration of the probabilities",
                "Share of the treatment among held-out rows, by predicted probability, with Wilson's 95 % interval.",
                List.of("Probability", "Rows", "Said, mean", "Share of the treatment", "Interval"),
                rows);
    }

    /** Those parts that have rows enough to tell a share; no picture where there is none. */
    private List<Findings.Picture> calibration() {
        ArmCalibration judged = fitted.judged();
        int[] told = IntStream.range(0, ArmCalibration.PARTS)
                .filter(k -> judged.rows()[k] > 0 && !new Proportion(judged.happened()[k], judged.rows()[k]).tooFew())
                .toArray();
        double[] said = IntStream.of(told)
                .mapToDouble(k -> judged.said()[k] / judged.rows()[k])
                .toArray();
        double[] happened = IntStream.of(told)
                .mapToDouble(k -> judged.happened()[k] / judged.rows()[k])
                .toArray();
        if (told.length == 0) {
            return List.of();
        }
        var curves = new Section.Curves(
                "Calibration of the probabilities, in figures",
                "Share of the treatment among held-out rows, by predicted probability, where there are rows enough to tell; perfect calibration is the dashed line.",
                List.of(
                        new Section.Curve("happened", said, happened, true),
                        new Section.Curve("said", new double[] {0, 1}, new double[] {0, 1}, false)));
        return List.of(new Findings.Picture("probability", curves));
    }

    private static String shown(double value) {
        return String.format(Locale.ROOT, "%.5g", value);
    }
}
