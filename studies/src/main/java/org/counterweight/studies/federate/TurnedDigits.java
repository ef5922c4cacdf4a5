package org.counterweight.studies.federate;

import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.LabelledDataset;
import org.counterweight.distill.siamese.Affine;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/** Images that are all turned by this many degrees. */
record TurnedDigits(LabelledDataset digits, double degrees) implements LabelledDataset {
    @Override
    public int size() {
        return digits.size();
    }

    @Override
    public List<String> labelNames() {
        return digits.labelNames();
    }

    @Override
    public int label(int row) {
        return digits.label(row);
    }

    @Override
    public Batch batch(int... rows) {
        Batch batch = digits.batch(rows);
        Tensor images = batch.get(Batch.PIXEL_VALUES);
        Tensor most = Tensors.doubles(new double[] {1}); // of a range from -degrees to degrees
        return batch.with(Batch.PIXEL_VALUES, Affine.rotation(most, degrees).apply(images));
    }
}
