package org.counterweight.adapt.compacter;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.lowrank.Tokens;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;
import org.counterweight.model.part.Activation;
import org.jspecify.annotations.Nullable;

/**
 * A bottleneck adapter with its own skip connection: x + N_after(U(act(D(N_before(x))))).
 *
 * <p>N. Houlsby et al., "Parameter-Efficient Transfer Learning for NLP", ICML 2019, with dense projections; Compacter with
 * {@link PhmProjection hypercomplex} ones. Where it stands is a {@link Placement}.
 *
 * <p>It cannot be merged into a weight: the activation stands between the two projections. {@link #densified} makes it an
 * ordinary adapter instead.
 *
 * @param down D, width to bottleneck
 * @param up U, bottleneck to width
 * @param before a normalisation of its own, or null
 * @param after a normalisation of its own, or null
 * @param original the model's normalisation, which AdapterHub's {@code seq_bn} applies to what goes in; not trained here
 * @param name the adapter's name, under which what it shares with others is kept apart
 */
public record Bottleneck(
        String name,
        Projection down,
        Projection up,
        Activation activation,
        @Nullable Norm before,
        @Nullable Norm after,
        @Nullable Norm original)
        implements Tap {

    @Override
    public Tensor apply(Tensor activation, Pass pass) {
        Tokens tokens = Tokens.of(activation);
        Tensor x = tokens.matrix();
        Tensor seen = original == null ? x : original.apply(x);
        Tensor h = this.activation.apply(down.apply(before == null ? seen : before.apply(seen)));
        Tensor y = up.apply(h);
        return tokens.restore(x.add(after == null ? y : after.apply(y)));
    }

    /** The same function with ordinary projections. */
    public Bottleneck densified() {
        return new Bottleneck(name, dense(down), dense(up), activation, before, after, original);
    }

    private static Projection dense(Projection projection) {
        Tensor weight = projection.matrix().t().contiguous();
        Tensor bias = projection.bias();
        return new DenseProjection(weight, bias == null ? weight.new_zeros(weight.size(0)) : bias);
    }

    @Override
    public Map<String, Tensor> trainables() {
        return own(Projection::trainables);
    }

    @Override
    public Map<String, Tensor> tensors() {
        return own(Projection::tensors);
    }

    private Map<String, Tensor> own(Function<Projection, Map<String, Tensor>> of) {
        var all = new LinkedHashMap<String, Tensor>();
        if (before != null) {
            all.put("adapter_down.0.weight", before.weight());
            all.put("adapter_down.0.bias", before.bias());
        }
        String index = before == null ? "adapter_down.0." : "adapter_down.1.";
        of.apply(down).forEach((name, tensor) -> all.put(index + name, tensor));
        of.apply(up).forEach((name, tensor) -> all.put("adapter_up." + name, tensor));
        if (after != null) {
            all.put("adapter_norm_after.weight", after.weight());
            all.put("adapter_norm_after.bias", after.bias());
        }
        return all;
    }

    @Override
    public Map<String, Tensor> shared() {
        return common(Projection::shared);
    }

    @Override
    public Map<String, Tensor> sharedTensors() {
        return common(Projection::sharedTensors);
    }

    private Map<String, Tensor> common(Function<Projection, Map<String, Tensor>> of) {
        var all = new LinkedHashMap<String, Tensor>();
        of.apply(down).forEach((key, tensor) -> all.put("shared_parameters." + name + "." + key, tensor));
        of.apply(up).forEach((key, tensor) -> all.put("shared_parameters." + name + "." + key, tensor));
        return all;
    }
}
