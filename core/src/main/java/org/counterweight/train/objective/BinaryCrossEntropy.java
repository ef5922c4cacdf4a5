package org.counterweight.train.objective;

import static org.counterweight.engine.Tensors.optional;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/**
 * Any number of classes a row: the mean over the classes of −log p of what is true of each, that the row has it or has it not,
 * from logits and labels of one shape, {@code [rows, classes]}.
 */
public record BinaryCrossEntropy() implements Objective {
    private static final long UNREDUCED = 0; // at::Reduction::None

    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        Tensor logits = model.forward(params, batch, pass).logits();
        Tensor wide = CrossEntropy.atLeastFloat(logits);
        Tensor each = torch.binary_cross_entropy_with_logits(
                wide,
                batch.labels().to(wide.scalar_type()),
                optional((Tensor) null),
                optional((Tensor) null),
                UNREDUCED);
        Tensor perRow = each.mean(1);
        Tensor units = torch.ones_like(perRow.detach()).to(ScalarType.Long);
        return new Losses(perRow, units, logits.detach());
    }
}
