package org.counterweight.adapt.lowrank;

import static org.bytedeco.pytorch.global.torch.addcmul;
import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.norm2;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Weight-decomposed low-rank adaptation: W' = diag(m / n) V with V = W + s B A and n_i = ‖V_i‖, the norm of row i.
 *
 * <p>S. Liu et al., "DoRA: Weight-Decomposed Low-Rank Adaptation", ICML 2024 (arXiv 2402.09353), equation 5; norms taken for
 * constants in the backward pass, section 4.3. The paper writes weights {@code [in, out]} and speaks of columns: they are
 * the rows here, one magnitude an output. Norms below 1e-8 count as 1e-8, so that a zero row of V is one of W' and no NaN.
 *
 * @param a A, {@code [r, in]}
 * @param b B, {@code [out, r]}
 * @param magnitude m, {@code [out]}, the row norms of W at the start
 * @param baseSquares ‖W_i‖², {@code [out]}
 */
public record Dora(DoraConfig config, Tensor a, Tensor b, Tensor magnitude, Tensor baseSquares)
        implements Parametrization {
    static final String MAGNITUDE = "lora_magnitude_vector";
    private static final double EPS = 1e-8;

    /** The adapter of {@code base}, {@code [out, in]}, with these factors and magnitudes. */
    public static Dora of(DoraConfig config, Tensor base, Tensor a, Tensor b, Tensor magnitude) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return new Dora(config, a, b, magnitude, scope.keep(as(Norms.ofBase(base, null), a)));
        }
    }

    /** With the row norms of V for magnitudes: the weight is then V itself. */
    static Dora start(DoraConfig config, Tensor base, LowRank factors) {
        Tensor magnitude;
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            magnitude = scope.keep(norm2(as(base, factors.a()).add(factors.product()), false, 1));
        }
        return of(config, base, factors.a(), factors.b(), magnitude.requires_grad_(true));
    }

    private LowRank update() {
        return new LowRank(a, b, config.scale());
    }

    /** n, {@code [out]}: the row norms of V, from thin products. */
    public Tensor norms(Tensor base) {
        if (!config.detachNorm()) {
            return Norms.root(Norms.squares(base, baseSquares, a, b, config.scale(), null), EPS);
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return scope.keep(Norms.root(Norms.squares(base, baseSquares, a, b, config.scale(), null), EPS));
        }
    }

    @Override
    public Tensor weight(Tensor base) {
        Tensor scaled =
                base.add(update().product()).mul(magnitude.div(norms(base)).unsqueeze(1));
        return as(scaled, base);
    }

    /** y = (m / n) (x W^T + s (x A^T) B^T) + b; with dropout, what it took from x goes through W alone. */
    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        Tokens tokens = Tokens.of(x);
        Tensor all = tokens.matrix();
        Tensor dropped = pass.dropout(all, config.dropout());
        Tensor factor = as(magnitude.div(norms(base)), x);
        Tensor z = update().addTo(linear(dropped, base, null), dropped);
        @Nullable Tensor rest = dropped == all ? bias : linear(all.sub(dropped), base, bias);
        return tokens.restore(rest == null ? z.mul(factor) : addcmul(rest, z, factor));
    }

    /**
     * W = diag(n / m) W' − s B A.
     *
     * @param norms n, as {@link #norms} gave them when W' was merged
     * @throws ArithmeticException if a magnitude is zero: that row of W is lost
     */
    public Tensor unmerge(Tensor merged, Tensor norms) {
        if (magnitude.eq(Tensors.scalar(0)).any().item_bool()) {
            throw new ArithmeticException(
                    "dora: a magnitude is zero, so the merge cannot be undone; keep the base weight instead");
        }
        return as(merged.mul(norms.div(magnitude).unsqueeze(1)).sub(update().product()), merged);
    }

    @Override
    public Dora with(Map<String, Tensor> tensors) {
        return new Dora(
                config,
                tensors.getOrDefault("lora_A.weight", a),
                tensors.getOrDefault("lora_B.weight", b),
                tensors.getOrDefault(MAGNITUDE, magnitude),
                baseSquares);
    }

    @Override
    public Map<String, Tensor> trainables() {
        return Map.of("lora_A.weight", a, "lora_B.weight", b, MAGNITUDE, magnitude);
    }
}
