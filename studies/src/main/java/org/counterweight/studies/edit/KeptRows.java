package org.counterweight.studies.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;

/** Rows that are come back to after the scope in which they came. */
final class KeptRows implements AutoCloseable {
    private final List<Tensor> owned = new ArrayList<>();

    /** The same row, which stays until this is closed. */
    Batch keep(Batch row) {
        var tensors = new LinkedHashMap<>(row.tensors());
        tensors.replaceAll((name, tensor) -> Scope.own(tensor));
        owned.addAll(tensors.values());
        return new Batch(tensors, row.context());
    }

    @Override
    public void close() {
        owned.forEach(Tensor::close);
    }
}
