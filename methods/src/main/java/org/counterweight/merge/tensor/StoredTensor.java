package org.counterweight.merge.tensor;

import org.counterweight.merge.block.BlockSource;
import org.counterweight.weights.DType;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.TensorInfo;

/**
 * A tensor that is stored as it is.
 *
 * @param stored what the model's file calls it
 */
public record StoredTensor(TensorInfo info, ModelDirectory model, String stored) implements ModelTensor {
    /** Under the name that the file has. */
    static StoredTensor of(ModelDirectory model, TensorInfo info) {
        return new StoredTensor(info, model, info.name());
    }

    @Override
    public long storedBytes() {
        return info.bytes();
    }

    @Override
    public BlockSource open(DType cast) {
        return new StoredElements(model, stored, info, cast);
    }

    @Override
    public StoredTensor named(String name) {
        return new StoredTensor(new TensorInfo(name, info.dtype(), info.shape()), model, stored);
    }
}
