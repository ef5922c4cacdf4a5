package org.counterweight.fewgen.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;

/** Language models that write a classifier's training texts. */
public final class Generators implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(new Method(
                "fewgen",
                "fewgen",
                Verb.RUN,
                "Y. Meng et al., Tuning Language Models as Training Data Generators for Augmentation-Enhanced Few-Shot"
                        + " Learning, ICML 2023",
                "A frozen language model with one tuned prefix a label writes the texts that a classifier of few examples"
                        + " learns from",
                "L_w = sum_j w_j G_j, w = softmax g(d), g learnt through a step of L_w; CE + lambda KL(z || p)",
                FewGenConfig.class));
    }
}
