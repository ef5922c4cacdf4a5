package org.counterweight.adapt.sorsa;

import static org.counterweight.engine.Tensors.as;
import static org.counterweight.engine.Tensors.linear;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.lowrank.Additive;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.adapt.lowrank.Residual;
import org.counterweight.adapt.lowrank.Tokens;
import org.counterweight.adapt.lowrank.Triplets;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * Singular values and orthonormal regularized singular vectors: the r principal triplets of the weight are trained, the
 * rest is frozen, W' = W_res + c B diag(S) A.
 *
 * <p>Y. Cao and Z. Song, "SORSA: Singular Values and Orthonormal Regularized Singular Vectors Adaptation of Large Language
 * Models", 2024 (arXiv 2409.00055), section 4. The paper writes x W, so its U is A^T and its V^T is B^T; A, S and B are the
 * names of the official code. What keeps the vectors orthonormal is {@link SorsaRegularizer}.
 *
 * @param a A, {@code [r, in]}: singular vectors of the input side
 * @param s S, {@code [r]}: singular values at the start, then free
 * @param b B, {@code [out, r]}: singular vectors of the output side
 */
public record Sorsa(SorsaConfig config, Tensor a, Tensor s, Tensor b) implements Additive {
    static final String A = "sorsa_A";
    static final String S = "sorsa_S";
    static final String B = "sorsa_B";

    /** A fresh adapter for {@code base}, {@code [out, in]}, standing on what its triplets leave of it. */
    static Residual create(SorsaConfig config, String module, Tensor base, Generator random) {
        Sorsa fresh;
        LowRank start;
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Triplets first = config.randomizedIterations() == 0
                    ? Triplets.of(module, base).greatest(config.r())
                    : Triplets.randomized(module, base, config.r(), config.randomizedIterations(), random);
            fresh = new Sorsa(
                    config,
                    scope.keep(first.v().clone()),
                    scope.keep(first.s().clone()),
                    scope.keep(first.u().clone()));
            LowRank taken = fresh.update();
            start = new LowRank(scope.keep(taken.a().clone()), scope.keep(taken.b()), taken.scale());
        }
        fresh.trainables().values().forEach(tensor -> tensor.requires_grad_(true));
        return new Residual(Residual.rest(base, start), start, fresh);
    }

    /** W' − W_res, c folded into the factor of the output side. */
    @Override
    public LowRank update() {
        return new LowRank(a, b.mul(s).mul(Tensors.scalar(config.scale())), 1);
    }

    @Override
    public Tensor weight(Tensor base) {
        return update().addedTo(base);
    }

    /** x W_res^T + c ((x A^T) * S) B^T + b: two thin products. */
    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        Tokens tokens = Tokens.of(x);
        Tensor dropped = pass.dropout(tokens.matrix(), config.dropout());
        Tensor y = linear(tokens.matrix(), base, bias);
        return tokens.restore(new LowRank(a, b, config.scale()).addTo(y, dropped, as(s, x)));
    }

    @Override
    public Sorsa with(Map<String, Tensor> tensors) {
        return new Sorsa(config, tensors.getOrDefault(A, a), tensors.getOrDefault(S, s), tensors.getOrDefault(B, b));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return config.valuesOnly() ? Map.of(S, s) : tensors();
    }

    @Override
    public Map<String, Tensor> tensors() {
        var all = new LinkedHashMap<String, Tensor>();
        all.put(A, a);
        all.put(S, s);
        all.put(B, b);
        return all;
    }
}
