package org.counterweight.merge.dynamic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/** Many samples through a model, some at a time: their logits need little room, what lies between needs much. */
final class InBatches {
    private static final long ROWS = 256;

    private InBatches() {}

    /** {@code [N, classes]}, in evaluation mode. */
    static Tensor logits(Model model, Map<String, Tensor> weights, Batch samples) {
        Params params = Params.of(weights);
        long n = samples.rows();
        try (var scope = Scope.open()) {
            List<Tensor> parts = new ArrayList<>();
            for (long from = 0; from < n; from += ROWS) {
                try (var inner = Scope.open()) {
                    Batch some = samples.slice(from, Math.min(n, from + ROWS));
                    parts.add(inner.keep(
                            model.forward(params, some, Pass.evaluation()).logits()));
                }
            }
            return scope.keep(
                    parts.size() == 1 ? parts.get(0) : torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 0));
        }
    }
}
