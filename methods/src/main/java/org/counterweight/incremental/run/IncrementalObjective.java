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
 * {@link IncrementalLoss} in a run.
 *
 * @param teacher the model before; null where it is not asked
 */
record IncrementalObjective(IncrementalLoss loss, @Nullable Teacher teacher) implements Objective {
    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        Tensor logits = model.forward(params, batch, pass).logits().to(ScalarType.Float);
        Tensor labels = batch.labels();
        Tensor old = teacher == null ? null : teacher.logits(batch).to(logits.device(), ScalarType.Float);
        return new Losses(loss.terms(logits, labels, old).total(), torch.ones_like(labels), logits.detach());
    }
}
