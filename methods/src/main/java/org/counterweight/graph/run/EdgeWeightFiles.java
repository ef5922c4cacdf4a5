package org.counterweight.graph.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run leaves of its edges: {@code strurw.json} with settings and estimates, {@code strurw.safetensors} with the last
 * {@code ratio}, {@code src_prob}, {@code tgt_prob}, {@code edge_weight} (times the graph's own) and
 * {@code class_weights}.
 */
final class EdgeWeightFiles {
    static final List<String> NAMES = List.of("strurw.json", "strurw.safetensors");

    private EdgeWeightFiles() {}

    static void write(Path directory, StruRwConfig config, EdgeWeights weights) {
        ObjectNode tree = Configs.JSON.createObjectNode();
        tree.put("method", "strurw");
        tree.set("config", Configs.tree(config));
        ArrayNode updates = tree.putArray("updates");
        for (EdgeUpdate update : weights.updates()) {
            ObjectNode one = updates.addObject();
            one.put("epoch", (int) update.epoch());
            one.put("applied", update.isApplied());
            one.put("classes", (int) update.classes());
            if (update.isApplied()) {
                one.put("largest_ratio", update.most());
                one.put("pairs_without_edges", (int) update.none());
                one.put("structure_shift", update.shift());
            }
        }
        Path file = directory.resolve(NAMES.get(0));
        try (Staged staged = Staged.file(file)) {
            Files.writeString(staged.path(), tree.toPrettyString() + "\n");
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
        if (weights.isWeighed()) {
            WeightsWriter.write(directory.resolve(NAMES.get(1)), weights.tensors(), Map.of());
        }
    }
}
