package org.counterweight.incremental;

import static org.counterweight.engine.Tensors.logSoftmax;
import static org.counterweight.engine.Tensors.optional;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.sum;
import static org.counterweight.engine.Tensors.times;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * What is learnt when classes are added to k known ones: their labels, and from the model before what it made of the old
 * classes. L = a CE + λ KD with KD = −Σ_c softmax(z_old / T)_c log softmax(z_{:k} / T)_c, without a factor T².
 *
 * <p>B. Zhao et al., CVPR 2020, section 3.3.
 *
 * @param known k, the number of classes before; 0 at the first task, where there is nothing but CE
 * @param temperature T, above 0
 * @param lwfLambda λ of {@link Method#LWF}
 */
public record IncrementalLoss(Method method, long known, double temperature, double lwfLambda) {
    private static final long UNREDUCED = 0; // at::Reduction::None

    /** What is weighed how. */
    public enum Method {
        /** Weight Aligning: λ = k / C, a = 1 − λ. */
        WA,
        /** BiC, the same loss: Y. Wu et al., "Large Scale Incremental Learning", CVPR 2019. */
        BIC,
        /** iCaRL as PyCIL has it, a = λ = 1: S.-A. Rebuffi et al., CVPR 2017. */
        ICARL,
        /** iCaRL's own: binary cross entropy of each class, old ones against the old model's sigmoids. */
        ICARL_BCE,
        /** Learning without Forgetting: CE over the new classes alone. Z. Li and D. Hoiem, ECCV 2016. */
        LWF,
        /** CE alone, with rows that were kept or without. */
        FINETUNE;

        /** Whether the model before is asked at all. */
        public boolean distils() {
            return this != FINETUNE;
        }
    }

    public IncrementalLoss {
        if (known < 0) {
            throw new ConfigException("known", known, "a number of classes");
        }
        if (!(temperature > 0 && Double.isFinite(temperature))) {
            throw new ConfigException("grow.temperature", temperature, "a number above 0 (2 is usual)");
        }
        if (!(lwfLambda >= 0 && Double.isFinite(lwfLambda))) {
            throw new ConfigException("grow.lwf_lambda", lwfLambda, "a number of at least 0 (3 is usual)");
        }
    }

    /**
     * The losses of some rows.
     *
     * @param ce {@code [B]}
     * @param kd {@code [B]}; zeros where no class is known
     * @param lambda the weight of {@code kd}
     * @param total {@code [B]}; its mean is the loss
     */
    public record Terms(Tensor ce, Tensor kd, double lambda, Tensor total) {}

    /**
     * @param logits {@code [B, C]}
     * @param labels {@code int64 [B]}
     * @param old logits of the model before, {@code [B, k]}, without gradient; null where k is 0 or nobody asks it
     */
    public Terms terms(Tensor logits, Tensor labels, @Nullable Tensor old) {
        long classes = logits.size(1);
        Tensor ce = method == Method.ICARL_BCE ? ofEachNewClass(logits, labels) : ofClasses(logits, labels);
        Tensor kd = known == 0 || old == null ? torch.zeros_like(ce) : distilled(slice(logits, 1, 0, known), old);
        double lambda = known == 0 || old == null ? 0 : lambda(classes);
        boolean shared = method == Method.WA || method == Method.BIC;
        return new Terms(ce, kd, lambda, times(ce, shared ? 1 - lambda : 1).add(times(kd, lambda)));
    }

    private double lambda(long classes) {
        return switch (method) {
            case WA, BIC -> (double) known / classes;
            case ICARL, ICARL_BCE -> 1;
            case LWF -> lwfLambda;
            case FINETUNE -> 0;
        };
    }

    private Tensor ofClasses(Tensor logits, Tensor labels) {
        boolean newOnly = method == Method.LWF && known > 0;
        Tensor seen = newOnly ? slice(logits, 1, known, logits.size(1)) : logits;
        Tensor among = newOnly ? labels.sub(new org.bytedeco.pytorch.Scalar(known)) : labels;
        return logSoftmax(seen, 1).gather(1, among.unsqueeze(1)).squeeze(1).neg();
    }

    private Tensor ofEachNewClass(Tensor logits, Tensor labels) {
        Tensor truth = torch.one_hot(labels, logits.size(1)).to(logits.scalar_type());
        Tensor terms = binary(logits, truth);
        return sum(slice(terms, 1, known, logits.size(1)), false, 1);
    }

    private Tensor distilled(Tensor logits, Tensor old) {
        Tensor teacher = old.detach();
        if (method == Method.ICARL_BCE) {
            return sum(binary(logits, teacher.sigmoid()), false, 1);
        }
        Tensor target = torch.softmax(times(teacher, 1 / temperature), 1);
        return sum(target.mul(logSoftmax(times(logits, 1 / temperature), 1)), false, 1)
                .neg();
    }

    private static Tensor binary(Tensor logits, Tensor target) {
        return torch.binary_cross_entropy_with_logits(
                logits, target, optional((Tensor) null), optional((Tensor) null), UNREDUCED);
    }
}
