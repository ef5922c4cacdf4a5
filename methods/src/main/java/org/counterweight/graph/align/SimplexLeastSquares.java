package org.counterweight.graph.align;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.times;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * minimise ‖C w − t‖² + λ ‖w − 1‖² subject to w ≥ 0 and ⟨m, w⟩ = 1, exactly: a primal active-set method. J. Nocedal and
 * S. Wright, "Numerical Optimization", algorithm 16.3.
 *
 * <p>Each step solves one system of at most n + 1 unknowns, and there are about as many steps as zeros in the result.
 */
final class SimplexLeastSquares {
    private static final double ROUNDING = 1e-11;

    private final Tensor quadratic; // H = CᵀC + λ
    private final Tensor linear; // Cᵀt + λ
    private final Tensor mass;
    private final boolean isDefinite;

    private SimplexLeastSquares(Tensor quadratic, Tensor linear, Tensor mass, boolean isDefinite) {
        this.quadratic = quadratic;
        this.linear = linear;
        this.mass = mass;
        this.isDefinite = isDefinite;
    }

    /**
     * w, {@code float64 [n]}, of the open scope.
     *
     * @param c {@code float64 [m, n]}
     * @param t {@code float64 [m]}
     * @param m not negative, and not 0 everywhere, {@code float64 [n]}
     * @param lambda λ, 0 or more
     */
    static Tensor solve(Tensor c, Tensor t, Tensor m, double lambda) {
        if (!(lambda >= 0)) {
            throw new IllegalArgumentException("ls_lambda: " + lambda + "; give 0 or more");
        }
        double total = m.sum().item_double();
        if (!(total > 0) || m.lt(Tensors.scalar(0)).any().item_bool()) {
            throw new IllegalArgumentException("mu_src: its entries have to be shares, 0 or more and not all 0");
        }
        try (var scope = Scope.open()) {
            Tensor square = c.t().mm(c);
            Tensor quadratic = square.add(times(torch.eye(m.size(0)).to(ScalarType.Double), lambda));
            Tensor linear = plus(c.t().mv(t), lambda);
            double[] start = new double[(int) m.size(0)];
            Arrays.fill(start, 1 / total);
            double[] found = new SimplexLeastSquares(quadratic, linear, m, lambda > 0).from(start);
            return scope.keep(Tensors.doubles(found));
        }
    }

    /** From a point that satisfies the constraints. */
    private double[] from(double[] start) {
        double[] w = start;
        boolean[] isZero = new boolean[w.length];
        int most = 100 + 10 * w.length;
        for (int step = 0; step < most; step++) {
            try (var scope = Scope.open()) {
                long[] free = free(isZero);
                double[] best = among(free, w.length);
                double length = length(w, best, free);
                if (length < 1) {
                    move(w, best, free, length, isZero);
                    continue;
                }
                w = best;
                int released = released(w, free, isZero);
                if (released < 0) {
                    return w;
                }
                isZero[released] = false;
            }
        }
        throw new ArithmeticException("the weights of the pairs did not converge in " + most + " steps");
    }

    private static long[] free(boolean[] isZero) {
        List<Long> free = new ArrayList<>();
        for (int i = 0; i < isZero.length; i++) {
            if (!isZero[i]) {
                free.add((long) i);
            }
        }
        return free.stream().mapToLong(Long::longValue).toArray();
    }

    /** The minimum on the plane ⟨m, w⟩ = 1 with zeros everywhere but at the free ones. */
    private double[] among(long[] free, int size) {
        Tensor at = Tensors.longs(free);
        Tensor h = quadratic.index_select(0, at).index_select(1, at);
        Tensor plane = mass.index_select(0, at).unsqueeze(1);
        Tensor corner = torch.zeros(new long[] {1, 1}, Tensors.options(ScalarType.Double));
        Tensor upper = torch.cat(new TensorVector(h, plane), 1);
        Tensor lower = torch.cat(new TensorVector(plane.t(), corner), 1);
        Tensor matrix = torch.cat(new TensorVector(upper, lower), 0);
        Tensor right = torch.cat(new TensorVector(linear.index_select(0, at), Tensors.doubles(new double[] {1})), 0);
        Tensor solution = isDefinite
                ? torch.linalg_solve(matrix, right)
                : torch.linalg_pinv(matrix).mv(right); // the shortest of many
        double[] values = Tensors.toDoubles(solution);
        double[] w = new double[size];
        for (int i = 0; i < free.length; i++) {
            w[(int) free[i]] = values[i];
        }
        return w;
    }

    /** How much of the way to {@code to} is without negative numbers. */
    private static double length(double[] from, double[] to, long[] free) {
        double length = 1;
        for (long i : free) {
            double goal = to[(int) i];
            if (goal < 0) {
                length = Math.min(length, from[(int) i] / (from[(int) i] - goal));
            }
        }
        return length;
    }

    /** Goes that far, and fixes at zero what arrives there. */
    private static void move(double[] w, double[] to, long[] free, double length, boolean[] isZero) {
        for (long place : free) {
            int i = (int) place;
            boolean blocks = to[i] < 0 && w[i] / (w[i] - to[i]) <= length;
            w[i] = blocks ? 0 : w[i] + length * (to[i] - w[i]);
            isZero[i] = blocks;
        }
    }

    /** The zero along which the value falls fastest; -1 if there is none. */
    private int released(double[] w, long[] free, boolean[] isZero) {
        Tensor slopes = quadratic.mv(Tensors.doubles(w)).sub(linear);
        Tensor at = Tensors.longs(free);
        Tensor plane = mass.index_select(0, at);
        double multiplier = slopes.index_select(0, at).dot(plane).item_double()
                / plane.dot(plane).item_double();
        double[] reduced = Tensors.toDoubles(Tensors.add(slopes, mass, -multiplier));
        double least = -ROUNDING * (1 + linear.abs().max().item_double());
        int found = -1;
        for (int i = 0; i < reduced.length; i++) {
            if (isZero[i] && reduced[i] < least) {
                least = reduced[i];
                found = i;
            }
        }
        return found;
    }
}
