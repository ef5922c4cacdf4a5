package org.counterweight.federate.personal;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.CrossEntropy;

/** ∇F of a client's loss F, anywhere. */
@FunctionalInterface
public interface LossGradient {
    /** By the names of the weights, in their order; none of the two changes. */
    Map<String, Tensor> at(Map<String, Tensor> weights);

    /** Of the mean cross-entropy of a batch; nothing is dropped. */
    static LossGradient of(Model model, Batch batch) {
        return weights -> {
            var leaves = new LinkedHashMap<String, Tensor>();
            weights.forEach(
                    (name, tensor) -> leaves.put(name, tensor.detach().clone().requires_grad_(true)));
            Tensor loss = new CrossEntropy(0)
                    .losses(model, Params.of(leaves), batch, Pass.evaluation())
                    .perRow()
                    .mean();
            Tensor[] found = Tensors.gradients(loss, false, leaves.values().toArray(Tensor[]::new));
            var gradients = new LinkedHashMap<String, Tensor>();
            int i = 0;
            for (String name : leaves.keySet()) {
                gradients.put(name, found[i++]);
            }
            return gradients;
        };
    }
}
