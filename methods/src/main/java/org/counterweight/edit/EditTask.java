package org.counterweight.edit;

import java.util.regex.Pattern;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
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
    TOKENS(TokenCrossEntropy.CAUSAL),

    /**
     * The tokens of an answer to a text that is read whole: labels {@code int64 [rows, answer]}, −100 where there is none.
     * Right where every one of them is the likeliest after those before it, which is what greedy decoding gives. The text
     * asks the codebook, so that a layer of the encoder is wrapped.
     */
    ANSWERS(TokenCrossEntropy.MASKED);

    private static final Pattern OF_ENCODER = Pattern.compile("(.*\\.)?encoder\\..*");

    private final Objective objective;

    EditTask(Objective objective) {
        this.objective = objective;
    }

    public Objective objective() {
        return objective;
    }

    /**
     * Refuses a layer that no text can ask by.
     *
     * @throws ConfigException saying which layers can be wrapped
     */
    void check(EditPoint point) {
        if (this == ANSWERS && !OF_ENCODER.matcher(point.name()).matches()) {
            throw new ConfigException(
                    "grace.layer: " + point.name() + " sees the answer, which is not there yet when the"
                            + " codebook is asked; name a layer of the encoder");
        }
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
            Tensor labels = row.labels();
            Tensor targets = (this == TOKENS ? Tensors.slice(labels, 1, 1, labels.size(1)) : labels).reshape(-1);
            Tensor places =
                    targets.ne(new Scalar(CrossEntropy.IGNORED)).nonzero().squeeze(1);
            Tensor states = output.hidden().select(0, 0).index_select(0, places);
            return torch.equal(
                    output.head().apply(states).argmax(new LongOptional(-1), false), targets.index_select(0, places));
        }
    }
}
