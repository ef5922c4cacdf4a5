package org.counterweight.model.part;

import static org.counterweight.engine.Tensors.optional;

import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.config.ConfigJson;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Buffer;
import org.counterweight.model.module.ModuleSpec.Kind;

/** How an image model normalises each channel; all have a scale and a shift, eps is 1e-5. */
public enum Normalization {
    NONE,
    /** Mean and variance over the image: group normalisation with one channel a group. Has no state. */
    INSTANCE,
    /**
     * Mean and variance over the batch in training, running ones in evaluation. The running ones are weights like any other
     * ({@code running_mean}, {@code running_var}) and a forward pass changes none: it tells whoever asked what they would
     * become ({@link Pass#reporting}). PyTorch's counter {@code num_batches_tracked} is of no account to the result and has
     * no place here.
     */
    BATCH;

    private static final double EPS = 1e-5;
    private static final String MEAN = "running_mean";
    private static final String VARIANCE = "running_var";
    /** A batch's share in the running statistics after it. */
    public static final double MOMENTUM = 0.1;

    /** Normalises {@code x}, {@code [rows, channels, height, width]}, with the weights under {@code norm}. */
    public Tensor apply(Params params, String norm, Tensor x, Pass pass) {
        return switch (this) {
            case NONE -> x;
            case INSTANCE ->
                torch.group_norm(
                        x,
                        x.size(1),
                        optional(params.weight(norm + ".weight")),
                        optional(params.weight(norm + ".bias")),
                        EPS,
                        false);
            case BATCH -> batch(params, norm, x, pass);
        };
    }

    private static Tensor batch(Params params, String norm, Tensor x, Pass pass) {
        TensorOptional weight = optional(params.weight(norm + ".weight"));
        TensorOptional bias = optional(params.weight(norm + ".bias"));
        String meanName = norm + "." + MEAN;
        String varianceName = norm + "." + VARIANCE;
        if (!pass.isTraining()) {
            TensorOptional mean = optional(params.weight(meanName));
            TensorOptional variance = optional(params.weight(varianceName));
            return torch.batch_norm(x, weight, bias, mean, variance, false, MOMENTUM, EPS, false);
        }
        BiConsumer<String, Tensor> statistics = pass.statistics();
        if (statistics == null) {
            return torch.batch_norm(
                    x, weight, bias, new TensorOptional(), new TensorOptional(), true, MOMENTUM, EPS, false);
        }
        Tensor mean = params.weight(meanName).detach().clone(); // moved in place by the kernel
        Tensor variance = params.weight(varianceName).detach().clone();
        Tensor y = torch.batch_norm(x, weight, bias, optional(mean), optional(variance), true, MOMENTUM, EPS, false);
        statistics.accept(params.path(meanName), mean);
        statistics.accept(params.path(varianceName), variance);
        return y;
    }

    /** The weights under {@code norm}. */
    public void shapes(Shapes shapes, String norm, long channels) {
        if (this == NONE) {
            return;
        }
        var spec = new ModuleSpec(norm, Kind.NORM);
        shapes.norm(this == BATCH ? spec.moving(new Buffer(MEAN, 0), new Buffer(VARIANCE, 1)) : spec, channels);
    }

    public static Normalization of(ConfigJson config, Normalization otherwise) {
        return config.choice("norm", otherwise);
    }
}
