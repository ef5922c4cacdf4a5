package org.counterweight.federate.run;

import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Seed;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.model.Model;
import org.jspecify.annotations.Nullable;

/**
 * Rows of the target that it does not train on, and how many rounds may go by without a lower loss on them.
 *
 * @param learner the target with its other rows
 * @param judge of the rows kept back; null where none are
 */
record EarlyStop(Participant learner, @Nullable Judge judge, int patience) {
    /** @throws FederationException if the target has too few rows to keep any back */
    static EarlyStop of(FederateConfig config, Model model, Participant target, Seed seed) {
        if (config.earlyStop() == null) {
            return new EarlyStop(target, null, 0);
        }
        int rows = target.rows().size();
        int kept = (int) Math.round(config.validationShare() * rows);
        if (kept < 1 || kept >= rows) {
            throw new FederationException("client " + target.name() + " has " + rows
                    + " rows, of which federate.validation_share keeps " + kept
                    + " back for early_stop; give it more rows, or leave early_stop out");
        }
        int[] order = seed.permutation(rows);
        var others = new Participant(
                target.name(), target.rows().select(Arrays.copyOfRange(order, kept, rows)), target.rehearsal());
        var judge = new Judge(model, target.rows().select(Arrays.copyOf(order, kept)));
        return new EarlyStop(others, judge, config.earlyStop());
    }

    /** Takes down how good a round's weights are. */
    void see(FederationState state, Map<String, Tensor> weights) {
        if (judge == null) {
            return;
        }
        double loss = judge.loss(weights);
        if (loss < state.bestLoss) {
            state.bestLoss = loss;
            state.sinceBest = 0;
            FederationState.replace(state.best, weights);
        } else {
            state.sinceBest++;
        }
    }

    boolean isDone(FederationState state) {
        return judge != null && state.sinceBest >= patience;
    }
}
