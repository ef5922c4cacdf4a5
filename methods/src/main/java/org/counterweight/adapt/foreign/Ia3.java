package org.counterweight.adapt.foreign;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Saved;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;

/**
 * (IA)³: a factor for each output, W' = diag(l) W, or in feed-forward parts for each input, W' = W diag(l).
 *
 * <p>H. Liu et al., "Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context Learning", NeurIPS 2022,
 * section 3.3. Factors of outputs scale what the whole module gives, its bias too: {@link #bias}.
 *
 * @param l the factors: {@code [out, 1]} of outputs, {@code [1, in]} of inputs
 * @param ofInputs which of the two they are
 */
public record Ia3(Tensor l, boolean ofInputs) implements Parametrization {
    private static final String FACTORS = "ia3_l";

    /** The adapter from its saved tensors. */
    public static Ia3 restore(String module, Tensor base, boolean ofInputs, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        long[] shape = ofInputs ? new long[] {1, base.size(1)} : new long[] {base.size(0), 1};
        var adapter = new Ia3(saved.trained(FACTORS, shape), ofInputs);
        saved.done();
        return adapter;
    }

    @Override
    public Tensor weight(Tensor base) {
        return Tensors.as(base.mul(l), base);
    }

    /** The bias of a module whose outputs are scaled, {@code [out]}. */
    public Tensor bias(Tensor base) {
        return ofInputs ? base : Tensors.as(base.mul(l.flatten()), base);
    }

    @Override
    public Ia3 with(Map<String, Tensor> tensors) {
        return new Ia3(tensors.getOrDefault(FACTORS, l), ofInputs);
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of(FACTORS, l);
    }
}
