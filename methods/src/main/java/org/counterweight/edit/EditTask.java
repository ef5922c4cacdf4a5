package org.counterweight.edit;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.objective.TokenCrossEntropy;

/** What an edited model is for: what is minimised, and when an answer is right. */
public enum EditTask {
    /** One class a row: labels {@code int64 [rows]}. */
    CLASSES(new CrossEntropy(0)),

    /**
     * The tokens behind a prompt: labels {@code int64 [rows, T]}, −100 at the prompt. Right where every one of them is the
     * likeliest after those before it, which is what greedy decoding from the prompt gives.
     */
    TOKENS(TokenCrossEntropy.CAUSAL);

    private final Objective objective;

    EditTask(Objective objective) {
        this.objective = objective;
    }

    public Objective objective() {
        return objective;
    }

    /** Whether the model gives the one row of the batch its label. */
    public boolean isRight(Model model, Params params, Batch row, Pass pass) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Output output = model.forward(params, row, pass);
            if (this == CLASSES) {
                return output.logits()
                        .argmax(new LongOptional(1), false)
                        .eq(row.labels())
                        .all()
                        .item_bool();
            }
            Tensor targets =
                    Tensors.slice(row.labels(), 1, 1, row.labels().size(1)).reshape(-1);
            Tensor places =
                    targets.ne(new Scalar(CrossEntropy.IGNORED)).nonzero().squeeze(1);
            Tensor states = output.hidden().select(0, 0).index_select(0, places);
            return torch.equal(
                    output.head().apply(states).argmax(new LongOptional(-1), false), targets.index_select(0, places));
        }
    }
}
