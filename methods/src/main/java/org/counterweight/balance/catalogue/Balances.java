package org.counterweight.balance.catalogue;

import java.util.List;
import org.counterweight.balance.run.BalanceConfig;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;

/** Classifiers of classes of which some are rare. */
public final class Balances implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(new Method(
                "weight_balancing",
                "balance.run",
                Verb.RUN,
                "S. Alshammari et al., Long-Tailed Recognition via Weight Balancing, CVPR 2022; N. Hasegawa and I. Sato,"
                        + " Exploring Weight Balancing on Long-Tailed Recognition Problem, ICLR 2024",
                "Keeps a classifier from neglecting its rare classes, in two stages or in one",
                "CE + (lambda/2) ||theta||^2, then the head alone: w_y CE + (0.1/2) ||W||^2, ||W_c|| <= delta; or W a"
                        + " simplex, z - tau log pi",
                BalanceConfig.class));
    }
}
