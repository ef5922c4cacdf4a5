package org.counterweight.federate.client;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Checks;

/**
 * What a source sends in a round, and how it is to count.
 *
 * @param client its name
 * @param update g_i = h_i − h, by the names of the global state, as the client's own steps made it
 * @param weight p_i, its share among the sources, at least 0; those of a round add up to 1
 * @param beta β_i, in [0, 1]: 0 trusts the target alone, 1 the source's side alone
 * @param scale s_i, above 0, that brings g_i to the target's scale ({@link Alignment})
 */
public record SourceUpdate(String client, Map<String, Tensor> update, double weight, double beta, double scale) {
    /** @throws FederationException if a number is out of its range */
    public SourceUpdate {
        if (!Checks.isShare(beta)) {
            throw new FederationException("client " + client + ": beta is " + beta + ", but must lie in [0, 1]");
        }
        if (!(weight >= 0) || Double.isInfinite(weight)) {
            throw new FederationException(
                    "client " + client + ": its weight is " + weight + ", but must be a number of at least 0");
        }
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new FederationException(
                    "client " + client + ": its scale is " + scale + ", but must be a number above 0");
        }
    }
}
