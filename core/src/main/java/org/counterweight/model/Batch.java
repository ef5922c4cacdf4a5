package org.counterweight.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of data, and what stands around them. The names are Hugging Face's: {@code input_ids}, {@code attention_mask},
 * {@code token_type_ids}, {@code position_ids}, {@code decoder_input_ids}, {@code pixel_values}, {@code labels}; {@code inputs} are the numbers of
 * a table's row, and {@code row} holds each row's number in its data set.
 *
 * @param tensors those whose first dimension is the row
 * @param context those that belong to the batch as a whole and are never cut by rows: a graph's edges and their weights
 */
public record Batch(Map<String, Tensor> tensors, Map<String, Tensor> context) {
    public static final String INPUT_IDS = "input_ids";
    public static final String ATTENTION_MASK = "attention_mask";
    public static final String DECODER_INPUT_IDS = "decoder_input_ids";
    public static final String DECODER_ATTENTION_MASK = "decoder_attention_mask";
    public static final String POSITION_IDS = "position_ids";
    public static final String TOKEN_TYPE_IDS = "token_type_ids";
    public static final String PIXEL_VALUES = "pixel_values";
    public static final String INPUTS = "inputs";
    public static final String LABELS = "labels";
    public static final String ROW = "row";

    /** @throws IllegalArgumentException if a name stands in both */
    public Batch {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        context = Collections.unmodifiableMap(new LinkedHashMap<>(context));
        for (String name : context.keySet()) {
            if (tensors.containsKey(name)) {
                throw new IllegalArgumentException(name + " cannot be both a batch's rows and its context");
            }
        }
    }

    /** Rows without a context. */
    public Batch(Map<String, Tensor> tensors) {
        this(tensors, Map.of());
    }

    /** How many rows. */
    public long rows() {
        return tensors.values().iterator().next().size(0);
    }

    /**
     * The tensor of that name, of the rows or of the context.
     *
     * @throws IllegalArgumentException if the batch has none
     */
    public Tensor get(String name) {
        Tensor tensor = find(name);
        if (tensor == null) {
            var known = new ArrayList<>(tensors.keySet());
            known.addAll(context.keySet());
            throw new IllegalArgumentException("the batch has no " + name + "; it has " + String.join(", ", known));
        }
        return tensor;
    }

    /** The tensor of that name, or null. */
    public @Nullable Tensor find(String name) {
        Tensor tensor = tensors.get(name);
        return tensor == null ? context.get(name) : tensor;
    }

    /** {@code int64 [rows, length]}. */
    public Tensor inputIds() {
        return get(INPUT_IDS);
    }

    /**
     * {@code int64 [rows]} classes, {@code [rows, length]} tokens with −100 where there is nothing to predict, or
     * {@code float32 [rows, outputs]} scores.
     */
    public Tensor labels() {
        return get(LABELS);
    }

    /** The same on that device. */
    public Batch to(Device device) {
        UnaryOperator<Tensor> move = tensor -> Tensors.to(tensor, device);
        return new Batch(each(tensors, move), each(context, move));
    }

    /**
     * The rows at these places, in that order, in the same context.
     *
     * @param places {@code int64 [n]}, each in [0, rows)
     */
    public Batch rows(Tensor places) {
        return new Batch(each(tensors, tensor -> tensor.index_select(0, places)), context);
    }

    /** The rows from {@code from}, up to and without {@code to}, in the same context. */
    public Batch slice(long from, long to) {
        return new Batch(each(tensors, tensor -> Tensors.slice(tensor, 0, from, to)), context);
    }

    /** With a tensor of the rows, in place of the one of that name or beside the others. */
    public Batch with(String name, Tensor tensor) {
        var more = new LinkedHashMap<>(tensors);
        more.put(name, tensor);
        return new Batch(more, context);
    }

    /** With a tensor of the context, in place of the one of that name or beside the others. */
    public Batch withContext(String name, Tensor tensor) {
        var more = new LinkedHashMap<>(context);
        more.put(name, tensor);
        return new Batch(tensors, more);
    }

    private static Map<String, Tensor> each(Map<String, Tensor> tensors, UnaryOperator<Tensor> change) {
        var changed = new LinkedHashMap<>(tensors);
        changed.replaceAll((name, tensor) -> change.apply(tensor));
        return changed;
    }
}
