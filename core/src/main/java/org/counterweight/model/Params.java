package org.counterweight.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Nearest;
import org.counterweight.engine.Tensors;
import org.counterweight.model.module.Convolution;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * The argument of a model: named weights, the parametrizations that stand at some of those names, the taps at named points,
 * and a prefix before the text. Immutable; the tensors in it belong to whoever made them.
 *
 * <p>{@link #at} gives a view with a prefix, so that the code of a layer does not know its number.
 */
public final class Params {
    private final Map<String, Tensor> weights;
    private final Attached attached;
    private final String prefix;

    private Params(Map<String, Tensor> weights, Attached attached, String prefix) {
        this.weights = weights;
        this.attached = attached;
        this.prefix = prefix;
    }

    /** Plain weights, used as they are. Those that require a gradient are trained. */
    public static Params of(Map<String, Tensor> weights) {
        return new Params(Collections.unmodifiableMap(new LinkedHashMap<>(weights)), Attached.NOTHING, "");
    }

    /**
     * With a parametrization at each of these weight names, in place of those that stand there.
     *
     * @throws IllegalArgumentException if there is no weight of such a name
     */
    public Params parametrized(Map<String, ? extends Parametrization> byWeight) {
        for (String name : byWeight.keySet()) {
            if (!weights.containsKey(name)) {
                throw new IllegalArgumentException("there is no weight named " + name + " to parametrize");
            }
        }
        return new Params(weights, attached.parametrized(byWeight), prefix);
    }

    /** With a tap at each of these points, in place of those that stand there. */
    public Params tapped(Map<String, ? extends Tap> byPoint) {
        return new Params(weights, attached.tapped(byPoint), prefix);
    }

    /** With that prefix before the text in every attention, in place of one that stands there. */
    public Params prefixed(Prefix keysAndValues) {
        return new Params(weights, attached.prefixed(keysAndValues), prefix);
    }

    /** With these tensors in place of those of the same name, or beside the others. */
    public Params replacing(Map<String, Tensor> byName) {
        var all = new LinkedHashMap<>(weights);
        all.putAll(byName);
        return new Params(Collections.unmodifiableMap(all), attached, prefix);
    }

    /** The same, seen from {@code path}: {@code at("encoder").at("layer.0")} finds {@code encoder.layer.0.…}. */
    public Params at(String path) {
        return new Params(weights, attached, prefix + path + ".");
    }

    private @Nullable Parametrization parametrization(String name) {
        return attached.parametrizations().get(prefix + name);
    }

    /**
     * The effective weight of that name: computed by its parametrization if it has one.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Tensor weight(String name) {
        Tensor base = base(name);
        Parametrization parametrization = parametrization(name);
        return parametrization == null ? base : parametrization.weight(base);
    }

    /** The same in a form that need not be differentiated more often than the pass says. */
    public Tensor weight(String name, Pass pass) {
        Tensor base = base(name);
        Parametrization parametrization = parametrization(name);
        return parametrization == null ? base : parametrization.weight(base, pass);
    }

    /** The effective weight of that name, or null if there is none. */
    public @Nullable Tensor find(String name) {
        return has(name) ? weight(name) : null;
    }

    /** The full name of what is called {@code name} here. */
    public String path(String name) {
        return prefix + name;
    }

    /** Whether there is a weight of that name. */
    public boolean has(String name) {
        return weights.containsKey(prefix + name);
    }

    /** Where the weights lie, and so where a model computes: the CPU where there are none. */
    public Device device() {
        return weights.isEmpty()
                ? new Device(torch.DeviceType.CPU)
                : weights.values().iterator().next().device();
    }

    private Tensor base(String name) {
        Tensor base = weights.get(prefix + name);
        if (base == null) {
            throw new IllegalArgumentException("the weights have no " + prefix + name);
        }
        return base;
    }

    /**
     * The linear module of that name, {@code x W^T + b}, or what stands in its place. With a weight in bf16 and x in float32
     * the product is taken in bf16.
     *
     * @param x {@code [..., in]}
     * @return {@code [..., out]}, of the type of x
     */
    public Tensor linear(String module, Tensor x, Pass pass) {
        return Tensors.as(product(module, x, pass), x);
    }

    /**
     * {@link #linear} without the way back to the type of x: with a weight held in bf16 the product stays in bf16, for an
     * activation or an attention that loses nothing by it, since the next product would round the same numbers.
     */
    public Tensor product(String module, Tensor x, Pass pass) {
        return module(module).product(x, pass);
    }

    /**
     * {@code x} as several modules multiply it: in bf16 where the weights of all of them are held in it, so that it is rounded
     * once, and their gradients to it are added up in bf16; else itself.
     */
    public Tensor inTypeOf(List<String> modules, Tensor x) {
        boolean isRounded = x.scalar_type().intern() == ScalarType.Float
                && modules.stream()
                        .allMatch(
                                module -> base(module + ".weight").scalar_type().intern() == ScalarType.BFloat16);
        return isRounded ? x.to(ScalarType.BFloat16) : x;
    }

    private StoredModule module(String name) {
        return new StoredModule(
                prefix + name, base(name + ".weight"), find(name + ".bias"), parametrization(name + ".weight"));
    }

    /**
     * A tied head: {@code x T^T + b} with the table T of an embedding, or what stands in its place.
     *
     * @param bias null for none
     */
    public Tensor tied(String embedding, Tensor x, @Nullable Tensor bias, Pass pass) {
        return StoredModule.plain(x, weight(embedding + ".weight"), bias, pass);
    }

    /**
     * A linear module whose weight is stored transposed, {@code [in, out]} (GPT-2's Conv1D). What stands in its place is a
     * {@link Transposed}, so that an adapter sees the weight the usual way round.
     */
    public Tensor conv1d(String module, Tensor x, Pass pass) {
        return module(module).conv1d(x, pass);
    }

    /**
     * A convolution of sequences, images or volumes, or what stands in its place. A transposed one stores its weight {@code
     * [in, out, kernel…]}, so that what stands there is a {@link Transposed}.
     *
     * @param x {@code [rows, in, …]}, with one, two or three dimensions more
     * @return {@code [rows, out, …]}
     */
    public Tensor conv(String module, Tensor x, Convolution shape, Pass pass) {
        return module(module).conv(x, shape, pass);
    }

    /** The rows of an embedding table, {@code [vocabulary, width]}: ids {@code [...]} become {@code [..., width]}. */
    public Tensor embedding(String module, Tensor ids) {
        return module(module).embedding(ids);
    }

    /** The rows of an embedding table from {@code from}, up to and without {@code to}: {@code [to − from, width]}. */
    public Tensor embedding(String module, long from, long to) {
        return module(module).embedding(from, to);
    }

    /**
     * What the tap at that point makes of an activation; the activation itself where there is none.
     *
     * @param in what went into the module or layer at the point
     * @param out what came out of it
     */
    public Tensor tap(String point, Tensor in, Tensor out, Pass pass) {
        Tap tap = attached.taps().get(prefix + point);
        return tap == null ? out : tap.apply(prefix + point, in, out, pass);
    }

    /** The stored weights, by full name, whatever stands in their place. */
    public Map<String, Tensor> weights() {
        return weights;
    }

    public Map<String, Parametrization> parametrizations() {
        return attached.parametrizations();
    }

    public Map<String, Tap> taps() {
        return attached.taps();
    }

    /** What stands before the text in every attention, or null. */
    public @Nullable Prefix prefix() {
        return attached.prefix();
    }

    /** What stands before the text in the attention that this is the view of, or null. */
    public Prefix.@Nullable KeyValue prefixHere() {
        Prefix whole = attached.prefix();
        return whole == null ? null : whole.byAttention().get(prefix.substring(0, Math.max(0, prefix.length() - 1)));
    }

    /** Whether {@link #materialized()} says all: nothing stands in taps, or before the text. */
    public boolean isOfWeightsAlone() {
        return attached.taps().isEmpty() && attached.prefix() == null;
    }

    /**
     * Everything that training moves, by a name that no two share: weights that require a gradient under their own names,
     * a parametrization's tensors under its module's ({@code …query.lora_A.weight}), a tap's under its point's, a prefix's
     * under its attention's, and what taps share once, under the name they give it.
     *
     * @throws IllegalStateException if two taps share different tensors under one name
     */
    public Map<String, Tensor> trainables() {
        var all = new LinkedHashMap<String, Tensor>();
        weights.forEach((name, tensor) -> {
            if (tensor.requires_grad()) {
                all.put(name, tensor);
            }
        });
        all.putAll(attached.trainables());
        return Collections.unmodifiableMap(all);
    }

    /**
     * The same with these tensors in place of the trainables of those names: for steps that are unrolled. They may be results
     * of a computation, through which gradients then reach what it was made of.
     *
     * @throws IllegalArgumentException if nothing of such a name is trained
     */
    public Params withTrainables(Map<String, Tensor> tensors) {
        Set<String> known = trainables().keySet();
        for (String name : tensors.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "nothing named " + name + " is trained" + Nearest.hint(name, known, "Trained:"));
            }
        }
        var replaced = new LinkedHashMap<>(weights);
        replaced.replaceAll((name, old) -> tensors.getOrDefault(name, old));
        return new Params(Collections.unmodifiableMap(replaced), attached.with(tensors), prefix);
    }

    /** What the data moves in parametrizations and taps while training, by full name. */
    public Map<String, Tensor> statistics() {
        return attached.statistics();
    }

    /**
     * Everything that must be saved to have the same again on the same base, by the names of {@link #trainables}: what
     * training moves, and what parametrizations and taps keep fixed.
     */
    public Map<String, Tensor> saved() {
        var all = new LinkedHashMap<>(trainables());
        all.putAll(attached.saved());
        return Collections.unmodifiableMap(all);
    }

    /**
     * The weights as they are in effect: each parametrization computed once, with the bias that goes with it. Nothing is
     * recorded for gradients.
     *
     * @throws WeightsException if a parametrization holds a value that is not finite: it would spoil the whole weight
     */
    public Map<String, Tensor> materialized() {
        return attached.materialized(weights);
    }

    /**
     * One parametrized weight as it is in effect on {@code base}, which may have more digits than the weight held here.
     *
     * @throws WeightsException as {@link #materialized()}
     */
    public Tensor materialized(String name, Tensor base) {
        return attached.materialized(name, base);
    }

    /** The names of the parametrized weights. */
    public Set<String> parametrized() {
        return attached.parametrizations().keySet();
    }
}
