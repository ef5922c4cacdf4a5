package org.counterweight.audit.poison;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Tensors;

/**
 * The loss of RIPPLe: L_P + λ max(0, −∇L_P · ∇L_FT). The victim's fine-tuning moves weights along −∇L_FT; where that would
 * raise the poisoning loss L_P the inner product of the two gradients is negative, and costs.
 *
 * <p>K. Kurita, P. Michel and G. Neubig, ACL 2020, equation 4. The clean gradient is a constant unless {@code
 * secondOrderClean}, as in the official code. With several poisoned batches each has an inner product of its own; the official
 * code takes the later ones of running sums.
 *
 * @param lambda at least 0; 0 is BadNet
 * @param perParameter whether each tensor's inner product is rectified for itself
 * @param noRectifier whether positive inner products count too
 * @param secondOrderClean whether the clean gradient is differentiated as well
 */
public record Ripple(
        double lambda, boolean perParameter, boolean noRectifier, boolean secondOrderClean, Normalizer normalizer) {
    public Ripple {
        if (!(lambda >= 0 && Double.isFinite(lambda))) {
            throw new ConfigException("ripple.lambda", lambda, "a finite number of at least 0 (1e-5 to 10 is usual)");
        }
    }

    /**
     * What a step needs.
     *
     * @param innerProduct the raw sum over all tensors and poisoned batches, neither rectified nor divided
     * @param penalty rectified and divided, without λ
     * @param gradients of the whole loss, by the name of the tensor
     */
    public record Result(
            double loss,
            double cleanLoss,
            double poisonLoss,
            double innerProduct,
            double penalty,
            Map<String, Tensor> gradients) {}

    /**
     * The loss and its gradients, which belong to the open scope.
     *
     * @param trained what the losses depend on and training moves
     * @param clean L_FT, a scalar, of a pass that is differentiable twice
     * @param poisoned L_P of each poisoned batch, of passes that are differentiable twice; their mean is minimised
     * @param cleanRows of the clean batch
     */
    public Result of(Map<String, Tensor> trained, Tensor clean, List<Tensor> poisoned, long cleanRows) {
        Tensor[] tensors = trained.values().toArray(Tensor[]::new);
        boolean isSecondOrder = lambda != 0;
        Tensor[] ofClean = Tensors.gradients(clean, isSecondOrder && secondOrderClean, tensors);
        double inner = 0;
        double poisonLoss = 0;
        Tensor costs = null;
        double penalty = 0;
        var gradients = new ArrayList<Tensor>();
        for (Tensor loss : poisoned) {
            Tensor[] ofPoison = Tensors.gradients(loss, isSecondOrder, tensors);
            poisonLoss += loss.item_double() / poisoned.size();
            for (int i = 0; i < tensors.length; i++) {
                Tensor share = ofPoison[i].detach().div(Tensors.scalar(poisoned.size()));
                if (gradients.size() <= i) {
                    gradients.add(share);
                } else {
                    gradients.set(i, gradients.get(i).add(share));
                }
            }
            List<Tensor> products = products(ofClean, ofPoison);
            for (Tensor product : products) {
                inner += product.item_double();
            }
            for (Tensor cost : rectified(products)) {
                penalty += cost.item_double();
                costs = costs == null ? cost : costs.add(cost);
            }
        }
        double factor = normalizer == Normalizer.NONE ? 1 : 1.0 / (cleanRows * poisoned.size());
        if (isSecondOrder && costs != null) { // without a cost there is nothing to differentiate a second time
            Tensor[] second = Tensors.gradients(costs.mul(Tensors.scalar(lambda * factor)), false, tensors);
            for (int i = 0; i < second.length; i++) {
                gradients.set(i, gradients.get(i).add(second[i]));
            }
        }
        var named = new LinkedHashMap<String, Tensor>();
        int at = 0;
        for (String name : trained.keySet()) {
            named.put(name, gradients.get(at++));
        }
        return new Result(
                poisonLoss + lambda * penalty * factor,
                clean.item_double(),
                poisonLoss,
                inner,
                penalty * factor,
                named);
    }

    private List<Tensor> products(Tensor[] ofClean, Tensor[] ofPoison) {
        var products = new ArrayList<Tensor>();
        for (int i = 0; i < ofClean.length; i++) {
            Tensor constant = secondOrderClean ? ofClean[i] : ofClean[i].detach();
            products.add(constant.mul(ofPoison[i]).sum());
        }
        return products;
    }

    /** What costs: minus the inner products, or those of them that are negative. */
    private List<Tensor> rectified(List<Tensor> products) {
        List<Tensor> terms = perParameter ? products : List.of(sum(products));
        return terms.stream()
                .filter(term -> noRectifier || term.item_double() < 0)
                .map(Tensor::neg)
                .toList();
    }

    private static Tensor sum(List<Tensor> products) {
        return torch.stack(new TensorVector(products.toArray(Tensor[]::new))).sum();
    }
}
