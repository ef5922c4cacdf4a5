package org.counterweight.guide.rule;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.guide.Convention;
import org.jspecify.annotations.Nullable;

/**
 * Guidance without its part along the prediction, which saturates images: S. Sadat, O. Hilliges and R. Weber, "Eliminating
 * Oversaturation and Artifacts of High Guidance Scales in Diffusion Models", ICLR 2025. It remembers a running sum over the
 * steps, and frees it when it is closed. For predictions of the clean sample.
 */
public final class AdaptiveProjected implements Guider, AutoCloseable {
    private final Settings settings;
    private final Convention convention;
    private @Nullable Tensor running;

    /**
     * @param momentum of the running sum, negative to push away from it; null for none
     * @param limit the greatest norm of a row's difference; 0 for none
     * @param eta the share of the part along the prediction; 1 is ordinary guidance
     * @param rescale phi, from 0 for none to 1
     */
    public record Settings(@Nullable Double momentum, double limit, double eta, double rescale) {
        public Settings {
            ClassifierFree.checkRescale(rescale);
        }
    }

    public AdaptiveProjected(Settings settings, Convention convention) {
        this.settings = settings;
        this.convention = convention;
    }

    @Override
    public Convention convention() {
        return convention;
    }

    @Override
    public Tensor combine(Tensor cond, Tensor uncond, double weight, int step) {
        if (step == 0) {
            close();
        }
        return Predictions.wide(cond, uncond, (c, u) -> {
            if (convention.leavesConditional(weight)) {
                return c; // and the sum is of steps with guidance alone
            }
            Tensor difference = limited(remembered(c.sub(u))).to(ScalarType.Double);
            Tensor wide = c.to(ScalarType.Double);
            Tensor direction = wide.div(Predictions.rowNorm(wide).clamp_min(Tensors.scalar(1e-12)));
            Tensor along = direction.mul(Predictions.rowSum(difference.mul(direction)));
            Tensor update = Tensors.add(difference.sub(along), along, settings.eta());
            Tensor base = convention == Convention.OMEGA ? c : u;
            return Predictions.rescaled(Tensors.add(base, update.to(c.scalar_type()), weight), c, settings.rescale());
        });
    }

    private Tensor remembered(Tensor difference) {
        Double momentum = settings.momentum();
        if (momentum == null) {
            return difference;
        }
        Tensor before = running;
        Tensor sum = before == null ? difference : Tensors.add(difference, before, momentum);
        close();
        running = Scope.own(sum.detach().clone());
        return sum;
    }

    private Tensor limited(Tensor difference) {
        if (settings.limit() <= 0) {
            return difference;
        }
        Tensor norm = Predictions.rowNorm(difference);
        Tensor factor = Predictions.ratio(torch.full_like(norm, Tensors.scalar(settings.limit())), norm);
        return difference.mul(factor.clamp_max(Tensors.scalar(1)));
    }

    @Override
    public void close() {
        if (running != null) {
            running.close();
            running = null;
        }
    }
}
