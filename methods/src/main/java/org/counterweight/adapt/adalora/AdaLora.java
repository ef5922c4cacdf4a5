package org.counterweight.adapt.adalora;

import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.zeros;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.options;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.counterweight.adapt.lowrank.Additive;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.adapt.lowrank.Tokens;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * A low-rank update in the form of a singular value decomposition, W' = W + c B diag(E) A, whose triplets can be switched
 * off one by one: E_i = 0. Which ones, over all modules, is {@link RankAllocator}'s business.
 *
 * <p>Q. Zhang et al., "AdaLoRA: Adaptive Budget Allocation for Parameter-Efficient Fine-Tuning", ICLR 2023 (arXiv
 * 2303.10512), equation 3; the factor c = alpha / (init_r + 1e-5) is the official code's. The paper's P is B here, its Λ is
 * E, its Q is A.
 *
 * @param a A, {@code [r, in]}, normal with deviation 0.02 at the start
 * @param e E, {@code [r, 1]}, zero at the start
 * @param b B, {@code [out, r]}, normal with deviation 0.02 at the start
 */
public record AdaLora(AdaLoraConfig config, Tensor a, Tensor e, Tensor b) implements Additive {
    static final String A = "lora_A";
    static final String E = "lora_E";
    static final String B = "lora_B";
    private static final double DEVIATION = 0.02;

    static AdaLora create(AdaLoraConfig config, Tensor base, Generator random) {
        TensorOptions options = options(LowRank.wide(base));
        int r = config.initR();
        Tensor a = normal(options, random, r, base.size(1));
        Tensor e = zeros(new long[] {r, 1}, options);
        Tensor b = normal(options, random, base.size(0), r);
        Device device = base.device();
        return new AdaLora(config, LowRank.trained(a, device), LowRank.trained(e, device), LowRank.trained(b, device));
    }

    private static Tensor normal(TensorOptions options, Generator random, long... shape) {
        return empty(shape, options, new MemoryFormatOptional()).normal_(0, DEVIATION, Tensors.optional(random));
    }

    /** W' − W, the factors E folded into A. */
    @Override
    public LowRank update() {
        return new LowRank(a.mul(e), b, config.scale());
    }

    @Override
    public Tensor weight(Tensor base) {
        return update().addedTo(base);
    }

    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        Tokens tokens = Tokens.of(x);
        Tensor dropped = pass.dropout(tokens.matrix(), config.dropout());
        Tensor y = linear(tokens.matrix(), base, bias);
        return tokens.restore(new LowRank(a, b, config.scale()).addTo(y, dropped, as(e.view(-1), x)));
    }

    /**
     * The same adapter without the triplets that are switched off; the factor stays that of the initial rank.
     *
     * @param kept {@code [r]}, true where a triplet stays; none may
     */
    public AdaLora compact(Tensor kept) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor index = kept.ne(Tensors.scalar(0)).nonzero().view(-1);
            return new AdaLora(
                    config,
                    scope.keep(a.index_select(0, index)).requires_grad_(true),
                    scope.keep(e.index_select(0, index)).requires_grad_(true),
                    scope.keep(b.index_select(1, index)).requires_grad_(true));
        }
    }

    @Override
    public AdaLora with(Map<String, Tensor> tensors) {
        return new AdaLora(config, tensors.getOrDefault(A, a), tensors.getOrDefault(E, e), tensors.getOrDefault(B, b));
    }

    @Override
    public Map<String, Tensor> trainables() {
        var all = new LinkedHashMap<String, Tensor>();
        all.put(A, a);
        all.put(E, e);
        all.put(B, b);
        return all;
    }
}
