package org.counterweight.federate.personal;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.federate.client.FederationException;

/**
 * v ← v − η (∇F(v) + λ (v − w)): a model of one's own, held near the global w. T. Li et al., "Ditto: Fair and Robust
 * Federated Learning Through Personalization", ICML 2021.
 *
 * @param rate η, above 0
 * @param lambda λ, at least 0; 1 is usual
 */
public record Ditto(double rate, double lambda) {
    public Ditto {
        Weights.requireRate(rate);
        if (!(lambda >= 0) || Double.isInfinite(lambda)) {
            throw new FederationException("lambda is " + lambda + ", but must be a number of at least 0");
        }
    }

    /**
     * v after a step: v − η (∇F(v) + λ (v − w)); of the open scope.
     *
     * @param personal v, by name; not changed
     * @param global w, by the same names and of the same shapes
     * @param gradient ∇F
     */
    public Map<String, Tensor> step(Map<String, Tensor> personal, Map<String, Tensor> global, LossGradient gradient) {
        Map<String, Tensor> pull = Weights.add(personal, global, -1);
        return Weights.add(personal, Weights.add(gradient.at(personal), pull, lambda), -rate);
    }
}
