package org.counterweight.shift.abtest.loop;

import org.counterweight.config.ConfigException;
import org.counterweight.shift.abtest.ArmWeights;

/**
 * How a simulated test is run.
 *
 * @param alphaControl α of the control's ranking
 * @param alphaTreatment α of the treatment's ranking
 * @param p how likely a user is in the treatment
 * @param lr of the behaviour models' descent
 * @param warmup periods in which the arms learn apart and the weight model not at all
 * @param rule how the weight model's probabilities become weights
 * @param inputsWithOutcomes whether the weight model sees finish and stay too: where an arm acts on them directly
 */
public record LoopSettings(
        LoopMethod method,
        double alphaControl,
        double alphaTreatment,
        double p,
        double lr,
        int warmup,
        ArmWeights.Rule rule,
        boolean inputsWithOutcomes,
        BehaviourModel.StayLoss stayLoss) {
    public LoopSettings {
        if (!(Double.isFinite(alphaControl) && Double.isFinite(alphaTreatment))) {
            throw new ConfigException("alpha", alphaControl + " and " + alphaTreatment, "finite numbers");
        }
        if (!(p > 0 && p < 1)) {
            throw new ConfigException("p", p, "the probability of the treatment, in (0, 1)");
        }
        if (!(lr > 0)) {
            throw new ConfigException("lr", lr, "a number above 0 (0.1 is usual)");
        }
        if (warmup < 0) {
            throw new ConfigException("warmup", warmup, "a number of periods, at least 0");
        }
    }
}
