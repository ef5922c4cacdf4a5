package org.counterweight.datasets.foreign;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsSource;

/**
 * A BERT that TensorFlow saved, under the names and in the layout of Hugging Face's {@code BertForMaskedLM}: kernels are
 * transposed to {@code [out, in]}. The output layer is the word embeddings, and is not repeated.
 */
public final class TensorFlowBert implements WeightsSource {
    private final TensorFlowBundle bundle;
    private final Map<String, String> originals = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    /** Closes {@code bundle} when it is closed. */
    public TensorFlowBert(TensorFlowBundle bundle) {
        this.bundle = bundle;
        for (TensorInfo info : bundle.tensors().values()) {
            String name = name(info.name());
            long[] shape = info.shape();
            if (isKernel(info.name())) {
                if (shape.length != 2) {
                    throw new WeightsException(info + ": a kernel is a matrix");
                }
                shape = new long[] {shape[1], shape[0]};
            }
            originals.put(name, info.name());
            if (tensors.put(name, new TensorInfo(name, info.dtype(), shape, info.offset())) != null) {
                throw new WeightsException("two tensors of the checkpoint have the name " + name);
            }
        }
    }

    /** {@code module/bert/encoder/layer_0/output/dense/kernel} becomes {@code bert.encoder.layer.0.output.dense.weight}. */
    static String name(String original) {
        String name = original.replaceFirst("^module/", "")
                .replace("cls/predictions/output_bias", "cls/predictions/bias")
                .replace('/', '.')
                .replaceAll("\\blayer_(\\d+)\\b", "layer.$1")
                .replaceFirst("\\.(kernel|gamma)$", ".weight")
                .replaceFirst("\\.beta$", ".bias");
        return name.endsWith("_embeddings") ? name + ".weight" : name;
    }

    private static boolean isKernel(String original) {
        return original.endsWith("/kernel");
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Map<String, String> metadata() {
        return bundle.metadata();
    }

    @Override
    public Tensor tensor(String name) {
        String original = originals.get(name);
        if (original == null) {
            throw new WeightsException("the checkpoint has no tensor " + name);
        }
        Tensor stored = bundle.tensor(original);
        return isKernel(original) ? stored.t().contiguous() : stored;
    }

    @Override
    public void close() {
        bundle.close();
    }
}
