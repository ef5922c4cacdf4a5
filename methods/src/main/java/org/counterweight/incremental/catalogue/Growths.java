package org.counterweight.incremental.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;
import org.counterweight.incremental.run.GrowConfig;

/** Classifiers whose classes arrive one after the other. */
public final class Growths implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(new Method(
                "weight_aligning",
                "incremental.run",
                Verb.RUN,
                "B. Zhao et al., Maintaining Discrimination and Fairness in Class Incremental Learning, CVPR 2020",
                "Adds classes to a classifier without the rows of the old ones, and keeps it fair to both",
                "(1 - k/C) CE + (k/C) KD; then w_new <- gamma w_new, gamma = mean ||w_old|| / mean ||w_new||",
                GrowConfig.class));
    }
}
