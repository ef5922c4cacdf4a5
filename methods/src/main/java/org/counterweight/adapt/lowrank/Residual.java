package org.counterweight.adapt.lowrank;

import static org.counterweight.engine.Tensors.as;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.jspecify.annotations.Nullable;

/**
 * An adapter that started with a part of the weight: the part was taken out of the frozen weight W, the adapter stands on
 * the rest, W − s B0 A0. The base that a model passes is W itself, as for every other adapter; it is not read again.
 *
 * @param rest W − s B0 A0, {@code [out, in]}, frozen, of W's type
 * @param start what was taken out, s B0 A0
 * @param inner the adapter of {@code rest}
 */
public record Residual(Tensor rest, LowRank start, Parametrization inner) implements Parametrization {

    /** The difference, taken in at least float32 and rounded once to the type of {@code base}. */
    public static Tensor rest(Tensor base, LowRank start) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return scope.keep(as(base.sub(start.product()), base));
        }
    }

    @Override
    public Tensor weight(Tensor base) {
        return inner.weight(rest);
    }

    @Override
    public Tensor apply(Tensor x, Tensor base, @Nullable Tensor bias, Pass pass) {
        return inner.apply(x, as(rest, x), bias, pass);
    }

    @Override
    public Residual with(Map<String, Tensor> tensors) {
        return new Residual(rest, start, inner.with(tensors));
    }

    @Override
    public Map<String, Tensor> trainables() {
        return inner.trainables();
    }

    /** The inner adapter's, and the factors of what was taken out, from which the rest is exactly known. */
    @Override
    public Map<String, Tensor> tensors() {
        var all = new LinkedHashMap<>(inner.tensors());
        all.putAll(LowRankStart.named(start));
        return all;
    }

    /**
     * The same change of the unchanged base, as a plain LoRA of twice the rank: A = [A; A0], B = [B, −B0].
     *
     * @throws IllegalStateException if the inner adapter is no sum with a low-rank product
     */
    public LowRank updateOfBase() {
        if (inner instanceof Additive additive) {
            return additive.update().minus(start);
        }
        throw new IllegalStateException("a " + inner.getClass().getSimpleName()
                + " does not add a low-rank product to its base; merge it instead of exporting it as LoRA");
    }
}
