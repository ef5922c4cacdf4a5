package org.counterweight.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.module.AttentionSpec;

/**
 * Keys and values that are trained, before those of the text in every attention of a transformer; everything sees them.
 *
 * <p>X. L. Li and P. Liang, "Prefix-Tuning: Optimizing Continuous Prompts for Generation", ACL 2021, without the network that
 * makes the prefix while it is trained. As in PEFT, the text's positions count from the length of the prefix on, and rotary
 * positions do not turn its keys.
 *
 * @param byAttention by the full name of the attention module; all of one length
 */
public record Prefix(Map<String, KeyValue> byAttention) {
    private static final String KEY = ".prefix_key";
    private static final String VALUE = ".prefix_value";

    /**
     * What stands before one attention.
     *
     * @param key {@code [heads, length, size]}
     * @param value {@code [heads, length, size]}
     */
    public record KeyValue(Tensor key, Tensor value) {}

    /** @throws IllegalArgumentException if there are none, or lengths differ */
    public Prefix {
        byAttention = Collections.unmodifiableMap(new LinkedHashMap<>(byAttention));
        long[] lengths = byAttention.values().stream()
                .flatMapToLong(
                        one -> LongStream.of(one.key().size(1), one.value().size(1)))
                .distinct()
                .toArray();
        if (lengths.length != 1) {
            throw new IllegalArgumentException(
                    "a prefix has one length in every attention, not " + Arrays.toString(lengths));
        }
    }

    /**
     * A fresh one, normal with that deviation, to be trained.
     *
     * @throws IllegalArgumentException if the model has no attention that takes one, or {@code length} is less than 1
     */
    public static Prefix create(Model model, long length, double deviation, Generator random) {
        if (length < 1) {
            throw new IllegalArgumentException("a prefix of " + length + " places; it needs at least 1");
        }
        if (model.attentions().isEmpty()) {
            throw new IllegalArgumentException(
                    model.getClass().getSimpleName() + " has no attention that takes a prefix");
        }
        var byAttention = new LinkedHashMap<String, KeyValue>();
        for (AttentionSpec attention : model.attentions()) {
            long[] shape = {attention.heads(), length, attention.size()};
            byAttention.put(
                    attention.name(), new KeyValue(drawn(shape, deviation, random), drawn(shape, deviation, random)));
        }
        return new Prefix(byAttention);
    }

    /** How many places it has. */
    public long length() {
        return byAttention.values().iterator().next().key().size(1);
    }

    /** Its tensors, under the names of their attentions: {@code …attn.prefix_key}, {@code …attn.prefix_value}. */
    public Map<String, Tensor> trainables() {
        var all = new LinkedHashMap<String, Tensor>();
        byAttention.forEach((name, one) -> {
            all.put(name + KEY, one.key());
            all.put(name + VALUE, one.value());
        });
        return Collections.unmodifiableMap(all);
    }

    /** The same with these tensors in place of its own, by the names of {@link #trainables}; what is not among them stays. */
    public Prefix with(Map<String, Tensor> tensors) {
        var changed = new LinkedHashMap<>(byAttention);
        changed.replaceAll((name, one) -> new KeyValue(
                tensors.getOrDefault(name + KEY, one.key()), tensors.getOrDefault(name + VALUE, one.value())));
        return new Prefix(changed);
    }

    private static Tensor drawn(long[] shape, double deviation, Generator random) {
        return torch.empty(shape)
                .normal_(0, deviation, Tensors.optional(random))
                .requires_grad_(true);
    }
}
