package org.counterweight.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Tensors.Guard;

/** In which type matrix products are computed. Weights, sums, norms and losses are float32 in any case. */
public enum Precision {
    /** bf16 where the processor multiplies bf16 in hardware (AMX or avx512_bf16), else float32. */
    AUTO,
    FLOAT32,
    /** LibTorch's autocast: products in bf16, what must be exact in float32. */
    BF16;

    /** What {@link #AUTO} means on this machine; the others mean themselves. */
    public Precision resolved() {
        return this != AUTO ? this : hasBf16Units() ? BF16 : FLOAT32;
    }

    /** Computes in this precision until it is closed; for this thread. */
    public Guard in() {
        if (resolved() != BF16 || torch.is_autocast_enabled(DeviceType.CPU)) {
            return () -> {};
        }
        ScalarType before = torch.get_autocast_dtype(DeviceType.CPU);
        boolean cached = torch.is_autocast_cache_enabled();
        torch.set_autocast_cache_enabled(false); // casts of weights are good for one step: the next has other weights
        torch.set_autocast_dtype(DeviceType.CPU, ScalarType.BFloat16);
        torch.set_autocast_enabled(DeviceType.CPU, true);
        return () -> {
            torch.set_autocast_enabled(DeviceType.CPU, false);
            torch.set_autocast_dtype(DeviceType.CPU, before);
            torch.set_autocast_cache_enabled(cached);
        };
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
