package org.counterweight.spark.federate;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/** Tensors by name as bytes, for the way between processes; each of at most 2 GiB. */
record TensorBytes(List<Entry> entries) implements Serializable {
    private static final long serialVersionUID = 1;

    /** One of them. */
    private record Entry(String name, ScalarType type, long[] shape, byte[] bytes) implements Serializable {
        private static final long serialVersionUID = 1;

        static Entry of(String name, Tensor tensor) {
            try (var scope = Scope.open()) {
                Tensor whole = tensor.detach().cpu().contiguous();
                ByteBuffer from = Tensors.bytes(whole);
                byte[] bytes = new byte[from.remaining()];
                from.get(bytes);
                return new Entry(name, whole.scalar_type().intern(), Tensors.shape(whole), bytes);
            }
        }

        Tensor tensor() {
            Tensor tensor = torch.empty(shape, Tensors.options(type), null);
            Tensors.bytes(tensor).put(bytes);
            return tensor;
        }
    }

    static TensorBytes of(Map<String, Tensor> tensors) {
        var entries = new ArrayList<Entry>();
        tensors.forEach((name, tensor) -> entries.add(Entry.of(name, tensor)));
        return new TensorBytes(entries);
    }

    /** Tensors of the open scope, in the order in which they were packed. */
    Map<String, Tensor> tensors() {
        var tensors = new LinkedHashMap<String, Tensor>();
        entries.forEach(entry -> tensors.put(entry.name(), entry.tensor()));
        return tensors;
    }
}
