package org.counterweight.reparametrize.catalogue;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;
import org.counterweight.reparametrize.compand.CompanderConfig;
import org.counterweight.reparametrize.norm.WeightNormConfig;
import org.counterweight.reparametrize.start.DataInitConfig;

/** Reparametrizations: every weight of a model is trained as a function of others, and is plain again when the run ends. */
public final class Reparametrizations implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(
                new Method(
                        "weight_norm",
                        "reparametrize.norm",
                        Verb.PARAMETRIZE,
                        "T. Salimans and D. Kingma, Weight Normalization: A Simple Reparameterization to Accelerate Training of Deep Neural Networks, NIPS 2016",
                        "Trains each output's weights as a length and a direction",
                        "w = g v / ||v||; from data: g = 1 / std(v x / ||v||), b = -mean",
                        WeightNormConfig.class),
                new Method(
                        "weight_compander",
                        "reparametrize.compand",
                        Verb.PARAMETRIZE,
                        "R. Cakaj, J. Mehnert and B. Yang, Weight Compander: A Simple Weight Reparameterization for Regularization, 2023 (read in its abstract; arctan is inferred)",
                        "Trains weights through a bounded function, which presses large ones and pushes small ones from zero",
                        "w = a f(v / b), f = arctan, tanh or softsign",
                        CompanderConfig.class),
                new Method(
                        "data_init",
                        "reparametrize.start",
                        Verb.PARAMETRIZE,
                        "T. Salimans and D. Kingma, Weight Normalization, NIPS 2016, section 3: the baseline of plain weights",
                        "Scales fresh weights so that on the first rows every output has mean 0 and deviation 1",
                        "W <- W / std(W x), b <- -mean(W x) / std(W x), layer by layer",
                        DataInitConfig.class));
    }
}
