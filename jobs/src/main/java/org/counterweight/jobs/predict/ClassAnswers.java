package org.counterweight.jobs.predict;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Tensors;
import tools.jackson.databind.node.ObjectNode;

/** What a classifier says of each row: {@code label}, the likeliest class, and its {@code probability}. */
final class ClassAnswers {
    private ClassAnswers() {}

    /**
     * One object a row, after what stands there already.
     *
     * @param names of the classes
     * @param logits {@code [rows, classes]}
     * @param asked what each row was asked with, which is added to
     */
    static List<ObjectNode> of(List<String> names, Tensor logits, List<ObjectNode> asked) {
        double[] shares = Tensors.toDoubles(logits.softmax(1));
        int classes = Math.toIntExact(logits.size(1));
        var lines = new ArrayList<ObjectNode>();
        for (int row = 0; row < asked.size(); row++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                best = shares[row * classes + c] > shares[row * classes + best] ? c : best;
            }
            lines.add(asked.get(row)
                    .put("label", names.get(best))
                    .put("probability", Math.round(shares[row * classes + best] * 1e4) / 1e4));
        }
        return lines;
    }

    /** Objects with that key, to be added to. */
    static List<ObjectNode> asked(String key, List<?> values) {
        return values.stream()
                .map(value -> Configs.JSON.createObjectNode().put(key, value.toString()))
                .toList();
    }
}
