package org.counterweight.incremental;

import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.balance.RowNorms;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;

/**
 * The rows of new classes are brought to the mean length of the old ones: w_new ← γ w_new with γ = mean ||w_old||_p / mean
 * ||w_new||_p. Old rows and the backbone stay as they are to the last bit, and so does every decision within the old group
 * and, without a bias, within the new one.
 *
 * <p>B. Zhao et al., "Maintaining Discrimination and Fairness in Class Incremental Learning", CVPR 2020, section 3.4.
 *
 * @param p which norm: 2 here and in PyCIL, 1 in the authors' code
 * @param clamp γ is at most 1, as in the authors' code: rows are shortened only
 * @param scaleBias the new biases are multiplied too
 */
public record WeightAligning(double p, boolean clamp, boolean scaleBias) {
    public WeightAligning {
        if (!(p >= 1)) {
            throw new ConfigException("grow.norm", p, "a number of at least 1 (2, or 1 as in the authors' code)");
        }
    }

    /**
     * An aligned head.
     *
     * @param gamma what the new rows were multiplied by: divided by it, they are again what they were
     * @param unclamped γ before it was limited to 1
     * @param oldNorm mean norm of the old rows
     * @param newNorm mean norm of the new rows before
     * @param zeroRows how many rows are zero: legal, but their classes hardly answer
     */
    public record Aligned(
            LinearHead head, double gamma, double unclamped, double oldNorm, double newNorm, long zeroRows) {}

    /**
     * Aligns a head; the result belongs to the open scope.
     *
     * @param known how many of the classes, the first ones, are old: k
     * @throws ConfigException if there is nothing to align, or rows have no length
     */
    public Aligned align(LinearHead head, long known) {
        Tensor weight = head.weight();
        long classes = weight.size(0);
        if (known < 1 || known >= classes) {
            throw new ConfigException("there is nothing to align against: of " + classes + " classes " + known
                    + " are old; at least one must be old, and one new");
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor all = RowNorms.of(weight, p);
            double[] norms = Tensors.toDoubles(all);
            for (int c = 0; c < norms.length; c++) {
                if (!Double.isFinite(norms[c])) {
                    throw new ConfigException("row " + c + " of the head has the norm " + norms[c]
                            + "; the training that made it went astray: lower train.lr");
                }
            }
            double oldNorm = slice(all, 0, 0, known).mean().item_double();
            double newNorm = slice(all, 0, known, classes).mean().item_double();
            if (newNorm == 0) {
                throw new ConfigException(
                        "all " + (classes - known) + " new rows of the head are zero, so nothing can be"
                                + " aligned; lower train.lr, since a large step drives weights that may not be negative to zero");
            }
            double unclamped = oldNorm / newNorm;
            double gamma = clamp ? Math.min(unclamped, 1) : unclamped;
            Tensor bias = head.bias();
            var aligned = new LinearHead(
                    scope.keep(scaled(weight, known, gamma)),
                    bias == null
                            ? null
                            : scope.keep(
                                    scaleBias
                                            ? scaled(bias, known, gamma)
                                            : bias.detach().clone()));
            long zeroRows = Arrays.stream(norms).filter(norm -> norm == 0).count();
            return new Aligned(aligned, gamma, unclamped, oldNorm, newNorm, zeroRows);
        }
    }

    private static Tensor scaled(Tensor tensor, long known, double gamma) {
        Tensor copy = tensor.detach().clone();
        slice(copy, 0, known, copy.size(0)).mul_(scalar(gamma));
        return copy;
    }
}
