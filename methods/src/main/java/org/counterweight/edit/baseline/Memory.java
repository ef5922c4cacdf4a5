package org.counterweight.edit.baseline;

import static org.counterweight.engine.Tensors.linear;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.edit.KeyToken;
import org.counterweight.edit.Queries;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;

/**
 * Memory: softmax(F q + f) over learned values stands in place of a layer's output, always and at every token; q is the key
 * token's activation.
 *
 * <p>The baseline of T. Hartvigsen et al., NeurIPS 2023.
 *
 * @param attention F, {@code [memories, p]}
 * @param attentionBias f, {@code [memories]}
 * @param values {@code [memories, v]}; 100 of them in the paper
 * @param key which token is asked by
 */
public record Memory(Tensor attention, Tensor attentionBias, Tensor values, KeyToken key) implements Tap {
    /** Asked by the last column, as in the official code. */
    public Memory(Tensor attention, Tensor attentionBias, Tensor values) {
        this(attention, attentionBias, values, KeyToken.LAST);
    }

    @Override
    public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
        Tensor recalled = recalled(Queries.of(key, in, pass.batch()).queries());
        return out.dim() == 2 ? recalled : recalled.unsqueeze(1).expand_as(out);
    }

    /** {@code [rows, p] -> [rows, v]}. */
    public Tensor recalled(Tensor query) {
        return torch.matmul(linear(query, attention, attentionBias).softmax(-1), values);
    }

    @Override
    public Map<String, Tensor> trainables() {
        var all = new LinkedHashMap<String, Tensor>();
        all.put("attention.weight", attention);
        all.put("attention.bias", attentionBias);
        all.put("values", values);
        return all;
    }

    @Override
    public Memory with(Map<String, Tensor> tensors) {
        return new Memory(
                tensors.getOrDefault("attention.weight", attention),
                tensors.getOrDefault("attention.bias", attentionBias),
                tensors.getOrDefault("values", values),
                key);
    }
}
