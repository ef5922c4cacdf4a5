package org.counterweight.federate.aggregate;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.federate.client.Updates;

/**
 * All that a rule needs to know of two updates, in float64; sums over tensors are those of the vector that they make.
 *
 * @param dot ⟨g_T, g_i⟩
 * @param target ‖g_T‖²
 * @param source ‖g_i‖²
 */
public record Products(double dot, double target, double source) {
    static final Products NONE = new Products(0, 0, 0);

    /** Of two updates of one shape, or of two parts of them, which are added up. */
    public static Products of(Tensor target, Tensor source) {
        return new Products(Updates.dot(target, source), Updates.dot(target, target), Updates.dot(source, source));
    }

    Products plus(Products other) {
        return new Products(dot + other.dot, target + other.target, source + other.source);
    }

    /** ⟨g_T, g_i⟩ / ‖g_i‖²: how often g_i goes into g_T; 0 if g_i = 0. */
    public double coefficient() {
        return source == 0 ? 0 : dot / source;
    }

    /** The cosine of the angle between the two; 0 if one is 0. */
    public double cosine() {
        return source == 0 || target == 0 ? 0 : dot / (Math.sqrt(target) * Math.sqrt(source));
    }
}
