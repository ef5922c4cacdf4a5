package org.counterweight.adapt.foreign;

import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Saved;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.weights.WeightsException;

/**
 * (IA)³: a factor for each output, W' = diag(l) W, or in feed-forward parts for each input, W' = W diag(l).
 *
 * <p>H. Liu et al., "Few-Shot Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context Learning", NeurIPS 2022,
 * section 3.3. Factors of outputs scale what the whole module gives, its bias too: {@link #scaled}. At a convolution they are
 * factors of channels.
 *
 * @param l the factors: {@code [out, 1]} of outputs, {@code [1, in]} of inputs; at a convolution {@code [1, out or in, 1…]}
 * @param ofInputs which of the two they are
 */
public record Ia3(Tensor l, boolean ofInputs) implements Parametrization {
    private static final String FACTORS = "ia3_l";
    private static final int MATRIX = 2; // dimensions

    /**
     * The adapter from its saved tensors.
     *
     * @param base {@code [out, in]}, or a convolution's {@code [out, in / groups, kernel…]}
     */
    public static Ia3 restore(String module, Tensor base, boolean ofInputs, Map<String, Tensor> tensors) {
        var saved = new Saved(module, tensors);
        var adapter = new Ia3(saved.trained(FACTORS, shape(base, ofInputs)), ofInputs);
        saved.done();
        if (ofInputs && adapter.l.size(1) % base.size(1) != 0) {
            throw new WeightsException(module + "." + FACTORS + ": " + adapter.l.size(1)
                    + " factors of inputs, but the base sees groups of " + base.size(1));
        }
        return adapter;
    }

    private static long[] shape(Tensor base, boolean ofInputs) {
        if (base.dim() == MATRIX) {
            return ofInputs ? new long[] {1, base.size(1)} : new long[] {base.size(0), 1};
        }
        long[] shape = Tensors.shape(base);
        Arrays.fill(shape, 1);
        shape[1] =
                ofInputs ? -1 : base.size(0); // as many inputs as groups have together, which the kernel does not tell
        return shape;
    }

    @Override
    public Tensor weight(Tensor base) {
        if (!ofInputs) {
            return Tensors.as(base.mul(base.dim() == MATRIX ? l : l.transpose(0, 1)), base);
        }
        long groups = l.size(1) / base.size(1);
        Tensor ofGroups = l.unflatten(1, groups, -1).transpose(0, 1); // [groups, 1, in / groups, 1…]
        return Tensors.as(base.unflatten(0, groups, -1).mul(ofGroups).flatten(0, 1), base);
    }

    /**
     * The bias of a module whose outputs are scaled, {@code [out]}: whoever puts the adapter on a model puts it in place of
     * the module's own, which {@link #bias} then leaves as it is.
     */
    public Tensor scaled(Tensor base) {
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
