package org.counterweight.adapt;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.WeightsException;

/** The saved tensors of one module's adapter: each must be there, fit, be finite, and be asked for. */
public final class Saved {
    private static final long ANY = -1;

    private final String module;
    private final Map<String, Tensor> left;

    /**
     * @param module the name of the adapted module, for messages
     * @param tensors by the names behind the module's, of any shapes
     */
    public Saved(String module, Map<String, Tensor> tensors) {
        this.module = module;
        this.left = new LinkedHashMap<>(tensors);
    }

    public boolean has(String name) {
        return left.containsKey(name);
    }

    /**
     * The tensor of that name, to be trained on.
     *
     * @param shape the sizes it must have; a negative size stands for any
     */
    public Tensor trained(String name, long... shape) {
        return fixed(name, shape).requires_grad_(true);
    }

    /**
     * The tensor of that name, as it is.
     *
     * @param shape the sizes it must have; a negative size stands for any
     */
    public Tensor fixed(String name, long... shape) {
        Tensor tensor = left.remove(name);
        if (tensor == null) {
            throw new WeightsException(
                    module + ": the adapter has no " + name + "; the file is incomplete or of another" + " method");
        }
        long[] found = Tensors.shape(tensor);
        boolean fits = found.length == shape.length;
        for (int i = 0; fits && i < shape.length; i++) {
            fits = shape[i] <= ANY || shape[i] == found[i];
        }
        if (!fits) {
            throw new WeightsException(module + "." + name + ": " + Arrays.toString(found) + ", expected "
                    + Arrays.toString(shape).replace("-1", "any")
                    + "; the adapter belongs to another base or another rank");
        }
        if (!tensor.isfinite().all().item_bool()) {
            throw new WeightsException(module + "." + name + ": holds NaN or infinite values; the adapter is damaged");
        }
        return tensor;
    }

    /** Nothing may be left. */
    public void done() {
        if (!left.isEmpty()) {
            throw new WeightsException(module + ": unexpected tensors " + left.keySet() + " in the adapter");
        }
    }
}
