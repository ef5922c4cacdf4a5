package org.counterweight.jobs.merge;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.text.TextClassification;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.predict.TextClassifier;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/** A classifier that is served, or is to be: what was read of its directory. */
record ServedModel(Path directory, ModelDirectory files, AdaptedModel adapted) implements AutoCloseable {
    /** @param maxLength tokens of a text that the user allowed; null for what the model was trained with */
    static ServedModel open(Path directory, @Nullable Integer maxLength) {
        ModelDirectory files = ModelDirectory.open(directory);
        try {
            AdaptedModel adapted = AdaptedModel.of(files, null);
            TextClassifier.check(directory, adapted, maxLength);
            return new ServedModel(directory, files, adapted);
        } catch (RuntimeException e) {
            files.close();
            throw e;
        }
    }

    Model model() {
        return adapted.model();
    }

    List<String> labels() {
        return ModelDescription.labels(adapted.config());
    }

    Map<String, Tensor> weights() {
        return adapted.params().weights();
    }

    /** The classes that a model of this architecture tells with these weights, in its own numbers, {@code int64 [rows]}. */
    Tensor predictions(Map<String, Tensor> weights, TextClassification rows, int classes) {
        return TextClassifier.logits(directory, model(), Params.of(AdaptedModel.inFloat32(weights)), rows, classes)
                .argmax(new LongOptional(1), false);
    }

    /** Refuses an update of another architecture; the heads may have rows for different classes. */
    void checkShapes(ServedModel update) {
        List<String> heads = update.model().modules().heads();
        weights().forEach((name, old) -> {
            Tensor updated = update.weights().get(name);
            long[] before = Tensors.shape(old);
            long[] now = updated == null ? new long[0] : Tensors.shape(updated);
            if (BaseModel.isWithin(heads, name) && before.length == now.length && now.length > 0) {
                before[0] = now[0];
            }
            if (updated == null || !Arrays.equals(before, now)) {
                throw new WeightsException(name + ": " + Arrays.toString(Tensors.shape(old)) + " in " + directory + ", "
                        + (updated == null ? "nothing" : Arrays.toString(now)) + " in " + update.directory()
                        + "; only models of one architecture can be merged");
            }
        });
    }

    /** The number that each class of this model has in its update. */
    int[] placesIn(ServedModel update) {
        List<String> labels = update.labels();
        int[] places = labels().stream().mapToInt(labels::indexOf).toArray();
        for (int i = 0; i < places.length; i++) {
            if (places[i] < 0) {
                throw new WeightsException(
                        update.directory(),
                        "has no class \"" + labels().get(i) + "\", which " + directory
                                + " has; an update may add classes, but drop none");
            }
        }
        return places;
    }

    @Override
    public void close() {
        files.close();
    }
}
