package org.counterweight.adapt;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Several adapters on one weight, in order: each acts on the weight that those before it have changed. Adapters that add
 * something may stand in any order; the order of others, such as bat, matters. Merging the adapters one by one in the same
 * order gives the same weight.
 *
 * <p>All but the last build their weight; dropout acts in the last.
 *
 * @param adapters at least one
 */
public record AdapterStack(List<Parametrization> adapters) implements Parametrization {
    public AdapterStack {
        adapters = List.copyOf(adapters);
        if (adapters.isEmpty()) {
            throw new IllegalArgumentException("a stack of adapters needs at least one");
        }
    }

    public static AdapterStack of(Parametrization... adapters) {
        return new AdapterStack(List.of(adapters));
    }

    @Override
    public Tensor weight(Tensor base) {
        Tensor weight = base;
        for (Parametrization adapter : adapters) {
            weight = adapter.weight(weight);
        }
        return weight;
    }

    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        Tensor weight = base;
        for (Parametrization adapter : adapters.subList(0, adapters.size() - 1)) {
            weight = adapter.weight(weight);
        }
        return adapters.get(adapters.size() - 1).apply(x, weight, bias, pass);
    }

    @Override
    public AdapterStack with(Map<String, Tensor> tensors) {
        return new AdapterStack(new Numbered(adapters).with(tensors));
    }

    /** Those of each adapter, under {@code 0., 1., …}. */
    @Override
    public Map<String, Tensor> trainables() {
        return new Numbered(adapters).trainables();
    }

    @Override
    public Map<String, Tensor> tensors() {
        return new Numbered(adapters).tensors();
    }
}
