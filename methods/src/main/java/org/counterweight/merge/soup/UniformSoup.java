package org.counterweight.merge.soup;

import static org.counterweight.engine.Tensors.scalar;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.merge.Accumulation;
import org.counterweight.merge.Agreement;
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
            return scope.keep(Accumulation.rounded(mean(tensors), tensors.get(0)));
        }
    }

    /** The mean before it is rounded to the stored type; one model at a time is widened. */
    public static Tensor mean(List<Tensor> tensors) {
        try (var scope = Scope.open()) {
            Tensor sum = Accumulation.wide(tensors.get(0));
            for (int i = 1; i < tensors.size(); i++) {
                try (var inner = Scope.open()) {
                    Tensor next = Accumulation.wide(tensors.get(i));
                    if (i == 1) {
                        sum = inner.keep(sum.add(next)); // the first may be the model's own
                    } else {
                        sum.add_(next);
                    }
                }
            }
            return scope.keep(sum.div(scalar(tensors.size())));
        }
    }
}
