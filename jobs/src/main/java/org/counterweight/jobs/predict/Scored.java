package org.counterweight.jobs.predict;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.table.feature.NumberFeature;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a model's head gives for rows.
 *
 * @param outputs {@code float32 [rows, outputs]}
 * @param score how scores were standardised; null if they were not
 * @param begun what each row was asked with, to which answers are added
 * @param which edit answered each; null without edits
 */
public record Scored(
        Tensor outputs,
        @Nullable NumberFeature score,
        List<ObjectNode> begun,
        @Nullable WhichEdit which) {
    /** Where no edits can answer. */
    Scored(Tensor outputs, @Nullable NumberFeature score, List<ObjectNode> begun) {
        this(outputs, score, begun, null);
    }

    /**
     * One object a row.
     *
     * @param config of the model
     * @param top of how many classes the probabilities are told; 0 for the likeliest class alone
     */
    public List<ObjectNode> answers(ObjectNode config, int top) {
        List<ObjectNode> lines = Answers.of(config, outputs, score, begun, top);
        for (int row = 0; which != null && row < lines.size(); row++) {
            which.tell(row, lines.get(row));
        }
        return lines;
    }
}
