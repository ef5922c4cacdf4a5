package org.counterweight.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.model.module.ModuleSpec;
import org.jspecify.annotations.Nullable;

/**
 * In which type the products of linear modules are computed, and those of attention on what such modules give. The weights that
 * are trained, their gradients and all that an optimizer remembers are float32 in any case, and so are norms, sums, the softmax
 * and losses. Convolutions are never in bf16.
 *
 * <p>Not LibTorch's autocast: it casts frozen weights anew at each step, and its attention is slow backwards on a processor.
 */
public enum Precision {
    /** {@link #BF16_FROZEN} where the hardware multiplies bf16: AMX, avx512_bf16, CUDA from Ampere on; else float32. */
    AUTO,
    FLOAT32,
    /** Products in bf16 with frozen weights, which are held in it once more, and with those that training moves. */
    BF16,
    /** Products in bf16 with frozen weights, and in float32 with those that training moves. */
    BF16_FROZEN;

    /** What {@link #AUTO} means on that device of this machine; the others mean themselves. */
    public Precision resolved(Device device) {
        return this != AUTO ? this : device.is_cuda() || hasBf16Units() ? BF16_FROZEN : FLOAT32;
    }

    /**
     * The parameters to compute with: {@code params} themselves, or with bf16 copies of the frozen float32 weights of the
     * model's linear modules, which {@link Params#linear} multiplies in bf16. The copies belong to the open scope.
     */
    public Params of(Model model, Params params) {
        return params.replacing(copies(model, params));
    }

    /**
     * The bf16 copies that {@link #of} puts in place, by name: of linear modules, and of a tied head under its own name. None in
     * float32.
     */
    public Map<String, Tensor> copies(Model model, Params params) {
        var copies = new LinkedHashMap<String, Tensor>();
        if (resolved(params.device()) != FLOAT32) {
            products(model, params).forEach((name, stored) -> {
                Tensor weight = params.weights().get(stored);
                boolean isOwn = name.equals(stored) || !params.parametrized().contains(stored);
                if (weight != null && isOwn && isWide(weight) && !weight.requires_grad()) {
                    copies.put(name, weight.to(ScalarType.BFloat16));
                }
            });
        }
        return copies;
    }

    /** What linear modules multiply by: the name of each weight, and the one that it is stored under. */
    private static Map<String, String> products(Model model, Params params) {
        var products = new LinkedHashMap<String, String>();
        for (ModuleSpec module : model.modules().all()) {
            if (module.kind() == ModuleSpec.Kind.LINEAR) {
                String own = module.weight();
                boolean isTied = module.tiedTo() != null && !params.weights().containsKey(own);
                products.put(own, isTied ? module.tiedTo() + ".weight" : own);
            }
        }
        return products;
    }

    /**
     * The weights that training moves as one forward pass multiplies by them: in {@link #BF16} those of linear modules, and a
     * tied head's under its own name, rounded to bf16, with a gradient to the float32 weights themselves. None otherwise, nor
     * for a weight in whose place something else stands. They belong to the open scope; the graph keeps what it needs.
     */
    public Map<String, Tensor> rounded(Model model, Params params) {
        var rounded = new LinkedHashMap<String, Tensor>();
        if (this != BF16) {
            return rounded;
        }
        products(model, params).forEach((name, stored) -> {
            Tensor weight = params.weights().get(stored);
            if (weight != null
                    && isWide(weight)
                    && weight.requires_grad()
                    && !params.parametrized().contains(stored)) {
                rounded.put(name, weight.to(ScalarType.BFloat16));
            }
        });
        return rounded;
    }

    /** What the user should know who asked for bf16 of this model, in a line; null if nothing. */
    public @Nullable String remark(Model model) {
        return (this == BF16 || this == BF16_FROZEN)
                        && model.modules().linears().isEmpty()
                ? "precision: " + name().toLowerCase(Locale.ROOT) + " changes nothing: this model has no linear module,"
                        + " and all else is computed in float32"
                : null;
    }

    private static boolean isWide(Tensor weight) {
        return weight.scalar_type().intern() == ScalarType.Float;
    }

    private static boolean hasBf16Units() {
        Path flags = Path.of("/proc/cpuinfo");
        try {
            String text = Files.exists(flags) ? Files.readString(flags) : "";
            return text.contains("amx_bf16") || text.contains("avx512_bf16");
        } catch (IOException e) {
            return false; // a system that hides its processor gets the precision that every one has
        }
    }
}
