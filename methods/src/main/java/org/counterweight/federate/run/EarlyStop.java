package org.counterweight.federate.run;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.LabelledDataset;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.model.Model;
import org.jspecify.annotations.Nullable;

/**
 * How many rounds may go by without a lower loss on rows of the target that it does not train on.
 *
 * @param judge of the rows kept back; null where none are
 */
record EarlyStop(@Nullable Judge judge, int patience) {
    /** @param kept the rows kept back; null where none are */
    static EarlyStop of(FederateConfig config, Model model, @Nullable LabelledDataset kept) {
        Integer patience = config.earlyStop();
        return kept == null || patience == null
                ? new EarlyStop(null, 0)
                : new EarlyStop(new Judge(model, kept), patience);
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
