package org.counterweight.adapt.lowrank;

import static org.counterweight.engine.Tensors.linear;

import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Low-rank adaptation: W' = W + (alpha / r) B A.
 *
 * <p>E. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, section 4.1, equation 3. With
 * {@link LoraConfig#rankStabilized} the factor is alpha / sqrt(r): D. Kalajdzievski, "A Rank Stabilization Scaling Factor
 * for Fine-Tuning with LoRA", 2023. With {@link LoraConfig#freezeA} A stays as drawn: L. Zhang et al., "LoRA-FA", 2023.
 *
 * @param a A, {@code [r, in]}, uniform in ±1/sqrt(in) at the start
 * @param b B, {@code [out, r]}, zero at the start, so that step 0 is the base model
 */
public record Lora(LoraConfig config, Tensor a, Tensor b) implements Additive {

    /** A fresh adapter for {@code base}, {@code [out, in]}, starting at zero. */
    public static Lora create(LoraConfig config, Tensor base, Generator random) {
        LowRank fresh = LowRank.fresh(config.r(), config.scale(), base, random);
        return new Lora(config, fresh.a(), fresh.b());
    }

    @Override
    public LowRank update() {
        return new LowRank(a, b, config.scale());
    }

    @Override
    public Tensor weight(Tensor base) {
        return update().addedTo(base);
    }

    /** Two thin products; W' is never built. */
    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        Tokens tokens = Tokens.of(x);
        Tensor dropped = pass.dropout(tokens.matrix(), config.dropout());
        return tokens.restore(update().addTo(linear(tokens.matrix(), base, bias), dropped));
    }

    @Override
    public Lora with(Map<String, Tensor> tensors) {
        return new Lora(config, tensors.getOrDefault("lora_A.weight", a), tensors.getOrDefault("lora_B.weight", b));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return config.freezeA() ? Map.of("lora_B.weight", b) : tensors();
    }

    @Override
    public Map<String, Tensor> tensors() {
        return Map.of("lora_A.weight", a, "lora_B.weight", b);
    }
}
