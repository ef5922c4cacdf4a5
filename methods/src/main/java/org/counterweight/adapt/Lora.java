package org.counterweight.adapt;

import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.matmul;
import static org.bytedeco.pytorch.global.torch.zeros;
import static org.counterweight.engine.Tensors.add;
import static org.counterweight.engine.Tensors.linear;

import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Low-rank adaptation: W' = W + (alpha / r) B A.
 *
 * <p>E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, section 4.1, equation 3. With
 * {@link LoraConfig#rankStabilized} the factor is alpha / sqrt(r): D. Kalajdzievski, "A Rank Stabilization Scaling Factor
 * for Fine-Tuning with LoRA", 2023.
 *
 * @param a A, {@code [r, in]}, uniform in ±1/sqrt(in) at the start
 * @param b B, {@code [out, r]}, zero at the start, so that step 0 is the base model
 */
public record Lora(LoraConfig config, Tensor a, Tensor b) implements Parametrization {

    /** A fresh adapter for {@code base}, {@code [out, in]}. */
    public static Lora create(LoraConfig config, Tensor base, Generator random) {
        long out = base.size(0);
        long in = base.size(1);
        double bound = 1 / Math.sqrt(in); // Kaiming's uniform with a = sqrt(5), as the reference draws it
        Tensor a = empty(config.r(), in).uniform_(-bound, bound, Tensors.optional(random));
        Tensor b = zeros(out, config.r());
        return new Lora(config, a.requires_grad_(true), b.requires_grad_(true));
    }

    @Override
    public Tensor weight(Tensor base) {
        return add(base, matmul(b, a), config.scale());
    }

    /** Two thin products; W' is never built. */
    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        Tensor low = linear(pass.dropout(x, config.dropout()), a, null); // [..., r]
        return add(linear(x, base, bias), linear(low, b, null), config.scale());
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of("lora_A.weight", a, "lora_B.weight", b);
    }
}
