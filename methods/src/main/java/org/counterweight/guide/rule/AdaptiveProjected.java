package org.counterweight.guide.rule;

import java.util.List;
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
 * steps. For predictions of the clean rows.
 */
public final class AdaptiveProjected implements Guider {
    private final Settings settings;
    private final Convention convention;
    private @Nullable Tensor running;

    /**
     * @param momentum of the running sum, negative to push away from it; null for none
     * @param limit the greatest norm of a row's difference; 0 for none
     * @param eta the share of the part along the prediction; 1 is ordinary guidance
     * @param rescale phi, from 0 for none to 1
     * @param dims over which norms and the projection are taken, negative ones from the last; all but the first if empty
     */
    public record Settings(@Nullable Double momentum, double limit, double eta, double rescale, List<Long> dims) {
        public Settings {
            ClassifierFree.checkRescale(rescale);
            dims = List.copyOf(dims);
        }

        /** Over all of a row. */
        public Settings(@Nullable Double momentum, double limit, double eta, double rescale) {
            this(momentum, limit, eta, rescale, List.of());
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
        return Predictions.wide(cond, uncond, (c, u) -> {
            if (convention.leavesConditional(weight)) {
                return c; // and the sum is of steps with guidance alone
            }
            Tensor difference = limited(remembered(c.sub(u))).to(ScalarType.Double);
            Tensor wide = c.to(ScalarType.Double);
            Tensor direction = wide.div(norm(wide).clamp_min(Tensors.scalar(1e-12)));
            Tensor along = direction.mul(sum(difference.mul(direction)));
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
        Tensor norm = norm(difference);
        Tensor factor = Predictions.ratio(torch.full_like(norm, Tensors.scalar(settings.limit())), norm);
        return difference.mul(factor.clamp_max(Tensors.scalar(1)));
    }

    private Tensor sum(Tensor tensor) {
        return settings.dims().isEmpty()
                ? Predictions.rowSum(tensor)
                : Tensors.sum(
                        tensor,
                        true,
                        settings.dims().stream().mapToLong(Long::longValue).toArray());
    }

    private Tensor norm(Tensor tensor) {
        return sum(tensor.mul(tensor)).sqrt();
    }

    @Override
    public boolean combinesClean() {
        return true;
    }

    @Override
    public void begin() {
        close();
    }

    @Override
    public void close() {
        if (running != null) {
            running.close();
            running = null;
        }
    }
}
