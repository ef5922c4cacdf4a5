package org.counterweight.edit.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;
import org.counterweight.edit.GraceConfig;

/** Editors: answers of a deployed model are corrected one by one. */
public final class Edits implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(new Method(
                "grace",
                "edit",
                Verb.TAP,
                "T. Hartvigsen et al., Aging with GRACE: Lifelong Model Editing with Discrete Key-Value Adaptors,"
                        + " NeurIPS 2023",
                "Puts wrong answers right one by one, in a codebook at one layer of a frozen model",
                "h(x) = V_j if d(q, K_j) <= eps_j for the nearest key K_j, else f(x)",
                GraceConfig.class));
    }
}
