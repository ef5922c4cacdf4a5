package org.counterweight.shift.abtest.table;

import java.io.Serializable;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Role;
import org.counterweight.shift.Sums;
import org.counterweight.shift.solve.LogisticLoss;

/**
 * Value, gradient and second derivatives of the logistic loss of the arms in one pass.
 *
 * @param theta where, the intercept last, {@code [d + 1]}
 * @param inputs what the model sees of a chunk, and which of its rows it learns from
 */
record LogisticSums(double[] theta, ArmInputs inputs) implements Sums<LogisticSums.Sum, LogisticSums.Sum> {
    /**
     * Sums over rows.
     *
     * @param rows how many
     * @param value Σ of the losses
     * @param gradient {@code [d + 1]}
     * @param hessian {@code [(d + 1)²]}, row by row
     */
    record Sum(double rows, double value, double[] gradient, double[] hessian) implements Serializable {}

    @Override
    public Sum zero() {
        return new Sum(0, 0, new double[theta.length], new double[theta.length * theta.length]);
    }

    @Override
    public Sum add(Sum sum, Chunk rows) {
        Tensor learnt = inputs.learnt(rows);
        if (learnt.numel() == 0) {
            return sum;
        }
        Tensor z = rows.tensor(Role.ARM).index_select(0, learnt);
        var loss = LogisticLoss.of(inputs.of(rows).index_select(0, learnt), z, 0);
        Tensor at = Tensors.doubles(theta);
        double n = learnt.numel();
        return join(
                sum,
                new Sum(
                        n,
                        n * loss.value(at),
                        Tensors.toDoubles(Tensors.times(loss.gradient(at), n)),
                        Tensors.toDoubles(Tensors.times(loss.hessian(at), n))));
    }

    @Override
    public Sum join(Sum one, Sum other) {
        return new Sum(
                one.rows + other.rows,
                one.value + other.value,
                plus(one.gradient, other.gradient),
                plus(one.hessian, other.hessian));
    }

    private static double[] plus(double[] one, double[] other) {
        double[] sum = one.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other[i];
        }
        return sum;
    }

    @Override
    public Sum result(Sum sum) {
        return sum;
    }
}
