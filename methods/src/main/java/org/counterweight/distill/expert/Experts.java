package org.counterweight.distill.expert;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.real.RealImages;
import org.counterweight.distill.siamese.Siamese;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.node.ObjectNode;

/**
 * The ways of trained networks on disk: a safetensors file each, of which a step of distillation reads the few epochs that it
 * needs. Of a way that is not followed to its end only the epochs that can be drawn are kept.
 *
 * @param directory where they lie, {@code expert-000.safetensors} and so on, each with {@code expert0.epoch0 …}
 * @param config {@linkplain ExpertConfig#resolved resolved}
 * @param kept epochs that are stored of each, beside its start
 */
public record Experts(Path directory, FlatModel model, ExpertConfig config, int kept) {
    private static final String SHAPES = "param_shapes";
    private static final String SETTINGS = "settings";
    private static final String FINAL = "final";

    /** What is reported of an expert when it is recorded. */
    public interface Following {
        /** Whether to go on no further. */
        boolean isStopped();

        /** An epoch is over. */
        void epoch();
    }

    /** The file of the expert of that number. */
    public Path file(int expert) {
        return directory.resolve("expert-%03d.safetensors".formatted(expert));
    }

    /**
     * Trains and writes all that are not there yet.
     *
     * @return whether all are there; not if it was stopped
     * @throws WeightsException if one that is there was made otherwise
     */
    public boolean record(RealImages real, Siamese dsa, Seed seed, Following following) {
        for (int k = 0; k < config.count(); k++) {
            if (Files.exists(file(k))) {
                check(k, seed);
                continue;
            }
            if (!record(k, real, dsa, seed, following)) {
                return false;
            }
        }
        return true;
    }

    private boolean record(int expert, RealImages real, Siamese dsa, Seed seed, Following following) {
        Seed own = seed.child(expert);
        try (var scope = Scope.open()) {
            var walk = new Walk(model, model.fresh(own.child("weights")));
            var stored = new LinkedHashMap<String, Tensor>();
            stored.put(name(expert, 0), walk.theta().clone());
            for (int epoch = 0; epoch < config.epochs(); epoch++) {
                if (config.isAnew(epoch)) {
                    walk.forget();
                }
                ExpertStep step = config.step(epoch);
                Seed order = own.child("order").child(epoch);
                int place = 0;
                for (int[] rows : real.batches(config.batchSize(), order)) {
                    if (following.isStopped()) {
                        return false;
                    }
                    try (var inner = Scope.open()) {
                        Tensor images = real.select(rows);
                        Tensor changed = dsa.draw(Tensors.shape(images), Siamese.Sharing.EACH, order.child(place++))
                                .apply(images);
                        walk.step(step, images, changed, real.labelsOf(rows));
                    }
                }
                if (epoch < kept) {
                    stored.put(name(expert, epoch + 1), walk.theta().clone());
                }
                following.epoch();
            }
            stored.put(FINAL, walk.theta());
            WeightsWriter.write(file(expert), stored, remarks(seed));
            return true;
        }
    }

    private static String name(int expert, int epoch) {
        return "expert" + expert + ".epoch" + epoch;
    }

    private Map<String, String> remarks(Seed seed) {
        ObjectNode shapes = Configs.JSON.createObjectNode();
        model.shapes().forEach((name, shape) -> shapes.set(name, Configs.JSON.valueToTree(shape)));
        ObjectNode settings = Configs.tree(config);
        settings.remove("count");
        settings.put("kept", kept);
        settings.put("seed", seed.value());
        return Map.of(SHAPES, shapes.toString(), SETTINGS, settings.toString());
    }

    private void check(int expert, Seed seed) {
        try (SafetensorsFile file = SafetensorsFile.open(file(expert))) {
            Map<String, String> expected = remarks(seed);
            for (String remark : List.of(SHAPES, SETTINGS)) {
                if (!String.valueOf(expected.get(remark)).equals(file.metadata().get(remark))) {
                    throw new WeightsException(
                            file(expert),
                            "is of an expert that was trained otherwise (" + remark + "); name another directory");
                }
            }
        }
    }

    /** All of them open for reading; the last weights of each, and stretches of its way. */
    public Recorded open() {
        var files = new ArrayList<SafetensorsFile>();
        for (int k = 0; k < config.count(); k++) {
            files.add(SafetensorsFile.open(file(k)));
        }
        return new Recorded(files);
    }

    /** Experts on disk, open. */
    public static final class Recorded implements AutoCloseable {
        private final List<SafetensorsFile> files;

        private Recorded(List<SafetensorsFile> files) {
            this.files = files;
        }

        public int count() {
            return files.size();
        }

        /** θ after an epoch and the {@code epochs} after it, {@code [epochs + 1, P]}, of the open scope. */
        public Tensor way(int expert, int from, int epochs) {
            try (var scope = Scope.open()) {
                var states = new TensorVector();
                for (int e = from; e <= from + epochs; e++) {
                    states.push_back(files.get(expert).tensor(name(expert, e)));
                }
                return scope.keep(torch.stack(states, 0));
            }
        }

        /** θ after the last epoch, {@code [P]}, of the open scope. */
        public Tensor end(int expert) {
            return files.get(expert).tensor(FINAL).clone();
        }

        @Override
        public void close() {
            files.forEach(SafetensorsFile::close);
        }
    }
}
