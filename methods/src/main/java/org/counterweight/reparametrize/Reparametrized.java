package org.counterweight.reparametrize;

import static org.counterweight.engine.Tensors.as;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.counterweight.model.Transposed;
import org.counterweight.model.module.Convolution;
import org.counterweight.model.module.ModuleSpec.Layout;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Latent} in place of a model's weight. The base, which the weight does not depend on, says the type of the result.
 *
 * @param part the last part of the weight's name: {@code weight}, {@code weight_ih_l0}
 * @param layout in which the model stores the weight
 * @param centred mean-only batch normalisation behind the product; null for none
 */
public record Reparametrized(
        Latent latent, String part, Layout layout, @Nullable MeanOnly centred) implements Parametrization {
    private static final long CHANNELS = 1;

    /** What stands at a weight, in the wrapper that its layout needs. */
    public Parametrization placed() {
        return layout == Layout.IN_FIRST ? new Transposed(this) : this;
    }

    /** What stands there, out of that wrapper; null if it is none of these. */
    public static @Nullable Reparametrized of(@Nullable Parametrization placed) {
        Parametrization inner = placed instanceof Transposed transposed ? transposed.inner() : placed;
        return inner instanceof Reparametrized found ? found : null;
    }

    @Override
    public Tensor weight(Tensor base) {
        return turned(latent.weight(), base);
    }

    @Override
    public Tensor weight(Tensor base, Pass pass) {
        return turned(pass.isTwiceDifferentiable() ? latent.weight() : latent.weightOnce(), base);
    }

    private Tensor turned(Tensor stored, Tensor base) {
        return as(layout == Layout.IN_FIRST ? stored.transpose(0, 1) : stored, base);
    }

    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        return centred == null
                ? Tensors.linear(x, weight(base, pass), bias)
                : centred.apply(Tensors.linear(x, weight(base, pass), null), bias, -1, pass);
    }

    @Override
    public Tensor convolve(Tensor x, Tensor base, @Nullable Tensor bias, Convolution shape, Pass pass) {
        return centred == null
                ? shape.apply(x, weight(base, pass), bias)
                : centred.apply(shape.apply(x, weight(base, pass), null), bias, CHANNELS, pass);
    }

    /** Without what the running mean takes away. */
    @Override
    public Tensor bias(Tensor base) {
        return centred == null ? base : base.sub(as(centred.running(), base));
    }

    @Override
    public Reparametrized with(Map<String, Tensor> tensors) {
        var own = new LinkedHashMap<String, Tensor>();
        tensors.forEach((name, tensor) ->
                own.put(name.startsWith(prefix()) ? name.substring(prefix().length()) : name, tensor));
        return new Reparametrized(latent.with(own), part, layout, centred);
    }

    @Override
    public Map<String, Tensor> trainables() {
        return prefixed(latent.trainables());
    }

    @Override
    public Map<String, Tensor> shared() {
        return latent.shared();
    }

    @Override
    public Map<String, Tensor> statistics() {
        var moved = prefixed(latent.fixed());
        if (centred != null) {
            moved.put(MeanOnly.RUNNING, centred.running());
        }
        return moved;
    }

    @Override
    public Map<String, Tensor> tensors() {
        var all = prefixed(latent.trainables());
        all.putAll(statistics());
        return all;
    }

    private String prefix() {
        return "parametrizations." + part + ".";
    }

    private Map<String, Tensor> prefixed(Map<String, Tensor> tensors) {
        var named = new TreeMap<String, Tensor>(); // the order in which they are stepped and saved
        tensors.forEach((name, tensor) -> named.put(prefix() + name, tensor));
        return named;
    }
}
