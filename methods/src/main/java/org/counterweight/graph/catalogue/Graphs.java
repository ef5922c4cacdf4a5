package org.counterweight.graph.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;
import org.counterweight.graph.run.StruRwConfig;

/** Nodes whose classes are linked otherwise where the model is to be used. */
public final class Graphs implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(new Method(
                "strurw",
                "graph.run",
                Verb.RUN,
                "S. Liu et al., Structural Re-weighting Improves Graph Domain Adaptation, ICML 2023; Pairwise Alignment"
                        + " Improves Graph Domain Adaptation, ICML 2024",
                "Weighs the edges of a labelled graph so that its classes are linked as in another one",
                "a_uv = (1 - lambda) + lambda B_T[y_v, y_u] / B_S[y_v, y_u]; B = edges between classes / pairs of nodes",
                StruRwConfig.class));
    }
}
