package org.counterweight.federate.aggregate;

/**
 * (1 − β) g_T + β g_i: definition 4.1.
 *
 * @param aligned whether g_i is brought to the target's scale first. The official code adds it as it is, often ten
 *     times as long as the target's
 */
public record FedDa(boolean aligned) implements Rule {
    @Override
    public Mix mix(Products products, double beta, double scale) {
        return new Mix(1 - beta, aligned ? beta * scale : beta);
    }
}
