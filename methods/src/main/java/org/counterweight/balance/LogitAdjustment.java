package org.counterweight.balance;

import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.model.part.LinearHead;

/**
 * Logits shifted or scaled by how frequent their classes are.
 *
 * <p>Additive: A. K. Menon et al., "Long-Tail Learning via Logit Adjustment", ICLR 2021, sections 4.2 (after training: z − τ
 * log π) and 4.3 (in the loss: z + τ log π; τ = 1 is Balanced Softmax). Multiplicative: z_c π_c^(−τ), the whole logit, bias
 * included, as in N. Hasegawa and I. Sato, ICLR 2024 and 2025.
 *
 * @param tau at least 0; 0 changes nothing
 */
public record LogitAdjustment(Mode mode, double tau) {
    /** How the prior enters. */
    public enum Mode {
        ADDITIVE,
        MULTIPLICATIVE
    }

    public LogitAdjustment {
        if (!(tau >= 0 && Double.isFinite(tau))) {
            throw new ConfigException("balance.adjust.tau", tau, "a number of at least 0 (0 to 2 is usual)");
        }
    }

    /**
     * What is trained with: z + τ log π if additive, z_c π_c^(−τ) if multiplicative; {@code [B, C]}.
     *
     * @param logits {@code [B, C]}
     * @param logPrior log π, {@code [C]}, at most 0
     */
    public Tensor inTraining(Tensor logits, Tensor logPrior) {
        return mode == Mode.ADDITIVE ? add(logits, as(logPrior, logits), tau) : scaled(logits, logPrior);
    }

    /**
     * What is asked after training: z − τ log π if additive, z_c π_c^(−τ) if multiplicative; {@code [B, C]}.
     *
     * @param logits {@code [B, C]}
     * @param logPrior {@code [C]}
     */
    public Tensor afterTraining(Tensor logits, Tensor logPrior) {
        return mode == Mode.ADDITIVE ? add(logits, as(logPrior, logits), -tau) : scaled(logits, logPrior);
    }

    private Tensor scaled(Tensor logits, Tensor logPrior) {
        return logits.mul(as(factors(logPrior), logits));
    }

    /** π_c^(−τ), {@code [C]}. */
    private Tensor factors(Tensor logPrior) {
        return times(logPrior, -tau).exp();
    }

    /**
     * The plain head that says about itself what {@link #afterTraining} makes of this one's logits.
     *
     * @param logPrior log π, {@code [C]}, at most 0
     * @throws ConfigException if the adjustment is additive and the head has no bias to take it up
     */
    public LinearHead merged(LinearHead head, Tensor logPrior) {
        Tensor bias = head.bias();
        if (mode == Mode.ADDITIVE) {
            if (bias == null) {
                throw new ConfigException(
                        "balance.adjust: additive is kept in the head's bias, and this model's head has"
                                + " none; take multiplicative");
            }
            return new LinearHead(head.weight(), afterTraining(bias, logPrior));
        }
        Tensor factors = as(factors(logPrior), head.weight());
        return new LinearHead(
                head.weight().mul(factors.unsqueeze(1)), bias == null ? null : bias.mul(as(factors, bias)));
    }
}
