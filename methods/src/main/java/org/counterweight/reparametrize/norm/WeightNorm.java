package org.counterweight.reparametrize.norm;

import static org.counterweight.engine.Tensors.scalar;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.reparametrize.Latent;
import org.counterweight.reparametrize.start.Directed;
import org.counterweight.weights.WeightsException;

/**
 * Weight normalization: w = g v / ‖v‖, the length of each output's weights apart from their direction.
 *
 * <p>T. Salimans and D. Kingma, "Weight Normalization: A Simple Reparameterization to Accelerate Training of Deep Neural
 * Networks", NIPS 2016 (arXiv 1602.07868), section 2, equation 2; with {@link Form#LOG} g = exp(s), section 2.1. The gradient of
 * v is orthogonal to v, so plain gradient descent only lengthens it.
 *
 * @param name the weight's full name, for messages
 * @param v of the weight's stored shape
 * @param length g, or s, with size 1 in every dimension but that of the lengths; without dimensions for one of the whole
 */
public record WeightNorm(String name, Tensor v, Tensor length, Form form, Lengths lengths) implements Directed {
    /** PyTorch's name of g. */
    public static final String G = "original0";
    /** PyTorch's name of v. */
    public static final String V = "original1";
    /** s = log g: a form that PyTorch's parametrization does not have. */
    public static final String LOG_G = "log_g";

    /** What is trained for the length. */
    public enum Form {
        G,
        /** The logarithm of g, which then stays positive. */
        LOG
    }

    /**
     * The right inverse: v = w and g = ‖w‖, so that the function stays as it is.
     *
     * @param weight in its stored layout, of any shape that has the dimension of the lengths; not changed
     * @throws WeightsException if a part of it is zero, and none may be or the form is the logarithm's
     */
    public static WeightNorm of(String name, Tensor weight, Form form, Lengths lengths) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            Tensor v = weight.detach().clone();
            Tensor g = lengths.of(v);
            lengths.refuseZero(name, g);
            return new WeightNorm(
                    name,
                    scope.keep(v).requires_grad_(true),
                    scope.keep(formed(name, g, form)).requires_grad_(true),
                    form,
                    lengths);
        }
    }

    /** g as it is trained. */
    static Tensor formed(String name, Tensor g, Form form) {
        if (form == Form.G) {
            return g.clone();
        }
        Tensor below = g.le(scalar(0));
        if (below.any().item_bool()) {
            long row = Tensors.toLongs(below.flatten().nonzero().flatten())[0];
            throw new WeightsException(
                    name + ": the length of row " + row + " is not above 0 and has no logarithm; take param_form: g");
        }
        return g.log();
    }

    /** g, of the shape of {@code length}, whichever form it is trained in. */
    public Tensor g() {
        return form == Form.LOG ? length.exp() : length;
    }

    @Override
    public Tensor weight() {
        return lengths.scaled(name, v, g());
    }

    @Override
    public Tensor weightOnce() {
        return lengths.scaledOnce(name, v, g());
    }

    @Override
    public Tensor direction() {
        return lengths.scaled(name, v, length.new_ones(Tensors.shape(length)));
    }

    @Override
    public void turn(Consumer<Tensor> draw) {
        draw.accept(v);
    }

    @Override
    public void lengthen(Tensor to) {
        Tensor g = to.view(Tensors.shape(length));
        length.copy_(form == Form.LOG ? g.log() : g);
    }

    @Override
    public boolean hasOneLengthAnOutput(long outputs) {
        return lengths.dim() == outputs;
    }

    @Override
    public WeightNorm with(Map<String, Tensor> tensors) {
        return new WeightNorm(
                name,
                tensors.getOrDefault(V, v),
                tensors.getOrDefault(form == Form.LOG ? LOG_G : G, length),
                form,
                lengths);
    }

    @Override
    public boolean take(Latent stored) {
        if (!(stored instanceof WeightNorm other)
                || !Arrays.equals(Tensors.shape(v), Tensors.shape(other.v))
                || length.numel() != other.length.numel()
                || (lengths.dim() != other.lengths.dim() && length.numel() > 1)) {
            return false;
        }
        Tensor g = other.g();
        if (form == Form.LOG && !g.gt(scalar(0)).all().item_bool()) {
            return false; // a length that is not above 0 has no logarithm; that of the weight itself is
        }
        v.copy_(other.v);
        length.copy_(formed(name, g, form).view(Tensors.shape(length)));
        return true;
    }

    @Override
    public Map<String, Tensor> trainables() {
        return form == Form.LOG ? Map.of(LOG_G, length, V, v) : Map.of(G, length, V, v);
    }
}
