package org.counterweight.adapt.compacter;

import java.util.LinkedHashMap;
import java.util.List;
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
    private static final String DOWN = "adapter_down.";
    private static final String UP = "adapter_up.";
    private static final String NORM_AFTER = "adapter_norm_after";

    @Override
    public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
        return apply(out);
    }

    /** The adapter's function of an activation, {@code [..., width]}. */
    public Tensor apply(Tensor of) {
        Tokens tokens = Tokens.of(of);
        Tensor x = tokens.matrix();
        Tensor seen = original == null ? x : original.apply(x);
        Tensor h = activation.apply(down.apply(before == null ? seen : before.apply(seen)));
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
    public Bottleneck with(Map<String, Tensor> tensors) {
        return new Bottleneck(
                name,
                down.with(ofProjection(tensors, downName())),
                up.with(ofProjection(tensors, UP)),
                activation,
                before == null ? null : before.with(tensors, DOWN + "0"),
                after == null ? null : after.with(tensors, NORM_AFTER),
                original);
    }

    /** What is one projection's, without its name, and what all have in common. */
    private Map<String, Tensor> ofProjection(Map<String, Tensor> tensors, String projection) {
        var own = new LinkedHashMap<String, Tensor>();
        for (String owner : List.of(sharedName(), projection)) {
            tensors.forEach((key, tensor) -> {
                if (key.startsWith(owner)) {
                    own.put(key.substring(owner.length()), tensor);
                }
            });
        }
        return own;
    }

    private String downName() {
        return before == null ? DOWN + "0." : DOWN + "1.";
    }

    private String sharedName() {
        return "shared_parameters." + name + ".";
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
            all.put(DOWN + "0.weight", before.weight());
            all.put(DOWN + "0.bias", before.bias());
        }
        of.apply(down).forEach((key, tensor) -> all.put(downName() + key, tensor));
        of.apply(up).forEach((key, tensor) -> all.put(UP + key, tensor));
        if (after != null) {
            all.put(NORM_AFTER + ".weight", after.weight());
            all.put(NORM_AFTER + ".bias", after.bias());
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
        of.apply(down).forEach((key, tensor) -> all.put(sharedName() + key, tensor));
        of.apply(up).forEach((key, tensor) -> all.put(sharedName() + key, tensor));
        return all;
    }
}
