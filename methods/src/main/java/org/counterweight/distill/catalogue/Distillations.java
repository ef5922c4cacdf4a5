package org.counterweight.distill.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;
import org.counterweight.distill.settings.DistillConfig;

/** Training sets that become a few images. */
public final class Distillations implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(new Method(
                "dataset_distillation",
                "distill.settings",
                Verb.RUN,
                "J. Shen et al., Efficient Dataset Distillation through Alignment with Smooth and High-Quality Expert"
                        + " Trajectories, 2023",
                "Learns a few images from which a fresh network learns what a whole training set would have taught it",
                "L = ||theta_T - theta*_(t+M)||^2 / ||theta_0 - theta*_(t+M)||^2, theta_T after T steps on the images",
                DistillConfig.class));
    }
}
