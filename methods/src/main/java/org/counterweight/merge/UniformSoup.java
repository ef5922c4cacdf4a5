package org.counterweight.merge;

import static org.counterweight.engine.Tensors.scalar;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.weights.Combiner;

/**
 * The mean of all models.
 *
 * <p>M. Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy without increasing
 * inference time", ICML 2022.
 */
public record UniformSoup() implements Combiner {
    @Override
    public Tensor combine(String name, List<Tensor> tensors) {
        Agreement.sameShapes(name, tensors);
        try (var scope = Scope.open()) {
            Tensor sum = Precision.wide(tensors.get(0));
            for (int i = 1; i < tensors.size(); i++) {
                sum = i == 1 ? sum.add(Precision.wide(tensors.get(i))) : sum.add_(Precision.wide(tensors.get(i)));
            }
            return scope.keep(Precision.rounded(sum.div(scalar(tensors.size())), tensors.get(0)));
        }
    }
}
