package org.counterweight.reparametrize.compand;

import static org.counterweight.engine.Tensors.scalar;

import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;
import org.counterweight.reparametrize.MeanOnly;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * The latent tensor of a weight at the start.
 *
 * @param init as it is, or so that the weight stays what it is
 * @param clip the most of the bound that the inverse is taken of; null refuses what lies beyond the bound
 */
public record CompanderStart(Psi psi, Init init, @Nullable Double clip) {
    /** What v begins as. */
    public enum Init {
        /** v = w: the weight begins shrunk by the function. */
        DIRECT,
        /** v with Psi(v) = w: the weight begins as it is. */
        INVERSE
    }

    /**
     * The result.
     *
     * @param clipped how many weights lay beyond clip times the bound, and were moved there
     * @param moved the largest such change
     */
    public record Started(Tensor v, long clipped, double moved) {}

    /**
     * The latent tensor of {@code w}.
     *
     * @param name the weight's, for messages
     * @param a above 0, of one element or {@code [out, 1, …]}
     * @throws WeightsException if a weight lies beyond the bound and nothing is clipped
     */
    public Started of(String name, Tensor w, Tensor a, Tensor b) {
        if (init == Init.DIRECT || psi == Psi.IDENTITY) {
            return new Started(w.clone(), 0, 0);
        }
        Tensor share = w.abs().div(a.mul(scalar(psi.bound())));
        if (clip == null) {
            Tensor beyond = share.ge(scalar(1));
            long count = beyond.sum().item_long();
            if (count > 0) {
                throw new WeightsException(String.format(
                        Locale.ROOT,
                        "%s: %d weights lie at or beyond the bound of %s, at most %.3g times it, and have no inverse;"
                                + " take a larger a_scale, or clip: 0.95",
                        name,
                        count,
                        psi.name().toLowerCase(Locale.ROOT),
                        share.max().item_double()));
            }
            return new Started(psi.invert(w, a, b), 0, 0);
        }
        Tensor held = psi.clipped(w, a, clip);
        long clipped = share.gt(scalar(clip)).sum().item_long();
        return new Started(
                psi.invert(held, a, b), clipped, held.sub(w).abs().max().item_double());
    }

    /**
     * The population standard deviation of a weight, times {@code scale}.
     *
     * @param byOutput one for each place along that dimension, with size 1 in the others; null for one of the whole
     * @throws ConfigException if it is 0, which has no scale
     */
    public static Tensor deviation(String name, Tensor w, @Nullable Long byOutput) {
        Tensor deviation;
        if (byOutput == null) {
            deviation = w.sub(w.mean()).square().mean().sqrt();
        } else {
            long[] others = MeanOnly.others(w, byOutput);
            Tensor centred = w.sub(Tensors.mean(w, true, others));
            deviation = Tensors.mean(centred.square(), true, others).sqrt();
        }
        if (!deviation.gt(scalar(0)).all().item_bool()) {
            throw new ConfigException(
                    "weight_compander: " + name + " is constant, or a row of it is: its standard deviation"
                            + " of 0 gives no scale; set a and b, or exclude the module");
        }
        return deviation;
    }
}
