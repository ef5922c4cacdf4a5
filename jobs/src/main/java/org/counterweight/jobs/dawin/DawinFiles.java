package org.counterweight.jobs.dawin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.predict.Classifiers;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is left behind: answers, coefficients, figures, page, and the merged models.
 *
 * @param directory where it is written
 */
record DawinFiles(Path directory, Classifiers parents, DawinResult result) {
    static final String PREDICTIONS = "predictions.jsonl";
    static final String REPORT = "report.html";

    /** The directory of a cluster's model. */
    static String merged(int cluster) {
        return "merged-" + cluster;
    }

    /** Writes a merged model as the first of its parents is described. */
    static void model(Path into, Classifiers parents, Map<String, Tensor> weights, Ledger ledger) throws IOException {
        ModelDirectory.write(into, parents.first().adapted().config(), weights, ledger.metadata());
        parents.first().files().copyCompanions(into);
    }

    /**
     * Writes all but the models.
     *
     * @param output what the directory will be called
     */
    void write(LabelledTexts texts, Path output) throws IOException {
        List<String> labels = parents.labels();
        try (var predictions = Files.newBufferedWriter(directory.resolve(PREDICTIONS));
                var coefficients = Files.newBufferedWriter(directory.resolve("coefficients.jsonl"))) {
            for (int row = 0; row < texts.texts().size(); row++) {
                predictions.write(prediction(texts.texts().get(row), labels, row) + "\n");
                coefficients.write(coefficients(row) + "\n");
            }
        }
        int rows = result.of().size();
        double[] flat = Arrays.stream(result.coefficients())
                .flatMapToDouble(Arrays::stream)
                .toArray();
        WeightsWriter.write(
                directory.resolve("coefficients.safetensors"),
                Map.of(
                        "coefficients",
                        Tensors.doubles(flat, rows, result.models().size())),
                result.ledger().metadata());
        Files.writeString(directory.resolve("dawin.json"), result.json().toPrettyString() + "\n");
        DawinPage.of(output, result).write(directory.resolve(REPORT));
    }

    /** As cw predict tells it. */
    private ObjectNode prediction(String text, List<String> labels, int row) {
        int best = result.best(row);
        return Configs.JSON
                .createObjectNode()
                .put("text", text)
                .put("label", labels.get(best))
                .put("probability", Math.round(result.probabilities()[row][best] * 1e4) / 1e4);
    }

    private ObjectNode coefficients(int row) {
        ObjectNode line = Configs.JSON.createObjectNode();
        line.put("row", row + 1);
        line.set("coefficients", Configs.JSON.valueToTree(result.coefficients()[row]));
        line.set(
                "entropies",
                Configs.JSON.valueToTree(Arrays.stream(result.entropy())
                        .mapToDouble(of -> of[row])
                        .toArray()));
        if (result.isClustered()) {
            line.put("cluster", result.of().get(row));
        }
        return line;
    }
}
