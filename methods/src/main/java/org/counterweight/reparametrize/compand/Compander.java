package org.counterweight.reparametrize.compand;

import static org.counterweight.engine.Tensors.scalar;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.reparametrize.Latent;

/**
 * A companded weight: w = a f(v / b) of a latent v, number by number. Small weights move at the gain a / b, and so leave zero;
 * large ones hardly grow, and none exceeds a times the bound of f.
 *
 * <p>R. Cakaj, J. Mehnert and B. Yang, "Weight Compander: A Simple Weight Reparameterization for Regularization", 2023 (arXiv
 * 2306.16993). The paper was read in its abstract alone, which asks for a nonlinear function that restricts the magnitude of
 * weights and pushes them from zero, with parameters that can be learnt: that it is arctan, and where a and b stand, is inferred.
 *
 * @param v of the weight's stored shape
 * @param a above 0, or its logarithm: of one element, or {@code [out, 1, …]}
 * @param b the same
 * @param pair how a and b are kept
 * @param on 1 where the function acts, 0 where w = v still; a scalar
 */
public record Compander(Psi psi, Tensor v, Tensor a, Tensor b, Pair pair, Tensor on) implements Latent {
    /** Of the latent tensor, as PyTorch's parametrizations name it. */
    public static final String V = "original";

    static final String ON = "0.on";

    /**
     * How a and b are kept.
     *
     * @param form as they are, or as logarithms
     * @param learned whether training moves them
     * @param isGlobal whether all weights of the model have the same
     */
    public record Pair(Form form, boolean learned, boolean isGlobal) {
        /** Before the names of a pair that all weights share. */
        static final String GLOBAL = "weight_compander.";

        String a() {
            return name("a");
        }

        String b() {
            return name("b");
        }

        private String name(String which) {
            return (isGlobal && learned ? GLOBAL : "0.") + (form == Form.LOG ? "log_" : "") + which;
        }
    }

    /** What is kept of a and b. */
    public enum Form {
        RAW,
        /** Logarithms, held within ±20: what they stand for stays positive. */
        LOG
    }

    /** Logarithms beyond this count as this. */
    static final double MOST = 20;

    /** What a and b are held above while they are learnt as they are. */
    static final double LEAST = 1e-6;

    /** a, whichever way it is kept. */
    public Tensor plainA() {
        return plain(a);
    }

    /** b, whichever way it is kept. */
    public Tensor plainB() {
        return plain(b);
    }

    private Tensor plain(Tensor kept) {
        return pair.form() == Form.LOG
                ? kept.clamp(scalarOption(-MOST), scalarOption(MOST)).exp()
                : kept;
    }

    private static ScalarOptional scalarOption(double value) {
        return new ScalarOptional(scalar(value));
    }

    @Override
    public Tensor weight() {
        return isOn() ? psi.apply(v, plainA(), plainB()) : v;
    }

    /** Whether the function acts yet. */
    public boolean isOn() {
        return psi != Psi.IDENTITY && on.item_double() != 0;
    }

    @Override
    public Compander with(Map<String, Tensor> tensors) {
        return new Compander(
                psi,
                tensors.getOrDefault(V, v),
                tensors.getOrDefault(pair.a(), a),
                tensors.getOrDefault(pair.b(), b),
                pair,
                on);
    }

    @Override
    public boolean take(Latent stored) {
        if (!(stored instanceof Compander other)
                || other.psi != psi
                || other.isOn() != isOn()
                || !Arrays.equals(Tensors.shape(v), Tensors.shape(other.v))
                || a.numel() != other.a.numel()
                || b.numel() != other.b.numel()) {
            return false;
        }
        v.copy_(other.v);
        boolean isAlike = other.pair.form() == pair.form(); // then to the last bit
        a.copy_((isAlike ? other.a : kept(other.plainA())).view(Tensors.shape(a)));
        b.copy_((isAlike ? other.b : kept(other.plainB())).view(Tensors.shape(b)));
        return true;
    }

    private Tensor kept(Tensor plain) {
        return pair.form() == Form.LOG ? plain.log() : plain;
    }

    @Override
    public Map<String, Tensor> trainables() {
        var all = new LinkedHashMap<String, Tensor>();
        all.put(V, v);
        if (pair.learned() && !pair.isGlobal()) {
            all.put(pair.a(), a);
            all.put(pair.b(), b);
        }
        return all;
    }

    @Override
    public Map<String, Tensor> shared() {
        var all = new LinkedHashMap<String, Tensor>();
        if (pair.learned() && pair.isGlobal()) {
            all.put(pair.a(), a);
            all.put(pair.b(), b);
        }
        return all;
    }

    @Override
    public Map<String, Tensor> fixed() {
        var all = new LinkedHashMap<String, Tensor>();
        all.put(ON, on);
        if (!pair.learned()) {
            all.put(pair.a(), a);
            all.put(pair.b(), b);
        }
        return all;
    }
}
