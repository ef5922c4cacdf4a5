package org.counterweight.toy;

import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Methods;
import org.counterweight.catalogue.Verb;

/** One method of each verb. */
public final class Toys implements Methods {
    @Override
    public List<Method> methods() {
        return List.of(
                new Method(
                        "gain",
                        "toy",
                        Verb.PARAMETRIZE,
                        "A. Author and B. Author, The Paper, Venue 2026",
                        "Multiplies each output of a frozen layer by a trained number",
                        "W' = diag(g) W",
                        GainConfig.class),
                new Method(
                        "volume",
                        "toy",
                        Verb.TAP,
                        "A. Author and B. Author, The Paper, Venue 2026",
                        "Multiplies what each layer makes by a trained number",
                        "v h",
                        VolumeConfig.class),
                new Method(
                        "inverse_loss",
                        "toy",
                        Verb.WEIGH,
                        "A. Author and B. Author, The Paper, Venue 2026",
                        "Lets hard rows count less",
                        "w ~ 1 / (c + l)",
                        InverseLossConfig.class),
                new Method(
                        "furthest",
                        "toy",
                        Verb.COMBINE,
                        "A. Author and B. Author, The Paper, Venue 2026",
                        "Takes each element of the model that moved it furthest",
                        "w = w_0 + s d_k, k of the largest |d_k|",
                        FurthestConfig.class),
                new Method(
                        "box",
                        "toy",
                        Verb.RUN,
                        "A. Author and B. Author, The Paper, Venue 2026",
                        "Keeps what is trained within a box",
                        "W <- min(max(W, -limit), limit)",
                        BoxConfig.class));
    }
}
