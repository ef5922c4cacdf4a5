package org.counterweight.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of data, as named tensors whose first dimension is the row. The names are Hugging Face's: {@code input_ids},
 * {@code attention_mask}, {@code token_type_ids}, {@code pixel_values}, {@code labels}; {@code row} holds each row's number
 * in its data set.
 */
public record Batch(Map<String, Tensor> tensors) {
    public static final String INPUT_IDS = "input_ids";
    public static final String ATTENTION_MASK = "attention_mask";
    public static final String TOKEN_TYPE_IDS = "token_type_ids";
    public static final String PIXEL_VALUES = "pixel_values";
    public static final String LABELS = "labels";
    public static final String ROW = "row";

    public Batch {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /** How many rows. */
    public long rows() {
        return tensors.values().iterator().next().size(0);
    }

    /**
     * The tensor of that name.
     *
     * @throws IllegalArgumentException if the batch has none
     */
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "the batch has no " + name + "; it has " + String.join(", ", tensors.keySet()));
        }
        return tensor;
    }

    /** The tensor of that name, or null. */
    public @Nullable Tensor find(String name) {
        return tensors.get(name);
    }

    /** {@code int64 [rows, length]}. */
    public Tensor inputIds() {
        return get(INPUT_IDS);
    }

    /** {@code int64 [rows]} classes, or {@code [rows, length]} tokens with −100 where there is nothing to predict. */
    public Tensor labels() {
        return get(LABELS);
    }

    /** The same rows on that device. */
    public Batch to(Device device) {
        var moved = new LinkedHashMap<>(tensors);
        moved.replaceAll((name, tensor) -> Tensors.to(tensor, device));
        return new Batch(moved);
    }

    public Batch with(String name, Tensor tensor) {
        var more = new LinkedHashMap<>(tensors);
        more.put(name, tensor);
        return new Batch(more);
    }
}
