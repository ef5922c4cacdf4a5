package org.counterweight.adapt;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Parametrization;

/** The tensors of several adapters at one weight, under {@code 0., 1., …}: two may bear the same name. */
public record Numbered(List<Parametrization> adapters) {
    public Numbered {
        adapters = List.copyOf(adapters);
    }

    public Map<String, Tensor> trainables() {
        return all(Parametrization::trainables);
    }

    public Map<String, Tensor> tensors() {
        return all(Parametrization::tensors);
    }

    private Map<String, Tensor> all(Function<Parametrization, Map<String, Tensor>> of) {
        var all = new LinkedHashMap<String, Tensor>();
        for (int k = 0; k < adapters.size(); k++) {
            String prefix = k + ".";
            of.apply(adapters.get(k)).forEach((name, tensor) -> all.put(prefix + name, tensor));
        }
        return all;
    }

    /**
     * The adapters with these tensors in place of their own.
     *
     * @param tensors by the names of {@link #trainables}, of the shapes that those have; what is not there stays
     */
    public List<Parametrization> with(Map<String, Tensor> tensors) {
        var changed = new ArrayList<Parametrization>();
        for (int k = 0; k < adapters.size(); k++) {
            var own = new LinkedHashMap<String, Tensor>();
            String prefix = k + ".";
            tensors.forEach((name, tensor) -> {
                if (name.startsWith(prefix)) {
                    own.put(name.substring(prefix.length()), tensor);
                }
            });
            changed.add(adapters.get(k).with(own));
        }
        return changed;
    }
}
