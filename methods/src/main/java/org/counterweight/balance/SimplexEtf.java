package org.counterweight.balance;

import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.options;
import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;

/**
 * The head that neural collapse ends with, given from the beginning: C unit rows that are all equally far apart, with cosine
 * −1 / (C − 1) and sum 0. V = (U M)^T with M = √(C / (C − 1)) (I − 11^T / C).
 *
 * <p>V. Papyan et al., "Prevalence of Neural Collapse", PNAS 2020; fixed as a head in N. Hasegawa and I. Sato, "Exploring
 * Weight Balancing on Long-Tailed Recognition Problem", ICLR 2024.
 */
public final class SimplexEtf {
    private SimplexEtf() {}

    /**
     * The rows for a given orientation.
     *
     * @param u U, {@code [D, C]} with orthonormal columns
     * @return V, {@code [C, D]}
     */
    public static Tensor of(Tensor u) {
        long classes = u.size(1);
        Tensor centred = torch.eye(classes, options(u)).sub_(scalar(1.0 / classes));
        return matmul(u, centred.mul_(scalar(Math.sqrt(classes / (classes - 1.0)))))
                .t()
                .contiguous();
    }

    /**
     * The rows in a random orientation, uniform among all: {@code float32 [C, D]}.
     *
     * @throws ConfigException if there are fewer features than classes, or a single class
     */
    public static Tensor random(int classes, int features, Generator random) {
        if (classes < 2 || features < classes) {
            throw new ConfigException(
                    "balance.head: etf needs at least two classes and as many features as classes, and"
                            + " this model has " + classes + " classes and " + features
                            + " features (" + (classes - 1) + " would do for a simplex, not for its construction)");
        }
        try (var off = Tensors.noGrad()) {
            Tensor gaussian = torch.zeros(new long[] {features, classes}, options(ScalarType.Double))
                    .normal_(0, 1, Tensors.optional(random));
            var qr = torch.linalg_qr(gaussian);
            // The factor with a positive diagonal beside it is uniform among orthonormal ones; LAPACK's signs are not.
            Tensor signs = qr.get1().diagonal().sign();
            return of(qr.get0().mul(signs)).to(ScalarType.Float);
        }
    }

    /**
     * Norms of the rows by class: r_c = 1 − (ρ − 1) c / ((C − 1) ρ), {@code float64 [C, 1]}.
     *
     * @param rate ρ, by how much the last class's row is shorter; 1 for unit rows
     */
    public static Tensor norms(int classes, double rate) {
        return FallingNorm.of(classes, rate);
    }
}
