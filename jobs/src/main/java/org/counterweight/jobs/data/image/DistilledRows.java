package org.counterweight.jobs.data.image;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.Dataset;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.Split;
import org.counterweight.data.image.ImageSet;
import org.counterweight.distill.real.PixelScale;
import org.counterweight.distill.run.DistilledFile;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import tools.jackson.databind.node.ObjectNode;

/**
 * A distilled set as rows to learn from: images that are no bytes, in the form that a network sees them in.
 *
 * @param file read; its tensors belong to the scope that was open
 */
record DistilledRows(DistilledFile file) implements LabelledDataset {
    /**
     * Reads a set.
     *
     * @param labels the classes of the data that it was made of
     * @throws ConfigException if it was made of other images, or its labels are no classes
     */
    static DistilledRows read(Path path, List<String> labels, ImageSet.Shape shape) {
        DistilledFile file = DistilledFile.read(path);
        Tensor images = file.set().images();
        List<Integer> found = List.of((int) images.size(1), (int) images.size(2), (int) images.size(3));
        if (!found.equals(shape.sizes())) {
            throw new ConfigException(
                    "data.distilled: its images are " + found + " (channels, height, width), and those of"
                            + " data are " + shape.sizes() + "; name the images that it was made of");
        }
        if (!file.labels().equals(labels)) {
            throw new ConfigException("data.distilled: its classes are " + file.labels() + ", and those of data are "
                    + labels + "; name the images that it was made of");
        }
        if (file.set().isSoft()) {
            throw new ConfigException(
                    "data.distilled: its labels are probabilities, and a run learns classes; distill with"
                            + " distill.soft_labels: none");
        }
        return new DistilledRows(file);
    }

    /** Itself to learn from; the others in the form that its images are in. */
    Split<Dataset> inPlaceOf(Split<Dataset> parts) {
        return new Split<>(
                this,
                new Scaled((LabelledDataset) parts.dev(), file.scale()),
                new Scaled((LabelledDataset) parts.test(), file.scale()));
    }

    /** Says beside the model what becomes of pixels, in Hugging Face's words. */
    void tell(ObjectNode json) {
        json.put("do_normalize", true);
        json.set("image_mean", Configs.JSON.valueToTree(file.scale().mean()));
        json.set("image_std", Configs.JSON.valueToTree(file.scale().deviation()));
    }

    @Override
    public int size() {
        return Math.toIntExact(file.set().images().size(0));
    }

    @Override
    public List<String> labelNames() {
        return file.labels();
    }

    @Override
    public int label(int row) {
        return (int) file.set().labels().select(0, row).item_long();
    }

    @Override
    public Batch batch(int... rows) {
        Tensor at = Tensors.longs(Arrays.stream(rows).asLongStream().toArray());
        return new Batch(Map.of(
                Batch.PIXEL_VALUES,
                file.set().images().index_select(0, at),
                Batch.LABELS,
                file.set().labels().index_select(0, at),
                Batch.ROW,
                at));
    }

    /** Images whose pixels are scaled. */
    private record Scaled(LabelledDataset data, PixelScale scale) implements LabelledDataset {
        @Override
        public int size() {
            return data.size();
        }

        @Override
        public List<String> labelNames() {
            return data.labelNames();
        }

        @Override
        public int label(int row) {
            return data.label(row);
        }

        @Override
        public Batch batch(int... rows) {
            Batch batch = data.batch(rows);
            return batch.with(Batch.PIXEL_VALUES, scale.apply(batch.get(Batch.PIXEL_VALUES)));
        }
    }
}
