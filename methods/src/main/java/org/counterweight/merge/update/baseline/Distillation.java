package org.counterweight.merge.update.baseline;

import static org.bytedeco.pytorch.global.torch.where;
import static org.counterweight.engine.Tensors.logSoftmax;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.Objective;

/**
 * The old model teaches the new one while it is trained: T² KL(old ‖ new) at temperature T, on old instances or on all.
 *
 * <p>The losses of the rows are scaled so that their plain mean is the official loss, in which old and new instances are
 * averaged apart. The batch carries {@value #TEACHER}, {@code [rows, classes]}, and {@value #IS_OLD}, 1 for instances that
 * the old model was trained on.
 */
public record Distillation(
        @Setting(
                value =
                        "Who is taught: old instances and, by alpha, new ones; old ones only; all; where the teacher is better",
                defaultsTo = "\"old_only_a\"",
                oneOf = {"old_only_a", "old_only", "all", "better"})
        Variant variant,

        @Setting(value = "Share of the teacher where it is mixed with the label", defaultsTo = "1.0", range = "[0, 1]")
        double alpha,

        @Setting(value = "Temperature of both models' probabilities", defaultsTo = "2.0", range = "above 0")
        double temperature)
        implements Objective {

    /** The batch's logits of the old model. */
    public static final String TEACHER = "teacher_logits";
    /** Which of the batch's rows are old. */
    public static final String IS_OLD = "is_old";

    /** Who is taught by the old model. */
    public enum Variant {
        /** Old instances; new ones by α, and by their label for the rest: with the official α of 1 no label is ever seen. */
        OLD_ONLY_A,
        /** Old instances; new ones have their label only. */
        OLD_ONLY,
        /** All instances by α, and by their label for the rest; the official α is 0.5. */
        ALL,
        /** Where the teacher's loss is not higher, as the official code mixes means with sums there; else the label. */
        BETTER
    }

    public Distillation {
        Checks.ranges(Distillation.class, "distillation", alpha, temperature);
    }

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        Tensor logits = model.forward(params, batch, pass).logits();
        Tensor losses = perRow(logits, batch.get(TEACHER), batch.labels(), batch.get(IS_OLD));
        return new Losses(losses, torch.ones_like(batch.labels()), logits.detach());
    }

    /**
     * One loss a row; their mean is the loss.
     *
     * @param student logits {@code [rows, classes]}
     * @param teacher logits {@code [rows, classes]}, without gradient
     * @param labels {@code int64 [rows]}
     * @param isOld {@code [rows]}, not 0 for old instances
     */
    public Tensor perRow(Tensor student, Tensor teacher, Tensor labels, Tensor isOld) {
        Tensor taught = logSoftmax(times(teacher.detach(), 1 / temperature), -1);
        Tensor learnt = logSoftmax(times(student, 1 / temperature), -1);
        Tensor kl = times(sum(taught.exp().mul(taught.sub(learnt)), false, 1), temperature * temperature);
        Tensor ce = crossEntropy(student, labels);
        Tensor mixed = times(kl, alpha).add(times(ce, 1 - alpha));
        Tensor old = isOld.ne(scalar(0));
        return switch (variant) {
            case ALL -> mixed;
            case OLD_ONLY -> where(old, kl.mul(upTo(old)), ce.mul(upTo(old.logical_not())));
            case OLD_ONLY_A -> where(old, kl.mul(upTo(old)), mixed.mul(upTo(old.logical_not())));
            case BETTER -> {
                Tensor better = crossEntropy(teacher.detach(), labels).le(ce.detach());
                Tensor count = better.sum().clamp_min(scalar(1)).to(kl.scalar_type());
                Tensor chosen = times(kl, alpha).div(count).add(times(ce, 1 - alpha));
                yield where(better, chosen, ce);
            }
        };
    }

    private static Tensor crossEntropy(Tensor logits, Tensor labels) {
        return logSoftmax(logits, -1).gather(1, labels.unsqueeze(1)).squeeze(1).neg();
    }

    /** rows / chosen rows: makes the mean over all rows a mean over the chosen. */
    private static Tensor upTo(Tensor mask) {
        return times(mask.sum().clamp_min(scalar(1)).to(ScalarType.Double).reciprocal(), mask.numel());
    }
}
