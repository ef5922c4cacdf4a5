package org.counterweight.train.objective;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;

/** Regression: the mean over a row's outputs of (output − target)², from logits and labels of one shape, {@code [rows, …]}. */
public record MeanSquaredError() implements Objective {
    @Override
    public Losses losses(Model model, Params params, Batch batch, Pass pass) {
        Tensor output = model.forward(params, batch, pass).logits();
        Tensor squares = output.sub(batch.labels()).square().flatten(0, 0);
        Tensor perRow = squares.dim() == 1 ? squares : squares.flatten(1, -1).mean(1);
        Tensor units = torch.ones_like(perRow.detach()).to(ScalarType.Long);
        return new Losses(perRow, units, output.detach());
    }
}
