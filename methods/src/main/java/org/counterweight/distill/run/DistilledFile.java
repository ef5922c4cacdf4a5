package org.counterweight.distill.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.distill.SyntheticSet;
import org.counterweight.distill.real.PixelScale;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A distilled set on disk, with all that is needed to learn from it: images as a network sees them, their labels, the learned
 * rate, the names of the classes, how pixels become what a network sees, and by which changes images are to be augmented.
 *
 * @param set images, labels, rate
 * @param labels the names of the classes
 * @param scale from pixels in [0, 1] to the images of the set
 * @param dsaStrategy the changes that it was made for, as in {@link org.counterweight.distill.siamese.Siamese#of}
 */
public record DistilledFile(SyntheticSet set, List<String> labels, PixelScale scale, String dsaStrategy) {
    /** The file's usual name. */
    public static final String NAME = "distilled.safetensors";

    private static final String KEY = "distilled";
    private static final String IMAGES = "images";
    private static final String LABELS = "labels";
    private static final String RATE = "syn_lr";

    public DistilledFile {
        labels = List.copyOf(labels);
    }

    /** @param remarks further ones: the ledger */
    public void write(Path file, Map<String, String> remarks) {
        ObjectNode said = Configs.JSON.createObjectNode();
        said.set("classes", Configs.JSON.valueToTree(labels));
        said.set("mean", Configs.JSON.valueToTree(scale.mean()));
        said.set("std", Configs.JSON.valueToTree(scale.deviation()));
        said.put("dsa_strategy", dsaStrategy);
        var all = new LinkedHashMap<>(remarks);
        all.put(KEY, said.toString());
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put(IMAGES, set.images());
        tensors.put(LABELS, set.labels());
        tensors.put(RATE, set.rate().reshape(1));
        WeightsWriter.write(file, tensors, all);
    }

    /**
     * Reads a file, or that of the usual name in a directory; its tensors belong to the open scope.
     *
     * @throws WeightsException if it is no distilled set
     */
    public static DistilledFile read(Path path) {
        Path file = file(path);
        try (SafetensorsFile source = SafetensorsFile.open(file)) {
            String text = source.metadata().get(KEY);
            if (text == null || !source.tensors().keySet().containsAll(List.of(IMAGES, LABELS, RATE))) {
                throw new WeightsException(file, "is no distilled set; name one that cw distill wrote");
            }
            ObjectNode said = Configs.json(text, file.toString());
            var set = new SyntheticSet(
                    source.tensor(IMAGES).clone(),
                    source.tensor(LABELS).clone(),
                    source.tensor(RATE).clone());
            var names = Configs.JSON.convertValue(said.required("classes"), String[].class);
            check(file, set, names.length);
            return new DistilledFile(
                    set,
                    List.of(names),
                    new PixelScale(numbers(said.required("mean")), numbers(said.required("std"))),
                    said.required("dsa_strategy").asString());
        }
    }

    /** The file that is meant by a path: itself, or that of the usual name in it. */
    public static Path file(Path path) {
        return Files.isDirectory(path) ? path.resolve(NAME) : path;
    }

    private static double[] numbers(JsonNode node) {
        return Configs.JSON.convertValue(node, double[].class);
    }

    private static void check(Path file, SyntheticSet set, int classes) {
        if (set.images().dim() != 4 || set.images().size(0) == 0) {
            throw new WeightsException(file, "has images of " + set.images().dim() + " dimensions, expected 4");
        }
        if (set.isSoft() ? set.labels().size(1) != classes : !isWithin(set.labels(), classes)) {
            throw new ConfigException(file + ": has labels that are none of its " + classes + " classes");
        }
    }

    private static boolean isWithin(Tensor labels, int classes) {
        return labels.scalar_type().intern() == ScalarType.Long
                && labels.min().item_long() >= 0
                && labels.max().item_long() < classes;
    }
}
