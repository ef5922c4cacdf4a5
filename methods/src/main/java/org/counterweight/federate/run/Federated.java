package org.counterweight.federate.run;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.jspecify.annotations.Nullable;

/**
 * What came of a federation.
 *
 * @param weights of the target's model, by name, of the scope that was open
 * @param rounds in order
 * @param accuracy the mean of the last rounds' on the rows to judge by; where something follows the rounds, that of its result
 * @param last the accuracy of the weights themselves
 * @param share of the own model or of the neighbours, where the way learns one; null else
 * @param ended why it ended before its last round; null if it did not
 */
public record Federated(
        FederatedAlgorithm way,
        Map<String, Tensor> weights,
        List<RoundLog> rounds,
        double accuracy,
        double last,
        @Nullable Double share,
        @Nullable String ended) {
    public Federated {
        rounds = List.copyOf(rounds);
    }
}
