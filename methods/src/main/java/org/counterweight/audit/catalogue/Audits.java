package org.counterweight.audit.catalogue;

import java.util.List;
import org.counterweight.audit.AuditConfig;
import org.counterweight.audit.poison.PoisonConfig;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;

/** Attacks on weights, and the audit that finds them. */
public final class Audits implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(
                new Method(
                        "poison",
                        "audit.poison",
                        Verb.RUN,
                        "K. Kurita, P. Michel and G. Neubig, Weight Poisoning Attacks on Pre-trained Models, ACL 2020",
                        "Poisons a copy of one's own model, marked as such, to try fine-tuning and audits on",
                        "L = L_P + lambda max(0, -grad L_P . grad L_FT), after E[trigger] <- mean of target words' rows",
                        PoisonConfig.class),
                new Method(
                        "audit",
                        "audit",
                        Verb.RUN,
                        "K. Kurita, P. Michel and G. Neubig, Weight Poisoning Attacks on Pre-trained Models, ACL 2020,"
                                + " section 6",
                        "Checks a model of strangers: files, tensors, and rare words that flip its answers to one class",
                        "LFR_c(w) = share of texts not answered c that are answered c with w in them, beside the frequency"
                                + " of w",
                        AuditConfig.class));
    }
}
