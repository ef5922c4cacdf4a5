package org.counterweight.balance;

import static org.counterweight.engine.Tensors.scalar;

import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * τ-normalisation: W_c ← W_c / ||W_c||_p^τ · t_c, without training; the bias stays.
 *
 * <p>B. Kang et al., "Decoupling Representation and Classifier for Long-Tailed Recognition", ICLR 2020, section 4.3 (τ in
 * [0, 1], without a bias). The targets t_c = T (1 − (r − 1) c / ((C − 1) r)), which fall from T for the first class to T / r
 * for the last, are those of the code of Alshammari et al. (CVPR 2022), whose demonstration has τ = 1.9.
 */
public record TauNorm(
        @Setting(
                value = "Power of each row's norm that is taken out: 0 nothing, 1 all of it",
                defaultsTo = "1.0",
                range = "at least 0; 1 is L2 normalisation")
        double tau,

        @Setting(value = "Which norm", defaultsTo = "2.0", range = "at least 1, infinite too; 2 is usual")
        double p,

        @Setting(
                value = "What the first class's row is multiplied by afterwards",
                defaultsTo = "1.0",
                range = "above 0")
        double target,

        @Setting(
                value = "By what this has been divided at the last class, in equal steps; 1 for the same everywhere",
                defaultsTo = "1.0",
                range = "above 0; 1 is usual")
        double rate) {

    public TauNorm {
        Checks.ranges(TauNorm.class, "tau_norm", tau, p, target, rate);
    }

    /**
     * {@code [C, D] -> [C, D]}.
     *
     * @throws ConfigException naming a row of zeros, which has no direction to keep
     */
    public Tensor of(Tensor weight) {
        return of(weight, LongStream.range(0, weight.size(0)).toArray());
    }

    /**
     * The same with targets that fall in another order than that of the rows.
     *
     * @param ranks the place of each row's class, 0 for the first: {@link ClassCounts#ranks}
     */
    public Tensor of(Tensor weight, long[] ranks) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor norms = RowNorms.of(weight, p);
            double[] lengths = Tensors.toDoubles(norms);
            for (int c = 0; c < lengths.length; c++) {
                if (!(lengths[c] > 0)) {
                    throw new ConfigException("tau_norm: row " + c + " of the head has the norm " + lengths[c]
                            + " and cannot be normalised; less weight decay would have kept it");
                }
            }
            Tensor falling = FallingNorm.of(lengths.length, rate).mul_(scalar(target));
            Tensor targets = Tensors.as(falling.index_select(0, Tensors.longs(ranks)), weight);
            return scope.keep(weight.div(norms.pow(scalar(tau))).mul(targets));
        }
    }
}
