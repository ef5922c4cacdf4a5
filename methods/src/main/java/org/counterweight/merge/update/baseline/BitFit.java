package org.counterweight.merge.update.baseline;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * An update that moves the biases only.
 *
 * <p>E. Ben Zaken, S. Ravfogel, Y. Goldberg, "BitFit: simple parameter-efficient fine-tuning for transformer-based masked
 * language-models", ACL 2022.
 */
public final class BitFit {
    private BitFit() {}

    /** The model with copies of its biases that require a gradient; every other tensor is shared and frozen. */
    public static Map<String, Tensor> trainable(Map<String, Tensor> weights) {
        var some = new LinkedHashMap<String, Tensor>();
        weights.forEach((name, tensor) -> some.put(
                name,
                name.equals("bias") || name.endsWith(".bias")
                        ? tensor.detach().clone().requires_grad_(true)
                        : tensor.detach()));
        return some;
    }
}
