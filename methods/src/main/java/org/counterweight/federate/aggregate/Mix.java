package org.counterweight.federate.aggregate;

/**
 * What becomes of one source's update beside the target's: {@code target g_T + source g_i}.
 *
 * @param target factor of g_T
 * @param source factor of g_i as the source sent it, its scale included
 */
public record Mix(double target, double source) {}
