package org.counterweight.train.objective;

import static org.counterweight.engine.Tensors.optional;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/**
 * Classification: −log p(label) of each row, from logits {@code [rows, classes]} and labels {@code int64 [rows]}.
 *
 * @param labelSmoothing in [0, 1): the share of the target that is spread evenly over all classes
 */
public record CrossEntropy(double labelSmoothing) implements Objective {
    /** The label of a row, or token, with nothing to predict. */
    public static final long IGNORED = -100;

    private static final long UNREDUCED = 0; // at::Reduction::None

    public CrossEntropy {
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new ConfigException("label_smoothing", labelSmoothing, "a number in [0, 1)");
        }
    }

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        return of(model.forward(params, batch, pass).logits(), batch.labels());
    }

    /** The losses of rows whose logits are known, {@code [rows, classes]} and {@code int64 [rows]}. */
    public Losses of(Tensor logits, Tensor labels) {
        return new Losses(
                unreduced(logits, labels, labelSmoothing),
                labels.ne(new org.bytedeco.pytorch.Scalar(IGNORED)).to(ScalarType.Long),
                logits.detach());
    }

    /** −log p of each label, in float32 or wider; 0 where it is {@link #IGNORED}: {@code [n, classes], [n] -> [n]}. */
    static Tensor unreduced(Tensor logits, Tensor labels, double labelSmoothing) {
        return torch.cross_entropy_loss(
                atLeastFloat(logits), labels, optional((Tensor) null), UNREDUCED, IGNORED, labelSmoothing);
    }

    /** In float32, or in float64 if it is that already. */
    static Tensor atLeastFloat(Tensor logits) {
        return logits.element_size() < 4 ? logits.to(ScalarType.Float) : logits;
    }
}
