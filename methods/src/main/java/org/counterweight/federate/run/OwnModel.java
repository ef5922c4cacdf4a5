package org.counterweight.federate.run;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.federate.personal.Apfl;
import org.counterweight.federate.personal.Ditto;
import org.counterweight.federate.personal.LossGradient;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.jspecify.annotations.Nullable;

/** The target's own model beside the federation's, in ways that have one. */
record OwnModel(FederateConfig config, FederatedAlgorithm way, Model model) {
    /** Whether the way has one. */
    static boolean isIn(FederatedAlgorithm way) {
        return way == FederatedAlgorithm.DITTO || way == FederatedAlgorithm.APFL;
    }

    /** A round of it, from the global model; nothing where the way has none. */
    void train(FederationState state, List<Batch> batches) {
        if (!isIn(way)) {
            return;
        }
        if (state.personal.isEmpty()) {
            FederationState.replace(state.personal, state.global);
        }
        try (var scope = Scope.open()) {
            Map<String, Tensor> local = state.global; // APFL's w, which moves with the target's rows
            for (int epoch = 0; epoch < config.targetEpochs(); epoch++) {
                for (Batch batch : batches) {
                    LossGradient gradient = LossGradient.of(model, batch);
                    if (way == FederatedAlgorithm.DITTO) {
                        var ditto = new Ditto(config.targetLr(), config.lambda());
                        FederationState.replace(state.personal, ditto.step(state.personal, state.global, gradient));
                    } else {
                        Apfl.State moved = new Apfl(config.targetLr())
                                .step(new Apfl.State(local, state.personal, state.alpha), gradient);
                        local = moved.global();
                        FederationState.replace(state.personal, moved.personal());
                        state.alpha = moved.alpha();
                    }
                }
            }
        }
    }

    /** The weights that answer for the target, of the open scope. */
    Map<String, Tensor> answering(FederationState state) {
        if (!isIn(way) || state.personal.isEmpty()) {
            return state.global;
        }
        return way == FederatedAlgorithm.DITTO
                ? state.personal
                : new Apfl.State(state.global, state.personal, state.alpha).mixed();
    }

    /** The share that is learnt; null where none is. */
    @Nullable
    Double share(FederationState state) {
        return way == FederatedAlgorithm.APFL ? Double.valueOf(state.alpha) : null;
    }
}
