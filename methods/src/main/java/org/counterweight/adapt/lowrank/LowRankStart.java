package org.counterweight.adapt.lowrank;

import static org.bytedeco.pytorch.global.torch.linalg_qr;
import static org.counterweight.engine.Tensors.slice;

import java.util.Map;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Saved;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;

/**
 * Where the factors of a low-rank adapter start. All but {@link #LORA} take a part s B A out of the weight, so that the
 * adapter begins with something worth changing; {@link Residual} keeps the rest.
 */
public enum LowRankStart {
    /** A random, B zero. */
    LORA,
    /**
     * The r greatest singular triplets, A = diag(sqrt(S/s)) V^T, B = U diag(sqrt(S/s)).
     *
     * <p>F. Meng et al., "PiSSA: Principal Singular Values and Singular Vectors Adaptation", NeurIPS 2024, equations 2 to 4.
     */
    PISSA,
    /** B = the first r columns of Q and A = the first r rows of R, of W = Q R: K. Büyükakyüz, "OLoRA", 2024. */
    OLORA,
    /** The r least singular triplets: H. Wang et al., "MiLoRA", 2024. */
    MINOR;

    private static final String START_A = "start_A";
    private static final String START_B = "start_B";

    /** Makes the adapter of a frozen weight from its factors. */
    @FunctionalInterface
    public interface Saver {
        Parametrization on(Tensor base, LowRank factors, Saved saved);
    }

    public Parametrization create(
            String module,
            Tensor base,
            int r,
            double scale,
            Generator random,
            BiFunction<Tensor, LowRank, Parametrization> on) {
        if (this == LORA) {
            return on.apply(base, LowRank.fresh(r, scale, base, random));
        }
        return beside(base, taken(module, base, r, scale), on);
    }

    /** An adapter that starts at {@code start}, on what that leaves of the base. */
    static Residual beside(Tensor base, LowRank start, BiFunction<Tensor, LowRank, Parametrization> on) {
        Tensor rest = Residual.rest(base, start);
        LowRank trained = new LowRank(
                start.a().clone().requires_grad_(true), start.b().clone().requires_grad_(true), start.scale());
        return new Residual(rest, start, on.apply(rest, trained));
    }

    /**
     * The adapter from its saved tensors. Where what was taken out of the base is not among them, as in PEFT's files, it is
     * computed again.
     */
    public Parametrization restore(
            String module, Tensor base, int r, double scale, Map<String, Tensor> tensors, Saver on) {
        Saved saved = new Saved(module, tensors);
        long out = base.size(0);
        long in = base.size(1);
        LowRank factors =
                new LowRank(saved.trained("lora_A.weight", r, in), saved.trained("lora_B.weight", out, r), scale);
        if (this == LORA) {
            Parametrization whole = on.on(base, factors, saved);
            saved.done();
            return whole;
        }
        LowRank start = saved.has(START_A) ? saved(saved, out, in, r, scale) : taken(module, base, r, scale);
        Tensor rest = Residual.rest(base, start);
        Parametrization inner = on.on(rest, factors, saved);
        saved.done();
        return new Residual(rest, start, inner);
    }

    /** Refuses a rank that a weight of this shape has no part of to start at. */
    public void checkShape(String module, int r, long out, long in) {
        if (this != LORA) {
            Triplets.checkRank(module, r, Math.min(out, in));
        }
    }

    /** The factors of what is taken out of {@code base}; without gradient. */
    private LowRank taken(String module, Tensor base, int r, double scale) {
        if (r < 1) {
            throw new ConfigException(module + ": a part of the weight can only start an adapter of rank 1 or more");
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            LowRank taken = switch (this) {
                case LORA -> throw new IllegalStateException("nothing is taken out of " + module);
                case PISSA -> Triplets.of(module, base).greatest(r).balanced(scale);
                case MINOR -> Triplets.of(module, base).least(r).balanced(scale);
                case OLORA -> {
                    Triplets.checkRank(module, base, r);
                    T_TensorTensor_T qr = linalg_qr(Triplets.wide(module, base));
                    Tensor b = slice(new Tensor(qr.get0()), 1, 0, r).contiguous();
                    Tensor a = slice(new Tensor(qr.get1()), 0, 0, r).contiguous();
                    yield new LowRank(a, b, scale);
                }
            };
            return new LowRank(scope.keep(taken.a()), scope.keep(taken.b()), scale);
        }
    }

    /** What was taken out, as {@link #named} saved it. */
    public static LowRank saved(Saved saved, long out, long in, int r, double scale) {
        return new LowRank(saved.fixed(START_A, r, in), saved.fixed(START_B, out, r), scale);
    }

    /** The names under which {@link Residual} saves what was taken out. */
    static Map<String, Tensor> named(LowRank start) {
        return Map.of(START_A, start.a(), START_B, start.b());
    }
}
