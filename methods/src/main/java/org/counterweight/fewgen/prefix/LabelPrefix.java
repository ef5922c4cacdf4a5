package org.counterweight.fewgen.prefix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Past;
import org.counterweight.model.Prefix;
import org.counterweight.model.module.AttentionSpec;

/**
 * The prefix of one label as one tensor.
 *
 * @param values {@code [layers, 2, heads, places, size]}: of each layer its keys and its values
 */
public record LabelPrefix(Tensor values) {
    public LabelPrefix {
        if (values.dim() != 5 || values.size(1) != 2) {
            throw new IllegalArgumentException("a label's prefix is [layers, 2, heads, places, size], not "
                    + Arrays.toString(Tensors.shape(values)));
        }
    }

    /**
     * What a frozen model keeps of a prompt: with it before a text, the model says what it says of prompt and text together.
     *
     * @param prompt {@code int64 [1, places]}
     * @throws IllegalArgumentException if the model has no attention that takes a prefix, or fewer positions
     */
    public static LabelPrefix of(Model model, Params frozen, Tensor prompt) {
        List<AttentionSpec> attentions = attentions(model);
        var parts = new ArrayList<Tensor>();
        try (var off = Tensors.noGrad();
                var past = new Past()) {
            model.forward(frozen, new Batch(Map.of(Batch.INPUT_IDS, prompt)), Pass.after(past))
                    .hidden();
            for (AttentionSpec attention : attentions) {
                parts.add(kept(past, attention.name() + ".key"));
                parts.add(kept(past, attention.name() + ".value"));
            }
            Tensor all = torch.stack(new TensorVector(parts.toArray(Tensor[]::new)), 0);
            return new LabelPrefix(all.view(attentions.size(), 2, all.size(1), all.size(2), all.size(3)));
        }
    }

    private static Tensor kept(Past past, String name) {
        Tensor found = past.kept(name);
        if (found == null) {
            throw new IllegalArgumentException("the model keeps nothing of a prompt under " + name);
        }
        return found.select(0, 0);
    }

    private static List<AttentionSpec> attentions(Model model) {
        if (model.attentions().isEmpty()) {
            throw new IllegalArgumentException(
                    model.getClass().getSimpleName() + " has no attention that takes a prefix");
        }
        return model.attentions();
    }

    /** Before a text in that model; gradients flow back to {@link #values}. */
    public Prefix before(Model model) {
        List<AttentionSpec> attentions = attentions(model);
        if (attentions.size() != values.size(0)) {
            throw new IllegalArgumentException(
                    "a prefix of " + values.size(0) + " layers for a model of " + attentions.size());
        }
        var byAttention = new LinkedHashMap<String, Prefix.KeyValue>();
        for (int layer = 0; layer < attentions.size(); layer++) {
            Tensor both = values.select(0, layer);
            byAttention.put(attentions.get(layer).name(), new Prefix.KeyValue(both.select(0, 0), both.select(0, 1)));
        }
        return new Prefix(byAttention);
    }

    /** PEFT's {@code prompt_embeddings} {@code [places, layers · 2 · heads · size]}: a row a place, layers first in it. */
    public Tensor table() {
        return values.permute(3, 0, 1, 2, 4).reshape(values.size(3), -1).contiguous();
    }

    /**
     * Of PEFT's table.
     *
     * @param table {@code [places, layers · 2 · heads · size]}
     */
    public static LabelPrefix of(Tensor table, long layers, long heads, long size) {
        return new LabelPrefix(table.view(table.size(0), layers, 2, heads, size)
                .permute(1, 2, 3, 0, 4)
                .contiguous());
    }
}
