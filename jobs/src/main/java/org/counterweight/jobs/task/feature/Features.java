package org.counterweight.jobs.task.feature;

import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.Batching;
import org.counterweight.data.Dataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * What a frozen model gives its head for each row, computed once.
 *
 * @param values {@code float32 [rows, width]}
 * @param labels as the rows have them: {@code int64 [rows]} classes, or {@code float32 [rows, outputs]}
 * @param weights how many rows each stands for, {@code float64 [rows]}; null where each stands for itself
 */
public record Features(
        Tensor values, Tensor labels, @Nullable Tensor weights) implements Dataset {
    /** Of a batch's tensor. */
    public static final String NAME = "features";

    /** Passes every row through the model up to its head. */
    public static Features of(BaseModel base, Dataset rows, ProgressLine progress) {
        Params params = Params.of(base.weights());
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor values = null;
            Tensor labels = null;
            Tensor weights = null;
            for (int[] numbers : Batching.reading(rows, 64).byLength(rows)) {
                try (var inner = Scope.open()) {
                    Batch batch = rows.batch(numbers);
                    Tensor at = batch.get(Batch.ROW);
                    Tensor each = batch.find(ColumnsSection.WEIGHT);
                    Tensor features = base.model()
                            .forward(params, batch.to(params.device()), Pass.evaluation())
                            .features()
                            .cpu();
                    if (values == null || labels == null) {
                        values = inner.keep(blank(features, rows.size()));
                        labels = inner.keep(blank(batch.labels(), rows.size()));
                        weights = each == null ? null : inner.keep(blank(each, rows.size()));
                    }
                    if (each != null && weights != null) {
                        weights.index_copy_(0, at, each);
                    }
                    values.index_copy_(0, at, features);
                    labels.index_copy_(0, at, batch.labels());
                }
                progress.advance(numbers.length);
            }
            return new Features(
                    scope.keep(Objects.requireNonNull(values)),
                    scope.keep(Objects.requireNonNull(labels)),
                    weights == null ? null : scope.keep(weights));
        }
    }

    /** Zeros like these labels for so many rows. */
    private static Tensor blank(Tensor like, int rows) {
        long[] shape = Tensors.shape(like);
        shape[0] = rows;
        return torch.zeros(shape, Tensors.options(like));
    }

    @Override
    public int size() {
        return Math.toIntExact(values.size(0));
    }

    @Override
    public Batch batch(int... rows) {
        long[] numbers = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            numbers[i] = rows[i];
        }
        Tensor at = Tensors.longs(numbers);
        var batch = new Batch(
                Map.of(NAME, values.index_select(0, at), Batch.LABELS, labels.index_select(0, at), Batch.ROW, at));
        return weights == null ? batch : batch.with(ColumnsSection.WEIGHT, weights.index_select(0, at));
    }
}
