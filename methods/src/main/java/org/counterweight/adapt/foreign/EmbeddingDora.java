package org.counterweight.adapt.foreign;

import static org.bytedeco.pytorch.global.torch.embedding;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.linear;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Saved;
import org.counterweight.adapt.lowrank.Dora;
import org.counterweight.adapt.lowrank.DoraConfig;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;

/**
 * {@link Dora} at an embedding table, {@code [vocabulary, width]}: it sees the table the other way round, so that there is
 * one magnitude for each component, over all words. PEFT stores it so.
 *
 * @param dora of the table turned round, A {@code [r, vocabulary]}, B {@code [width, r]}
 */
public record EmbeddingDora(Dora dora) implements Parametrization {
    private static final String A = "lora_embedding_A";
    private static final String B = "lora_embedding_B";
    private static final String MAGNITUDE = "lora_magnitude_vector";

    /** The adapter from its saved tensors. */
    public static EmbeddingDora restore(String module, Tensor base, DoraConfig config, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        var adapter = new EmbeddingDora(Dora.of(
                config,
                base.t(),
                saved.trained(A, config.r(), base.size(0)),
                saved.trained(B, base.size(1), config.r()),
                saved.trained(MAGNITUDE, base.size(1))));
        saved.done();
        return adapter;
    }

    @Override
    public Tensor weight(Tensor base) {
        return dora.weight(base.t()).t();
    }

    /** The rows of the ids alone, m / n times each: the table W' is never built. */
    @Override
    public Tensor lookup(Tensor ids, Tensor base) {
        Tensor low = linear(embedding(dora.a().t(), ids), dora.b(), null); // [..., width]
        Tensor rows =
                Tensors.add(embedding(base, ids), as(low, base), dora.config().scale());
        return rows.mul(as(dora.magnitude().div(dora.norms(base.t())), base));
    }

    @Override
    public EmbeddingDora with(Map<String, Tensor> tensors) {
        return new EmbeddingDora(new Dora(
                dora.config(),
                tensors.getOrDefault(A, dora.a()),
                tensors.getOrDefault(B, dora.b()),
                tensors.getOrDefault(MAGNITUDE, dora.magnitude()),
                dora.baseSquares()));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of(A, dora.a(), B, dora.b(), MAGNITUDE, dora.magnitude());
    }
}
