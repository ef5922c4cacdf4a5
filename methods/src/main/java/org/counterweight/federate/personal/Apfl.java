package org.counterweight.federate.personal;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Checks;
import org.counterweight.federate.client.FederationException;

/**
 * A mixture of a local and a global model whose share is learnt. Y. Deng, M. Kamani and M. Mahdavi, "Adaptive
 * Personalized Federated Learning", 2020.
 *
 * @param rate η, above 0
 */
public record Apfl(double rate) {
    public Apfl {
        Weights.requireRate(rate);
    }

    /**
     * @param global w
     * @param personal v
     * @param alpha the share of v, in [0, 1]
     */
    public record State(Map<String, Tensor> global, Map<String, Tensor> personal, double alpha) {
        public State {
            if (!Checks.isShare(alpha)) {
                throw new FederationException("alpha is " + alpha + ", but must lie in [0, 1]");
            }
        }

        /** α v + (1 − α) w, which predicts. */
        public Map<String, Tensor> mixed() {
            return mixed(alpha);
        }

        /** The same of another share. */
        public Map<String, Tensor> mixed(double share) {
            return Weights.mix(personal, global, share);
        }
    }

    /**
     * One step: w ← w − η ∇F(w); then, with v̄ = α v + (1 − α) w of the new w, v ← v − η α ∇F(v̄) and
     * α ← clip(α − η ⟨∇F(v̄), v − w⟩, 0, 1), of v as it was.
     */
    public State step(State before, LossGradient gradient) {
        Map<String, Tensor> global = Weights.add(before.global(), gradient.at(before.global()), -rate);
        Map<String, Tensor> slope = gradient.at(Weights.mix(before.personal(), global, before.alpha()));
        Map<String, Tensor> personal = Weights.add(before.personal(), slope, -rate * before.alpha());
        double descent = Weights.dot(slope, Weights.add(before.personal(), global, -1));
        return new State(global, personal, Math.min(Math.max(before.alpha() - rate * descent, 0), 1));
    }
}
