package org.counterweight.federate.aggregate;

/**
 * (1 − β) g_T + β max(cos(g_T, g_i), 0) g_T: the variant of the official code in which sources say how far the target goes, and
 * never whereto. It keeps all of g_T where every source points its way.
 */
public record ReversedGp() implements Rule {
    @Override
    public Mix mix(Products products, double beta, double scale) {
        return new Mix(1 - beta + beta * Math.max(products.cosine(), 0), 0);
    }
}
