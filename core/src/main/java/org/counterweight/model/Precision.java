package org.counterweight.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * In which type matrix products are computed. Whatever is trained, and attention, norms, activations, sums and losses are
 * float32 in any case.
 *
 * <p>Not LibTorch's autocast: it casts every weight anew at each step, and its attention is slow backwards on a processor.
 */
public enum Precision {
    /** bf16 where the hardware multiplies it: AMX or avx512_bf16, and on CUDA devices (from Ampere on); else float32. */
    AUTO,
    FLOAT32,
    /** The frozen weights of linear modules held once more in bf16, their products taken in it. */
    BF16;

    /** What {@link #AUTO} means on that device of this machine; the others mean themselves. */
    public Precision resolved(Device device) {
        return this != AUTO ? this : device.is_cuda() || hasBf16Units() ? BF16 : FLOAT32;
    }

    /**
     * The parameters to compute with: {@code params} themselves, or with bf16 copies of the frozen float32 weights of the
     * model's linear modules, which {@link Params#linear} multiplies in bf16. The copies belong to the open scope.
     */
    public Params of(Model model, Params params) {
        return params.replacing(copies(model, params));
    }

    /** The bf16 copies that {@link #of} puts in place, by name; none in float32. */
    public Map<String, Tensor> copies(Model model, Params params) {
        var copies = new LinkedHashMap<String, Tensor>();
        if (resolved(params.device()) == BF16) {
            for (String module : model.modules().linears()) {
                String name = module + ".weight";
                Tensor weight = params.weights().get(name);
                if (weight != null
                        && !weight.requires_grad()
                        && weight.scalar_type().intern() == ScalarType.Float) {
                    copies.put(name, weight.to(ScalarType.BFloat16));
                }
            }
        }
        return copies;
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
