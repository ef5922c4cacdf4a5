package org.counterweight.studies.shift;

import static org.bytedeco.pytorch.global.torch.where;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/** Two tables whose supports overlap in part, with one rule for the class, which a line does not catch. */
final class SupportShift {
    private SupportShift() {}

    /** So many rows of each, of two features. */
    static ShiftedRows of(int rows, Seed seed) {
        Tensor train = mixture(rows, 0.6, 0, 0.49, -2.5, 0.25, seed.child("train"));
        Tensor deployed = mixture(rows, 0.75, 0.4, 0.49, 3, 0.25, seed.child("deployed"));
        Tensor y = classes(train, seed.child("y"));
        Tensor truth = classes(deployed, seed.child("truth"));
        return new ShiftedRows(train, y, deployed, truth).standardised();
    }

    /** A share from N((a, 0), v I), the others from N((b, 0), w I). */
    private static Tensor mixture(int rows, double share, double a, double v, double b, double w, Seed seed) {
        Tensor first = normal(rows, a, v, seed.child("first"));
        Tensor second = normal(rows, b, w, seed.child("second"));
        return where(uniform(rows, seed.child("which")).lt(scalar(share)).unsqueeze(1), first, second);
    }

    private static Tensor normal(int rows, double mean, double variance, Seed seed) {
        Tensor drawn = torch.zeros(new long[] {rows, 2}, Tensors.options(ScalarType.Double))
                .normal_(0, Math.sqrt(variance), Tensors.optional(seed.generator()));
        return drawn.add(doubles(new double[] {mean, 0}));
    }

    private static Tensor uniform(int rows, Seed seed) {
        return torch.zeros(new long[] {rows}, Tensors.options(ScalarType.Double))
                .uniform_(0, 1, Tensors.optional(seed.generator()));
    }

    /** Pr(y = 1 | x) = sigmoid(4 (x2 − 0.8 g(x1))), g a line that turns at −1. */
    private static Tensor classes(Tensor x, Seed seed) {
        Tensor x1 = x.select(1, 0);
        Tensor g = where(x1.ge(scalar(-1)), x1, plus(times(plus(x1, 1), -1.5), -0.8));
        Tensor probability = times(x.select(1, 1).sub(times(g, 0.8)), 4).sigmoid();
        return uniform(Math.toIntExact(x.size(0)), seed).lt(probability).to(ScalarType.Long);
    }
}
