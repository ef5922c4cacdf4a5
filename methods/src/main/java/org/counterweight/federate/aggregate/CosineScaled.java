package org.counterweight.federate.aggregate;

/**
 * (1 − β) g_T + β s max(cos(g_T, g_i), 0) g_i: the form of the official code. It is {@link FedGp} where s g_i is as
 * long as g_T.
 */
public record CosineScaled() implements Rule {
    @Override
    public Mix mix(Products products, double beta, double scale) {
        return new Mix(1 - beta, beta * scale * Math.max(products.cosine(), 0));
    }
}
