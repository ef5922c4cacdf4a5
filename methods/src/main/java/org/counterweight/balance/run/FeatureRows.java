package org.counterweight.balance.run;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.train.measure.HeadFeatures;

/** Features as rows of a data set, so that samplers can plan with them. */
final class FeatureRows implements LabelledDataset {
    private final HeadFeatures features;
    private final long[] labels;
    private final List<String> names;

    FeatureRows(HeadFeatures features, int classes) {
        this.features = features;
        this.labels = Tensors.toLongs(features.labels());
        this.names = IntStream.range(0, classes).mapToObj(String::valueOf).toList();
    }

    @Override
    public List<String> labelNames() {
        return names;
    }

    @Override
    public int label(int row) {
        return Math.toIntExact(labels[row]);
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Batch batch(int... rows) {
        Tensor at = Tensors.longs(Arrays.stream(rows).asLongStream().toArray());
        return new Batch(Map.of(
                "features",
                features.values().index_select(0, at),
                Batch.LABELS,
                features.labels().index_select(0, at),
                Batch.ROW,
                at));
    }
}
