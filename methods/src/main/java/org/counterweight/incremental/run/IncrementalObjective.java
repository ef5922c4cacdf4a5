package org.counterweight.incremental.run;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.incremental.IncrementalLoss;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.Objective;
import org.jspecify.annotations.Nullable;

/**
 * {@link IncrementalLoss} in a run. The old model's logits are computed once: it is frozen, and no row changes.
 *
 * @param teacher its logits of every row of the data, {@code [N, k]}; null where it is not asked
 */
record IncrementalObjective(IncrementalLoss loss, @Nullable Tensor teacher) implements Objective {
    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        Tensor logits = model.forward(params, batch, pass).logits().to(ScalarType.Float);
        Tensor labels = batch.labels();
        Tensor old = teacher == null
                ? null
                : teacher.index_select(0, batch.get(Batch.ROW).cpu()).to(logits.device(), ScalarType.Float);
        return new Losses(loss.terms(logits, labels, old).total(), torch.ones_like(labels), logits.detach());
    }
}
