package org.counterweight.studies.reparametrize;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.catalogue.Choice;
import org.counterweight.data.BatchSource;
import org.counterweight.model.Model;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.digits.Samples;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.arm.Arm;
import org.counterweight.studies.plan.arm.Knob;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.rule.Rule;
import org.counterweight.train.TrainConfig;

/**
 * Weight Normalization and what it is compared with, on classifiers: what the studies of it have in common.
 *
 * @param start the weights of every arm before its own start, if it has one
 * @param data batches of {@code train}
 * @param config of a learning rate, {@value #EPOCHS} epochs but in a quick run
 * @param targets the last loss of plain weights with the same start, by rate, as far as it was measured
 */
record NormArms(
        Model model,
        Map<String, Tensor> start,
        Samples train,
        Samples test,
        BatchSource data,
        DoubleFunction<TrainConfig> config,
        Map<Double, Double> targets) {
    static final String PAPER =
            "T. Salimans and D. Kingma, Weight Normalization: A Simple Reparameterization to Accelerate Training of Deep"
                    + " Neural Networks, NIPS 2016 (arXiv 1602.07868)";
    static final String SAYS =
            "Splitting weights into length and direction, started from the data, makes training faster than plain weights,"
                    + " also with the same start; with mean-only batch normalisation it is better still.";

    static final String PLAIN = "plain";
    static final String STARTED = "plain, data init";
    static final String NORMALISED = "weight norm, data init";
    static final String CENTRED = "weight norm, mean-only BN, data init";
    static final String BARE = "weight norm, no data init";
    static final String STEPS = "weight norm by its steps, data init";

    static final int EPOCHS = 8;
    static final String CURVE = "loss";
    static final Metric FIRST = Metric.lower("first", "training loss after epoch 1", 3);
    static final Metric LAST = Metric.lower("last", "training loss after epoch 8", 3);
    static final Metric REACHED = Metric.lower("reached", "epochs to the last loss of plain, data init (9: never)", 1);
    static final Metric TEST = Metric.higher("test", "test accuracy, %", 1);
    static final List<Metric> COLUMNS = List.of(FIRST, LAST, REACHED, TEST);

    private static final Map<String, Choice<Reparametrization>> METHODS = Map.of(
            STARTED, Trained.method("data_init", "{}"),
            BARE, Trained.method("weight_norm", "{}"),
            NORMALISED, Trained.method("weight_norm", "{data_init: {}}"),
            CENTRED, Trained.method("weight_norm", "{data_init: {}, mean_only_bn: true}"),
            STEPS, Trained.method("weight_norm", "{data_init: {}, mode: optimizer}"));

    /**
     * What is claimed at each rate against plain weights with the same start.
     *
     * @param points by how many it is to be more accurate
     */
    static Plan.Draft claimed(Plan.Draft draft, List<Double> rates, int points) {
        for (double rate : rates) {
            Pick norm = Knob.RATE.at(NORMALISED, rate);
            draft.claim(
                            "At " + rate
                                    + ", it reaches the last loss of plain weights with the same start in half the epochs",
                            new Rule.Within(REACHED, norm, 1, EPOCHS / 2.0, 0.9))
                    .claim(
                            "At " + rate + ", it is at least " + points
                                    + (points == 1 ? " point" : " points")
                                    + " more accurate on test images than these",
                            new Rule.Advantage(TEST, norm, Knob.RATE.at(STARTED, rate), points));
        }
        return draft;
    }

    Measurement run(Arm arm) {
        return run(arm, model, start);
    }

    /** Of another model, compared with plain weights of this one. */
    Measurement run(Arm arm, Model other, Map<String, Tensor> from) {
        double rate = Knob.RATE.of(arm);
        double target = targets.computeIfAbsent(
                rate, lr -> trained(STARTED, lr, model, start).last());
        Trained trained = trained(arm.method(), rate, other, from);
        double[] losses = trained.losses();
        var values = new HashMap<String, Double>();
        values.put(FIRST.key(), losses[0]);
        values.put(LAST.key(), trained.last());
        values.put(REACHED.key(), (double) trained.epochsTo(target));
        values.put(TEST.key(), trained.accuracy(new WeighedClassifier(other), test));
        return new Measurement(values, Map.of(CURVE, losses));
    }

    private Trained trained(String method, double rate, Model of, Map<String, Tensor> from) {
        return Trained.of(of, from, METHODS.get(method), train, data, config.apply(rate));
    }
}
