package org.counterweight.reparametrize.compand;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The unit function f of a compander w = a f(v / b): odd, rising, steepest at 0 with slope 1, and of bounded magnitude but for
 * the identity.
 */
public enum Psi {
    /** f(u) = arctan u, within ±π/2. */
    ARCTAN(Math.PI / 2) {
        @Override
        Tensor unit(Tensor u) {
            return u.atan();
        }

        @Override
        Tensor inverse(Tensor y) {
            return y.tan();
        }
    },
    /** f(u) = tanh u, within ±1. */
    TANH(1) {
        @Override
        Tensor unit(Tensor u) {
            return u.tanh();
        }

        @Override
        Tensor inverse(Tensor y) {
            return y.atanh();
        }
    },
    /** f(u) = u / (1 + |u|), within ±1. */
    SOFTSIGN(1) {
        @Override
        Tensor unit(Tensor u) {
            return u.div(u.abs().add(scalar(1)));
        }

        @Override
        Tensor inverse(Tensor y) {
            return y.div(y.abs().neg().add(scalar(1)));
        }
    },
    /** w = v, whatever a and b: plain training. */
    IDENTITY(Double.POSITIVE_INFINITY) {
        @Override
        Tensor unit(Tensor u) {
            return u;
        }

        @Override
        Tensor inverse(Tensor y) {
            return y;
        }
    };

    private final double bound;

    Psi(double bound) {
        this.bound = bound;
    }

    /** f(u), each number by itself. */
    abstract Tensor unit(Tensor u);

    /** u with f(u) = y, for |y| below {@link #bound}. */
    abstract Tensor inverse(Tensor y);

    /** What |f| stays below. */
    public double bound() {
        return bound;
    }

    /**
     * w = a f(v / b), of the shape of v, with gradients of any order to all three.
     *
     * @param v of any shape
     * @param a above 0, of one element or of size 1 in every dimension but one
     * @param b the same
     */
    public Tensor apply(Tensor v, Tensor a, Tensor b) {
        return this == IDENTITY ? v : unit(v.div(b)).mul(a);
    }

    /** v of the shape of w, with w = a f(v / b), for |w| below a times the bound; beyond it NaN or infinite. */
    public Tensor invert(Tensor w, Tensor a, Tensor b) {
        return this == IDENTITY ? w : inverse(w.div(a)).mul(b);
    }

    /** {@code w} with what lies beyond ±{@code limit} a times the bound moved there; itself where there is no bound. */
    Tensor clipped(Tensor w, Tensor a, double limit) {
        if (this == IDENTITY) {
            return w;
        }
        Tensor most = a.mul(scalar(limit * bound));
        return torch.maximum(torch.minimum(w, most), most.neg());
    }
}
