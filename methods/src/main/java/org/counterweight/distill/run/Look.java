package org.counterweight.distill.run;

/**
 * What the images were worth after this many steps, on the images to choose by.
 *
 * @param iteration steps by then
 * @param accuracy the mean share of right answers of the networks that learnt from them
 * @param rate the inner rate by then
 */
public record Look(int iteration, double accuracy, double rate) {}
