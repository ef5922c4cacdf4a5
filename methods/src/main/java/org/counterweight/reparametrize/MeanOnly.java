package org.counterweight.reparametrize;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.scalar;

import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Mean-only batch normalisation: y = t − mean(t) + b over batch and positions, by the running mean in evaluation; the variance
 * stays as it is. T. Salimans and D. Kingma, "Weight Normalization", NIPS 2016, section 4.
 *
 * @param module full name of the module, under which the running mean is told
 * @param running the running mean, {@code [out]}; moved by the data: running ← (1 − momentum) running + momentum mean
 * @param momentum share of a batch in the running mean after it, (0, 1]
 */
public record MeanOnly(String module, Tensor running, double momentum) {
    /** Behind the module's name. */
    static final String RUNNING = "mean_only_bn.running_mean";

    /**
     * y of t.
     *
     * @param t {@code [..., out]}, or with {@code channel} 1 {@code [rows, out, ...]}
     * @param bias b, {@code [out]}, or null for none
     * @param channel the dimension of the outputs; negative counts from the end
     */
    public Tensor apply(Tensor t, @Nullable Tensor bias, long channel, Pass pass) {
        Tensor mean;
        if (pass.isTraining()) {
            mean = mean(t, channel);
            BiConsumer<String, Tensor> statistics = pass.statistics();
            if (statistics != null) {
                statistics.accept(module + "." + RUNNING, moved(mean));
            }
        } else {
            mean = running;
        }
        Tensor shift = bias == null ? mean.neg() : bias.sub(mean);
        return t.add(along(as(shift, t), t, channel));
    }

    /** The running mean after a batch of that mean. */
    public Tensor moved(Tensor mean) {
        return running.mul(scalar(1 - momentum)).add(as(mean.detach(), running), scalar(momentum));
    }

    /** The mean of each output over everything else, in float32 at least; {@code [out]}. */
    public static Tensor mean(Tensor t, long channel) {
        Tensor wide = t.scalar_type().intern() == ScalarType.Double ? t : t.to(ScalarType.Float);
        return Tensors.mean(wide, false, others(t, channel));
    }

    /** {@code [out]} in a shape that goes with t. */
    public static Tensor along(Tensor values, Tensor t, long channel) {
        long[] shape = new long[Math.toIntExact(t.dim())];
        Arrays.fill(shape, 1);
        shape[Math.toIntExact(channel < 0 ? channel + t.dim() : channel)] = values.numel();
        return values.view(shape);
    }

    /** All dimensions but that of the outputs. */
    public static long[] others(Tensor t, long channel) {
        long own = channel < 0 ? channel + t.dim() : channel;
        return LongStream.range(0, t.dim()).filter(dim -> dim != own).toArray();
    }
}
