package org.counterweight.adapt.lowrank;

import static org.bytedeco.pytorch.global.torch.embedding;
import static org.bytedeco.pytorch.global.torch.mm;
import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.linear;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Saved;
import org.counterweight.model.Parametrization;

/**
 * {@link Lora} at an embedding table: W' = W + s (B A)^T, the table being {@code [vocabulary, width]}, the other way round
 * than a linear layer's weight. PEFT stores it so.
 *
 * @param a A, {@code [r, vocabulary]}
 * @param b B, {@code [width, r]}
 * @param scale s
 */
public record EmbeddingLora(Tensor a, Tensor b, double scale) implements Parametrization {

    /** The adapter from its saved tensors. */
    public static EmbeddingLora restore(String module, Tensor base, int r, double scale, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        var adapter = new EmbeddingLora(
                saved.trained("lora_embedding_A", r, base.size(0)),
                saved.trained("lora_embedding_B", base.size(1), r),
                scale);
        saved.done();
        return adapter;
    }

    @Override
    public Tensor weight(Tensor base) {
        return as(add(base, mm(a.t(), b.t()), scale), base);
    }

    /** The rows of the ids alone: the table W' is never built. */
    @Override
    public Tensor lookup(Tensor ids, Tensor base) {
        Tensor low = embedding(a.t(), ids); // [..., r]
        return add(embedding(base, ids), as(linear(low, b, null), base), scale);
    }

    @Override
    public EmbeddingLora with(Map<String, Tensor> tensors) {
        return new EmbeddingLora(
                tensors.getOrDefault("lora_embedding_A", a), tensors.getOrDefault("lora_embedding_B", b), scale);
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of("lora_embedding_A", a, "lora_embedding_B", b);
    }
}
