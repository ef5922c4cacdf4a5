package org.counterweight.incremental.run;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/** What the model before makes of rows: the logits of the classes that it knew. */
@FunctionalInterface
public interface Teacher {
    /**
     * @param batch as the student sees it
     * @return {@code [B, k]}, without gradient
     */
    Tensor logits(Batch batch);

    /**
     * Logits that were computed once, of rows that do not change from epoch to epoch.
     *
     * @param ofRows {@code [N, k]}, by the number of the row
     */
    static Teacher remembering(Tensor ofRows) {
        return batch -> ofRows.index_select(0, batch.get(Batch.ROW).cpu());
    }

    /** The model itself, frozen and in evaluation, which sees what augmentation makes of a row. */
    static Teacher asking(Model model, Params params) {
        return batch -> {
            try (var off = Tensors.noGrad()) {
                return model.forward(params, batch, Pass.evaluation())
                        .logits()
                        .to(ScalarType.Float)
                        .detach();
            }
        };
    }
}
