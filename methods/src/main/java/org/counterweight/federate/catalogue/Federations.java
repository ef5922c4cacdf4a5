package org.counterweight.federate.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;
import org.counterweight.federate.settings.FederateConfig;

/** Clients that train together and share no data. */
public final class Federations implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(new Method(
                "fedgp",
                "federate.settings",
                Verb.RUN,
                "E. Jiang et al., Principled Federated Domain Adaptation: Gradient Projection and Auto-Weighting, ICLR 2024",
                "Trains a model for a client with few labels beside clients of other domains, none of which shows its data",
                "h <- h + sum_i p_i [(1 - beta_i) g_T + beta_i max(<g_T, g_i>, 0) g_i / ||g_i||^2]",
                FederateConfig.class));
    }
}
