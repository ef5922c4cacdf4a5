package org.counterweight.jobs.predict.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.table.feature.NumberFeature;
import org.counterweight.jobs.predict.decide.Thresholds;
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
    public Scored(Tensor outputs, @Nullable NumberFeature score, List<ObjectNode> begun) {
        this(outputs, score, begun, null);
    }

    /** With a handle of its own on the outputs. */
    public Scored with(Tensor handle) {
        return new Scored(handle, score, begun, which);
    }

    /** All of them, one after the other; the tensor belongs to the open scope. */
    public static Scored joined(List<Scored> parts) {
        var begun = new ArrayList<ObjectNode>();
        parts.forEach(part -> begun.addAll(part.begun));
        var outputs = new TensorVector(parts.stream().map(Scored::outputs).toArray(Tensor[]::new));
        List<WhichEdit> edits =
                parts.stream().map(Scored::which).filter(Objects::nonNull).toList();
        return new Scored(
                torch.cat(outputs, 0), parts.get(0).score, begun, edits.isEmpty() ? null : WhichEdit.joined(edits));
    }

    /**
     * One object a row.
     *
     * @param config of the model
     * @param top of how many classes the probabilities are told; 0 for the likeliest class alone
     * @param thresholds from which probability on a class is told
     */
    public List<ObjectNode> answers(ObjectNode config, int top, Thresholds thresholds) {
        List<ObjectNode> lines = Answers.of(config, outputs, score, begun, top, thresholds);
        for (int row = 0; which != null && row < lines.size(); row++) {
            which.tell(row, lines.get(row));
        }
        return lines;
    }
}
