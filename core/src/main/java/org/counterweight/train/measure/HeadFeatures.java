package org.counterweight.train.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * What a model in evaluation feeds its head for some rows, computed once, on the processor.
 *
 * @param values {@code float32 [rows, width]}, in the order in which the rows came
 * @param labels {@code int64 [rows]}
 * @param weights as often as each row counts, {@code float64 [rows]}
 */
public record HeadFeatures(Tensor values, Tensor labels, Tensor weights) {
    /** Of rows that count once each. */
    public HeadFeatures(Tensor values, Tensor labels) {
        this(values, labels, torch.ones_like(labels).to(ScalarType.Double));
    }

    /** Passes the first epoch of {@code rows} through a classifier; the result belongs to the open scope. */
    public static HeadFeatures of(Model model, Params params, BatchSource rows) {
        return of(model, params, rows, null);
    }

    /**
     * The same.
     *
     * @param weight the tensor of a batch that says how often each row counts; null where each counts once
     */
    public static HeadFeatures of(Model model, Params params, BatchSource rows, @Nullable String weight) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            List<Tensor> values = new ArrayList<>();
            List<Tensor> labels = new ArrayList<>();
            List<Tensor> weights = new ArrayList<>();
            IntFunction<Batch> batches = rows.epoch(0);
            for (int i = 0; i < rows.batches(); i++) {
                try (var inner = Scope.open()) {
                    Batch batch = batches.apply(i);
                    values.add(inner.keep(model.forward(params, batch.to(params.device()), Pass.evaluation())
                            .features()
                            .to(ScalarType.Float)
                            .cpu()));
                    labels.add(inner.keep(batch.labels()));
                    if (weight != null) {
                        weights.add(inner.keep(batch.get(weight).to(ScalarType.Double)));
                    }
                }
            }
            Tensor every = scope.keep(joined(labels));
            Tensor each = weights.isEmpty() ? torch.ones_like(every).to(ScalarType.Double) : joined(weights);
            return new HeadFeatures(scope.keep(joined(values)), every, scope.keep(each));
        }
    }

    private static Tensor joined(List<Tensor> parts) {
        return torch.cat(new TensorVector(parts.toArray(Tensor[]::new)), 0);
    }
}
