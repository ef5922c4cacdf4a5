package org.counterweight.weights;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Where named tensors come from: a file, a directory of shards. Headers are known at once, tensors are read when asked. */
public interface WeightsSource extends AutoCloseable {
    /** Every tensor's name, type and shape. */
    Map<String, TensorInfo> tensors();

    /** The file's own remarks, the ledger among them. */
    Map<String, String> metadata();

    /**
     * The tensor of that name, as stored. Belongs to the scope that is open, and is valid until this source is closed: it
     * may be a view of a mapped file, which must not be written to.
     *
     * @throws WeightsException if there is none
     */
    Tensor tensor(String name);

    /** All tensors, by name. */
    default Map<String, Tensor> all() {
        var all = new LinkedHashMap<String, Tensor>();
        tensors().keySet().forEach(name -> all.put(name, tensor(name)));
        return all;
    }

    @Override
    void close();
}
