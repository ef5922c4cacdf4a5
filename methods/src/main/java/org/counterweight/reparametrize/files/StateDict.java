package org.counterweight.reparametrize.files;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.reparametrize.Latent;
import org.counterweight.reparametrize.Reparametrized;
import org.counterweight.reparametrize.compand.Compander;
import org.counterweight.reparametrize.compand.CompanderConfig;
import org.counterweight.reparametrize.compand.Psi;
import org.counterweight.reparametrize.norm.Lengths;
import org.counterweight.reparametrize.norm.Lengths.ZeroNorm;
import org.counterweight.reparametrize.norm.WeightNorm;
import org.counterweight.reparametrize.norm.WeightNorm.Form;
import org.counterweight.reparametrize.norm.WeightNormConfig;
import org.counterweight.reparametrize.norm.WeightNormConfig.Style;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a model some of whose weights stand there by what they are made of: both spellings of PyTorch's weight
 * normalization, {@code a.parametrizations.weight.original0} and {@code original1} (g and v), and the older {@code a.weight_g},
 * {@code a.weight_v}; and companded weights, {@code a.parametrizations.weight.original} with {@code .0.a} and {@code .0.b}.
 *
 * <p>The dimension of the lengths is told by the shape of g, never assumed.
 */
public final class StateDict {
    /** Behind the name of a module with mean-only normalisation: the key of its running mean. */
    static final String RUNNING = ".mean_only_bn.running_mean";

    private final String origin;
    private final Map<String, Tensor> rest;
    private final Map<String, Latent> latents;

    private StateDict(String origin, Map<String, Tensor> rest, Map<String, Latent> latents) {
        this.origin = origin;
        this.rest = rest;
        this.latents = latents;
    }

    /**
     * The tensors of a file without remarks.
     *
     * @param tensors by name, of any shapes and types
     * @throws WeightsException as the other does
     */
    public static StateDict of(String origin, Map<String, Tensor> tensors) {
        return of(origin, tensors, Map.of());
    }

    /**
     * Reads the tensors of a file.
     *
     * @param origin the file, for messages
     * @param metadata its remarks, which say what functions companded weights have
     * @throws WeightsException if a part of a weight is missing, or does not fit the others; it names the weight
     */
    public static StateDict of(String origin, Map<String, Tensor> tensors, Map<String, String> metadata) {
        var rest = new LinkedHashMap<String, Tensor>();
        var parts = new LinkedHashMap<String, Map<String, Tensor>>();
        tensors.forEach((key, tensor) -> {
            LatentKeys.Part part = LatentKeys.of(key);
            if (part == null) {
                rest.put(key, tensor);
                return;
            }
            Tensor other = parts.computeIfAbsent(part.weight(), name -> new LinkedHashMap<>())
                    .put(part.part(), tensor);
            if (other != null) {
                throw new WeightsException(origin + ": " + part.weight() + " has " + part.part()
                        + " in both spellings, as " + key + " and otherwise; keep one");
            }
        });
        var latents = new LinkedHashMap<String, Latent>();
        parts.forEach((weight, of) -> {
            if (rest.containsKey(weight)) {
                throw new WeightsException(origin + ": has " + weight + " beside what it is made of, "
                        + String.join(", ", new TreeSet<>(of.keySet())) + "; keep one of them");
            }
            latents.put(
                    weight,
                    of.containsKey("original")
                            ? companded(origin, weight, of, metadata)
                            : normalised(origin, weight, of, metadata));
        });
        return new StateDict(origin, rest, latents);
    }

    private static WeightNorm normalised(
            String origin, String weight, Map<String, Tensor> parts, Map<String, String> metadata) {
        Tensor v = LatentKeys.required(origin, weight, parts, "v");
        Tensor g = LatentKeys.required(origin, weight, parts, "g");
        ZeroNorm zero = ZeroNorm.ERROR;
        String settings = metadata.get("weight_norm");
        if (settings != null) {
            zero = Configs.bind(Configs.json(settings, origin), WeightNormConfig.class, "weight_norm")
                    .zeroNorm();
        }
        Lengths lengths = new Lengths(dim(origin, weight, g, v), zero);
        return new WeightNorm(weight, v, g.reshape(lengths.shape(Tensors.shape(v))), Form.G, lengths);
    }

    /** The dimension along which g has a length for each place; that of one length for all is {@link Lengths#WHOLE}. */
    private static long dim(String origin, String weight, Tensor g, Tensor v) {
        long[] of = Tensors.shape(g);
        long[] whole = Tensors.shape(v);
        var fitting = new ArrayList<Integer>();
        for (int dim = 0; dim < whole.length; dim++) {
            long[] expected = new Lengths(dim, ZeroNorm.ERROR).shape(whole);
            boolean isFlat = of.length == 1 && of[0] == whole[dim];
            if (Arrays.equals(of, expected) || isFlat) {
                fitting.add(dim);
            }
        }
        boolean sameEverywhere = g.numel() == 1; // then it is the same function, whichever is meant
        if (fitting.size() == 1 || (sameEverywhere && !fitting.isEmpty())) {
            return fitting.get(0);
        }
        if (fitting.isEmpty() && sameEverywhere) {
            return Lengths.WHOLE;
        }
        throw new WeightsException(origin + ": " + weight + " has lengths of shape " + Arrays.toString(of)
                + " and directions of shape " + Arrays.toString(whole)
                + (fitting.isEmpty()
                        ? ", which do not go together"
                        : ", which fit along more than one dimension;"
                                + " give g size 1 in all dimensions but its own"));
    }

    private static Compander companded(
            String origin, String weight, Map<String, Tensor> parts, Map<String, String> metadata) {
        String settings = metadata.get("weight_compander");
        if (settings == null) {
            throw new WeightsException(origin + ": " + weight + " is companded, but the file's metadata has no"
                    + " weight_compander, which says by what function; write it with the settings");
        }
        CompanderConfig config =
                Configs.bind(Configs.json(settings, origin), CompanderConfig.class, "weight_compander");
        boolean isLog = parts.containsKey("0.log_a");
        Tensor a = LatentKeys.required(origin, weight, parts, isLog ? "0.log_a" : "0.a");
        Tensor b = LatentKeys.required(origin, weight, parts, isLog ? "0.log_b" : "0.b");
        Tensor v = LatentKeys.required(origin, weight, parts, "original");
        for (Tensor kept : List.of(a, b)) {
            boolean fits = kept.isfinite().all().item_bool()
                    && (isLog || kept.gt(Tensors.scalar(0)).all().item_bool());
            if (!fits) {
                throw new WeightsException(origin + ": " + weight
                        + " has an a or b that is not a finite number above 0; the file is damaged");
            }
        }
        Tensor on = parts.getOrDefault("0.on", v.new_ones(1));
        var pair = new Compander.Pair(isLog ? Compander.Form.LOG : Compander.Form.RAW, false, false);
        return new Compander(config.psi(), v, a, b, pair, on);
    }

    /** The names of the weights that stand there by what they are made of. */
    public Set<String> folded() {
        return Collections.unmodifiableSet(latents.keySet());
    }

    /**
     * All tensors, with plain weights in place of what they are made of, each in the type of its parts. Where nothing is
     * folded, they are the tensors that were given.
     *
     * @throws WeightsException if a weight has a part that is zero or not finite; it names it
     */
    public Map<String, Tensor> plain() {
        var all = new LinkedHashMap<String, Tensor>(rest);
        try (var off = Tensors.noGrad()) {
            latents.forEach((weight, latent) -> all.put(weight, folded(latent)));
            for (String key : rest.keySet()) {
                if (key.endsWith(RUNNING)) {
                    String bias = key.substring(0, key.length() - RUNNING.length()) + ".bias";
                    Tensor running = Objects.requireNonNull(all.remove(key));
                    all.computeIfPresent(bias, (name, base) -> base.sub(running));
                }
            }
        }
        return all;
    }

    /** What weights are made of, by their full names. */
    Map<String, Latent> latents() {
        return latents;
    }

    /** A tensor that is no part of a weight; null if there is none of that name. */
    @Nullable
    Tensor find(String name) {
        return rest.get(name);
    }

    /** The weight that is made of these, in the type of its parts. */
    Tensor folded(Latent latent) {
        try {
            return Tensors.as(
                    wide(latent).weight(),
                    latent.trainables().values().iterator().next());
        } catch (WeightsException e) { // it knows the weight, but not the file
            throw new WeightsException(Path.of(origin), String.valueOf(e.getMessage()), e);
        }
    }

    /** The same in float32 where it is stored in fewer digits. */
    private static Latent wide(Latent latent) {
        var wide = new LinkedHashMap<String, Tensor>();
        latent.trainables().forEach((name, tensor) -> {
            if (tensor.element_size() < Float.BYTES) {
                wide.put(name, tensor.to(ScalarType.Float));
            }
        });
        return wide.isEmpty() ? latent : latent.with(wide);
    }

    /**
     * Refuses weights that no model of ours would ask for.
     *
     * @param unused names of {@link #plain} that the model does not need
     * @param known the names that it has
     * @throws WeightsException with the nearest of them
     */
    public void refuseUnused(Iterable<String> unused, Set<String> known) {
        for (String name : unused) {
            if (latents.containsKey(name)) {
                String nearest = Nearest.to(name, known);
                throw new WeightsException(origin + ": has the parts of " + name + ", which is no weight of this model"
                        + (nearest == null
                                ? "; take config.json and weights of one model"
                                : "; did you mean \"" + nearest + "\"?"));
            }
        }
    }

    /** All tensors by name as a file is to hold them, in the type in which they are: never a weight beside what it is made of. */
    public Map<String, Tensor> written(Style style) {
        var all = new LinkedHashMap<String, Tensor>(rest);
        latents.forEach((weight, latent) -> put(all, weight, latent, style));
        return all;
    }

    /**
     * The parameters of a model as a file is to hold them, weights by what they are made of.
     *
     * @param params with parametrizations of this family alone
     */
    public static StateDict of(Params params) {
        var rest = new LinkedHashMap<String, Tensor>();
        var latents = new LinkedHashMap<String, Latent>();
        params.weights().forEach((name, tensor) -> {
            Reparametrized placed = Reparametrized.of(params.parametrizations().get(name));
            if (placed == null) {
                rest.put(name, tensor.detach());
                return;
            }
            latents.put(name, placed.latent());
            if (placed.centred() != null) {
                rest.put(placed.centred().module() + RUNNING, placed.centred().running());
            }
        });
        return new StateDict("the model", rest, latents);
    }

    private static void put(Map<String, Tensor> all, String weight, Latent latent, Style style) {
        String key = LatentKeys.parametrizations(weight);
        try (var off = Tensors.noGrad()) {
            if (latent instanceof WeightNorm norm) {
                boolean isHook = style == Style.HOOK;
                all.put(isHook ? weight + "_g" : key + WeightNorm.G, norm.g().detach());
                all.put(isHook ? weight + "_v" : key + WeightNorm.V, norm.v().detach());
            } else if (latent instanceof Compander compander) {
                boolean isLog = compander.pair().form() == Compander.Form.LOG;
                all.put(key + Compander.V, compander.v().detach());
                all.put(key + (isLog ? "0.log_a" : "0.a"), compander.a().detach());
                all.put(key + (isLog ? "0.log_b" : "0.b"), compander.b().detach());
                if (compander.psi() != Psi.IDENTITY && !compander.isOn()) {
                    all.put(key + "0.on", compander.on().detach());
                }
            } else {
                throw new IllegalArgumentException(weight + " is made of what no file of ours holds: " + latent);
            }
        }
    }
}
