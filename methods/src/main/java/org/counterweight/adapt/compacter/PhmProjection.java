package org.counterweight.adapt.compacter;

import static org.bytedeco.pytorch.global.torch.bmm;
import static org.bytedeco.pytorch.global.torch.mm;
import static org.counterweight.engine.Tensors.as;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A parametrized hypercomplex multiplication: H = Σ_i A_i ⊗ B_i, with B_i = S_i T_i of low rank or whole.
 *
 * <pre>H[(a, u), (c, v)] = Σ_i A[i, a, c] B[i, u, v]</pre>
 *
 * <p>R. Karimi Mahabadi, J. Henderson and S. Ruder, "Compacter: Efficient Low-Rank Hypercomplex Adapter Layers", NeurIPS 2021
 * (arXiv 2106.04647), equations 4 and 5, in the orientation of the official code, x H.
 *
 * @param rule A
 * @param ruleIsShared whether A belongs to all projections
 * @param left S, {@code [n, in/n, r]}, or without a {@code right} B, {@code [n, in/n, out/n]}
 * @param right T, {@code [n, r, out/n]}, or null
 * @param sharedAs under which AdapterHub's name S and T (or B) are shared with the other projections of the same side,
 *     {@code W_down} or {@code W_up}; null if they are this one's own
 * @param bias {@code [out]}, or null
 */
public record PhmProjection(
        PhmRule rule,
        boolean ruleIsShared,
        Tensor left,
        @Nullable Tensor right,
        @Nullable String sharedAs,
        @Nullable Tensor bias)
        implements Projection {

    private long n() {
        return left.size(0);
    }

    private long in() {
        return n() * left.size(1);
    }

    private long out() {
        return n() * (right == null ? left : right).size(2);
    }

    /** H from one product over i; the n Kronecker products are never kept apart. */
    @Override
    public Tensor matrix() {
        Tensor b = right == null ? left : bmm(left, right); // [n, in/n, out/n]
        Tensor slow = rule.tensor().view(n(), n() * n()); // [i, (a, c)]
        Tensor h = mm(slow.t(), b.reshape(n(), -1)); // [(a, c), (u, v)]
        return h.view(n(), n(), in() / n(), out() / n()).permute(0, 2, 1, 3).reshape(in(), out());
    }

    @Override
    public Tensor apply(Tensor x) {
        Tensor y = right != null && n() * right.size(1) < Math.min(in(), out()) / n()
                ? factorized(x, right)
                : mm(x, as(matrix(), x));
        return bias == null ? y : y.add(as(bias, x));
    }

    /** Without H: three thin products, {@code n r (in + out) + n³ r} multiplications a token. */
    private Tensor factorized(Tensor x, Tensor right) {
        long tokens = x.size(0);
        long r = right.size(1);
        Tensor s = as(left, x).permute(1, 0, 2).reshape(in() / n(), n() * r); // [u, (i, ρ)]
        Tensor z = mm(x.reshape(tokens * n(), in() / n()), s); // [(token, a), (i, ρ)]
        Tensor byRule =
                z.view(tokens, n(), n(), r).permute(2, 0, 3, 1).reshape(n(), tokens * r, n()); // [i, (token, ρ), a]
        Tensor w = bmm(byRule, as(rule.tensor(), x)); // [i, (token, ρ), c]
        Tensor back = w.view(n(), tokens, r, n()).permute(1, 3, 0, 2).reshape(tokens * n(), n() * r);
        return mm(back, as(right, x).reshape(n() * r, out() / n())).view(tokens, out()); // [(token, c), v]
    }

    @Override
    public PhmProjection with(Map<String, Tensor> tensors) {
        String own = sharedAs == null ? "W" : sharedAs;
        return new PhmProjection(
                rule.with(tensors),
                ruleIsShared,
                tensors.getOrDefault(right == null ? own : own + "_left", left),
                right == null ? null : tensors.getOrDefault(own + "_right", right),
                sharedAs,
                bias == null ? null : tensors.getOrDefault("b", bias));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return own(learnedRule());
    }

    @Override
    public Map<String, Tensor> tensors() {
        return own(rule.tensors());
    }

    private Map<String, Tensor> own(Map<String, Tensor> slow) {
        var own = new LinkedHashMap<String, Tensor>();
        if (sharedAs == null) {
            own.putAll(named("W"));
        }
        if (bias != null) {
            own.put("b", bias);
        }
        if (!ruleIsShared) {
            own.putAll(slow);
        }
        return own;
    }

    @Override
    public Map<String, Tensor> shared() {
        return common(learnedRule());
    }

    @Override
    public Map<String, Tensor> sharedTensors() {
        return common(rule.tensors());
    }

    private Map<String, Tensor> common(Map<String, Tensor> slow) {
        var common = new LinkedHashMap<String, Tensor>();
        if (ruleIsShared) {
            common.putAll(slow);
        }
        if (sharedAs != null) {
            common.putAll(named(sharedAs));
        }
        return common;
    }

    private Map<String, Tensor> learnedRule() {
        return rule.left().requires_grad() ? rule.tensors() : Map.of();
    }

    private Map<String, Tensor> named(String prefix) {
        return right == null ? Map.of(prefix, left) : Map.of(prefix + "_left", left, prefix + "_right", right);
    }
}
