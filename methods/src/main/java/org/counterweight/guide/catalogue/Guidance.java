package org.counterweight.guide.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;
import org.counterweight.guide.GuidanceConfig;

/** Guidance: the terms of a prediction get a weight at each step of sampling. */
public final class Guidance implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(new Method(
                "guidance",
                "guide",
                Verb.WEIGH,
                "X. Wang et al., Analysis of Classifier-Free Guidance Weight Schedulers, TMLR 2024",
                "Changes the weight of classifier-free guidance from step to step of a diffusion or flow sampler",
                "e = e_c + w(u) (e_c - e_u), w(u) = max(clamp, weight f(u)), f linear, cosine, power-cosine, ...",
                GuidanceConfig.class));
    }
}
