package org.counterweight.shift.solve;

import static org.counterweight.engine.Tensors.add;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.jspecify.annotations.Nullable;

/**
 * Newton's method with backtracking for a smooth convex function of few variables, on a plane if one is given.
 *
 * <p>S. Boyd and L. Vandenberghe, "Convex Optimization", sections 9.5 and 10.2.
 */
public final class NewtonMethod {
    private static final int MOST_STEPS = 200;
    private static final double TOLERANCE = 1e-13; // of half the squared Newton decrement, relative to 1 + |f|

    private NewtonMethod() {}

    /** What is minimised. */
    public interface Smooth {
        /** f(x). */
        double value(Tensor x);

        /** ∇f(x), {@code [n]}. */
        Tensor gradient(Tensor x);

        /** ∇²f(x), {@code [n, n]}. */
        Tensor hessian(Tensor x);
    }

    /**
     * The least point of {@code f}.
     *
     * @param start {@code [n]}
     * @param normal the normal of a plane through {@code start} that may not be left, {@code [n]}; null for the whole space
     */
    public static Tensor minimise(Smooth f, Tensor start, @Nullable Tensor normal) {
        try (var scope = Scope.open()) {
            Tensor x = start;
            double value = f.value(x);
            for (int i = 0; i < MOST_STEPS; i++) {
                Tensor gradient = f.gradient(x);
                Tensor step = step(f.hessian(x), gradient, normal);
                double slope = gradient.dot(step).item_double();
                if (-slope / 2 <= TOLERANCE * TOLERANCE * (1 + Math.abs(value))) {
                    break;
                }
                double length = 1;
                Tensor next = add(x, step, length);
                double found = f.value(next);
                while (!(found <= value + 1e-4 * length * slope) && length > 1e-10) {
                    length /= 2;
                    next = add(x, step, length);
                    found = f.value(next);
                }
                if (found > value) {
                    break; // rounding is all that is left
                }
                x = next;
                value = found;
            }
            return scope.keep(x);
        }
    }

    /** −H⁻¹ g, moved into the plane. */
    private static Tensor step(Tensor hessian, Tensor gradient, @Nullable Tensor normal) {
        Programme.Factor factor = Cholesky.of(hessian);
        Tensor free = factor.solve(gradient.neg());
        if (normal == null) {
            return free;
        }
        Tensor across = factor.solve(normal);
        double along = normal.dot(free).item_double() / normal.dot(across).item_double();
        return add(free, across, -along);
    }
}
