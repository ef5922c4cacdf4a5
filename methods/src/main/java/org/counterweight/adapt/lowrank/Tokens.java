package org.counterweight.adapt.lowrank;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/** Activations of any number of dimensions as a matrix with one row a token, and back. */
public record Tokens(Tensor matrix, long[] leading) {

    /** {@code x [..., in]} as {@code [n, in]}. */
    public static Tokens of(Tensor x) {
        long[] leading = new long[(int) x.dim() - 1];
        for (int i = 0; i < leading.length; i++) {
            leading[i] = x.size(i);
        }
        return new Tokens(leading.length == 1 ? x : x.reshape(-1, x.size(-1)), leading);
    }

    /** {@code y [n, out]} as {@code [..., out]}. */
    public Tensor restore(Tensor y) {
        if (leading.length == 1) {
            return y;
        }
        long[] shape = Arrays.copyOf(leading, leading.length + 1);
        shape[leading.length] = y.size(1);
        return y.view(shape);
    }
}
