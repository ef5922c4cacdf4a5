package org.counterweight.studies.bed.classifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.merge.update.AlphaChoice;
import org.counterweight.merge.update.Flips;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;

/**
 * A model in production, and what is measured of those that are to replace it: how accurate they are, and how often they are
 * wrong where it was right.
 *
 * @param old the model in production
 * @param updated its plain update, whose accuracy is asked of whatever is chosen
 * @param devLabels {@code int64 [n]}
 * @param testLabels {@code int64 [n]}
 */
public record Replacement(Answers old, Answers updated, Tensor devLabels, Tensor testLabels) {
    public static final Metric ACCURACY = Metric.higher("accuracy", "accuracy, %", 1);
    public static final Metric FLIPS = Metric.lower("nfr", "negative flip rate, %", 2);
    public static final Metric CHOSEN = Metric.plain("chosen", "chosen by the rule, mean", 3);

    /** A model for which nothing was chosen, on the test set. */
    public Measurement measured(Answers model) {
        return measured(model, Double.NaN);
    }

    /** On the test set. */
    public Measurement measured(Answers model, double chosen) {
        try (var scope = Scope.open()) {
            Flips flips = flips(old.test(), model.test(), testLabels);
            return Measurement.of(
                    Map.of(ACCURACY.key(), flips.accNew(), FLIPS.key(), flips.nfr(), CHOSEN.key(), chosen));
        }
    }

    /**
     * The model that the rule chooses: on the dev set, of those as accurate as the plain update the one that flips least; if
     * there is none, the one of the smallest strength.
     *
     * @param grid shares of the old model, or strengths of a pull towards it
     */
    public Measurement chosen(List<Double> grid, Function<Double, Answers> at) {
        var models = new ArrayList<Answers>();
        double[] accuracy = new double[grid.size()];
        double[] nfr = new double[grid.size()];
        for (int i = 0; i < accuracy.length; i++) {
            models.add(at.apply(grid.get(i)));
            Flips flips = onDev(models.get(i));
            accuracy[i] = flips.accNew();
            nfr[i] = flips.nfr();
        }
        double[] strengths = grid.stream().mapToDouble(strength -> strength).toArray();
        AlphaChoice choice =
                AlphaChoice.of(strengths, accuracy, nfr, onDev(updated).accNew(), 0, null);
        return measured(models.get(choice.index()), choice.alpha());
    }

    private Flips onDev(Answers model) {
        try (var scope = Scope.open()) {
            return flips(old.dev(), model.dev(), devLabels);
        }
    }

    private static Flips flips(Tensor old, Tensor updated, Tensor labels) {
        return Flips.of(WeighedClassifier.best(old), WeighedClassifier.best(updated), labels);
    }
}
