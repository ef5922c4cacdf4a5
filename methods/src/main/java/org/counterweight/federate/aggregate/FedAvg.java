package org.counterweight.federate.aggregate;

import static org.counterweight.engine.Tensors.scalar;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.Updates;

/**
 * h = Σ p_i h_i: B. McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data",
 * AISTATS 2017.
 *
 * @param accumulator what the sum is taken and given in. The official code of FedGP sums in float32 whatever the
 *     weights are
 */
public record FedAvg(ScalarType accumulator) {
    /** Summed in float64. */
    public FedAvg() {
        this(ScalarType.Double);
    }

    /**
     * The weighted mean, name by name, each of its own shape.
     *
     * @param states of the clients, by the same names; not changed. Counters are the first client's
     * @param weights p_i, one a client, that add up to 1
     * @return in the accumulator's type, of the open scope
     * @throws FederationException if there is not one weight a client, or names or shapes differ
     */
    public Map<String, Tensor> average(List<Map<String, Tensor>> states, double... weights) {
        if (states.isEmpty() || states.size() != weights.length) {
            throw new FederationException(
                    states.size() + " clients and " + weights.length + " weights; each client needs one");
        }
        Map<String, Tensor> first = states.get(0);
        for (int i = 1; i < weights.length; i++) {
            Updates.requireLike(first, states.get(i), String.valueOf(i));
        }
        try (var off = Tensors.noGrad()) {
            var average = new LinkedHashMap<String, Tensor>();
            first.forEach((name, tensor) -> {
                try (var scope = Scope.open()) {
                    average.put(
                            name,
                            scope.keep(
                                    Updates.isAggregated(tensor)
                                            ? sum(name, states, weights)
                                            : tensor.detach().clone()));
                }
            });
            return average;
        }
    }

    private Tensor sum(String name, List<Map<String, Tensor>> states, double[] weights) {
        Tensor sum = torch.zeros_like(Objects.requireNonNull(states.get(0).get(name), name))
                .to(accumulator);
        for (int i = 0; i < weights.length; i++) {
            Tensor state = Objects.requireNonNull(states.get(i).get(name), name).detach();
            sum.add_(state.to(ScalarType.Double), scalar(weights[i])); // rounded after the product, not before
        }
        return sum;
    }
}
