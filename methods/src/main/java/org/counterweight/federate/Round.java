package org.counterweight.federate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.federate.aggregate.Aggregation;
import org.counterweight.federate.client.Alignment;
import org.counterweight.federate.client.ClientWeights;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.SourceUpdate;
import org.counterweight.federate.client.Updates;
import org.counterweight.federate.weigh.Estimate;
import org.jspecify.annotations.Nullable;

/**
 * What the server does once all clients have trained: weighs the sources, brings their updates to the target's scale,
 * and moves the global model. Paper, algorithm 1.
 *
 * @param aggregation how updates become one
 * @param betas where each source's weight comes from
 * @param bySize whether a source counts by its rows, as in the official code; if not, all count the same, as in the
 *     paper
 */
public record Round(Aggregation aggregation, BetaSource betas, boolean bySize) {
    /**
     * @param global the next global state, of the open scope; the old one itself where it stays
     * @param betas of the sources that took part, by name, in order
     * @param estimate what these came from, in the same order; null of fixed ones
     * @param dropped sources whose updates held NaN or infinity
     */
    public record Outcome(
            Map<String, Tensor> global,
            Map<String, Double> betas,
            @Nullable Estimate estimate,
            List<String> dropped) {}

    /**
     * One round. Without a source the target goes on alone; where every source was dropped, the model stays as it is.
     *
     * @param global h, by name; not changed
     * @param target whose update g_T has the names and shapes of h
     * @param sources in the order in which they are summed
     * @throws FederationException if the target's update holds NaN or infinity, or the clients do not go together
     */
    public Outcome next(Map<String, Tensor> global, ClientReport target, List<ClientReport> sources) {
        if (!Updates.isFinite(target.result().update())) {
            throw new FederationException("the update of the target, client " + target.client()
                    + ", holds NaN or infinity, and sources are never aggregated alone; lower its learning rate");
        }
        var finite = new ArrayList<ClientReport>();
        var dropped = new ArrayList<String>(); // one would spoil the model of all
        for (ClientReport source : sources) {
            if (Updates.isFinite(source.result().update())) {
                finite.add(source);
            } else {
                dropped.add(source.client());
            }
        }
        Estimate estimate = finite.isEmpty() ? null : betas.estimate(target, finite);
        double[] found = finite.isEmpty() ? new double[0] : betas.betas(estimate, finite.size());
        double[] shares = finite.isEmpty() || !bySize
                ? ClientWeights.uniform(finite.size())
                : ClientWeights.bySize(finite.stream()
                        .mapToDouble(source -> source.result().rows())
                        .toArray());
        var updates = new ArrayList<SourceUpdate>();
        var byName = new LinkedHashMap<String, Double>();
        for (int i = 0; i < found.length; i++) {
            ClientReport source = finite.get(i);
            double scale = Alignment.ofRound(
                    target.rate(),
                    source.rate(),
                    target.result().steps(),
                    source.result().steps());
            updates.add(new SourceUpdate(source.client(), source.result().update(), shares[i], found[i], scale));
            byName.put(source.client(), found[i]);
        }
        boolean stays = finite.isEmpty() && !sources.isEmpty();
        return new Outcome(
                stays ? global : aggregation.apply(global, target.result().update(), updates),
                byName,
                estimate,
                dropped);
    }
}
