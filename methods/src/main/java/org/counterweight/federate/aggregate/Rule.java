package org.counterweight.federate.aggregate;

/** How one source is put together with the target: a factor for each, from products alone. */
public sealed interface Rule permits FedDa, FedGp, CosineScaled, ReversedGp {
    /**
     * @param products of the two updates as they were sent
     * @param beta in [0, 1]: 0 keeps the target alone
     * @param scale above 0, that brings the source's update to the target's scale
     */
    Mix mix(Products products, double beta, double scale);
}
