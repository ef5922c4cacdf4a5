package org.counterweight.jobs.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.generate.Fate;
import org.counterweight.jobs.generate.LearnStage.Uses;
import org.counterweight.weights.Staged;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every text that was written with its fate; of those that were kept, how often each was learnt from, as a weight of mean 1.
 *
 * @param names the labels
 * @param texts those that were kept
 */
record SyntheticTexts(List<String> names, WrittenTexts written, FewRows texts, Uses uses) {
    /** Writes the lines, all or none. */
    void write(Path file) throws IOException {
        double all = IntStream.range(0, texts.size())
                .mapToDouble(row -> uses.times()[row])
                .sum();
        Tensor beliefs = uses.beliefs();
        double[] flat = Tensors.toDoubles(beliefs);
        int classes = Math.toIntExact(beliefs.size(1));
        var lines = new ArrayList<String>();
        for (int row = 0; row < texts.size(); row++) {
            int label = texts.labels().get(row);
            ObjectNode json = Configs.JSON.createObjectNode();
            json.put("label", names.get(label));
            WrittenTexts.put(json, texts.texts().get(row));
            json.put("fate", uses.times()[row] > 0 ? "learnt" : "not_selected");
            json.put("weight", all == 0 ? 0 : uses.times()[row] * texts.size() / all);
            json.put("times", uses.times()[row]).put("belief", flat[row * classes + label]);
            lines.add(json.toString());
        }
        written.lines().stream().filter(line -> line.fate() != Fate.ACCEPTED).forEach(line -> {
            ObjectNode json = WrittenTexts.json(line, names);
            json.remove("candidate");
            lines.add(json.put("weight", 0.0).put("times", 0).toString());
        });
        try (Staged staged = Staged.file(file)) {
            Files.write(staged.path(), lines);
            staged.commit();
        }
    }
}
