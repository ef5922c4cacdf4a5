package org.counterweight.merge.update.baseline;

import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.times;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.Objective;

/**
 * Dropout that falls back to the old weights instead of to zero: in training, W' = ((1 − m) W_old + m W − p W_old) / (1 − p)
 * with a random keep mask m, so that the mean of W' is W. It is meant in place of the model's own dropout, which is to be 0.
 *
 * <p>C. Lee, K. Cho, W. Kang, "Mixout: effective regularization to finetune large-scale pretrained language models", ICLR
 * 2020. One mask entry a column of a matrix, one an element of a vector. The official code's gradient leaves out the factor
 * 1 / (1 − p) and so do we, unless {@code exactGradient}.
 *
 * @param inner what is minimised with the mixed weights
 * @param old by name; weights without an entry are not mixed
 * @param p in [0, 1): how likely a column is the old one
 * @param skip names of weights that are not mixed: the classifier's, when classes are added
 */
public record Mixout(Objective inner, Map<String, Tensor> old, double p, boolean exactGradient, Set<String> skip)
        implements Objective {

    public Mixout {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("p: " + p + " is not allowed; expected a probability in [0, 1)");
        }
        old = Map.copyOf(old);
        skip = Set.copyOf(skip);
    }

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        return inner.losses(
                model, pass.isTraining() ? params.replacing(mixed(params.weights(), pass)) : params, batch, pass);
    }

    private Map<String, Tensor> mixed(Map<String, Tensor> weights, Pass pass) {
        var mixed = new LinkedHashMap<String, Tensor>();
        weights.forEach((name, weight) -> {
            Tensor anchor = old.get(name);
            if (anchor != null && weight.requires_grad() && !skip.contains(name)) {
                Tensor ones = torch.ones(new long[] {weight.size(-1)}, Tensors.options(weight));
                Tensor keep = times(pass.dropout(ones, p), 1 - p).round(); // 0 or 1
                mixed.put(name, mix(weight, anchor, keep, p, exactGradient));
            }
        });
        return mixed;
    }

    /**
     * The mixed weight.
     *
     * @param keep {@code [columns]}, 1 where the weight is kept and 0 where it is the old one
     */
    public static Tensor mix(Tensor weight, Tensor old, Tensor keep, double p, boolean exactGradient) {
        Tensor kept = weight.mul(keep);
        Tensor anchored = plus(keep.neg(), 1 - p).mul(old); // (1 − m) W_old − p W_old
        Tensor exact = kept.add(anchored).div(scalar(1 - p));
        return exactGradient ? exact : kept.add(exact.sub(kept).detach());
    }
}
