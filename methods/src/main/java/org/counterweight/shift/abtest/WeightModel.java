package org.counterweight.shift.abtest;

import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.scalar;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.train.optimize.Adam;
import org.counterweight.train.optimize.Gradients;
import org.counterweight.train.optimize.Optimizer;

/**
 * G(x), an estimate of Pr(Z = 1 | X = x): fully connected layers with ReLU between them, trained by cross-entropy with Adam.
 *
 * <p>Parameters are named {@code G.<layer>.weight}, {@code [out, in]}, and {@code G.<layer>.bias}. They and the optimizer's
 * memory belong to this object: {@link #close} frees them.
 */
public final class WeightModel implements AutoCloseable {
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final Optimizer optimizer;

    /**
     * A model that starts at given parameters, which are copied.
     *
     * @param rule Adam's constants
     * @param lr learning rate
     */
    public WeightModel(Map<String, Tensor> start, Adam rule, double lr) {
        int layers = start.size() / 2;
        try (var scope = Scope.open()) {
            for (int i = 0; i < layers; i++) {
                for (String part : List.of("weight", "bias")) {
                    String name = name(i, part);
                    Tensor tensor = start.get(name);
                    if (tensor == null) {
                        throw new IllegalArgumentException("the weight model has no " + name);
                    }
                    parameters.put(name, Scope.own(tensor.detach().clone().requires_grad_(true)));
                }
            }
        }
        optimizer = Optimizer.of(rule, parameters, lr, 0);
    }

    private static String name(int layer, String part) {
        return "G." + layer + "." + part;
    }

    /**
     * Parameters to start with: uniform in ±1/√in, as PyTorch's linear layers.
     *
     * @param inputs features
     * @param hidden widths of the layers between
     * @param p with {@code paperStart} false the last layer is zero and its bias logit(p), so that all weights are 1 at first
     */
    public static Map<String, Tensor> start(
            long inputs, List<Integer> hidden, double p, boolean paperStart, ScalarType type, Seed seed) {
        var start = new LinkedHashMap<String, Tensor>();
        long in = inputs;
        for (int i = 0; i <= hidden.size(); i++) {
            long out = i < hidden.size() ? hidden.get(i) : 1;
            boolean zero = i == hidden.size() && !paperStart;
            double bound = zero ? 0 : 1 / Math.sqrt(in);
            start.put(name(i, "weight"), drawn(bound, type, seed.child(name(i, "weight")), out, in));
            Tensor bias = drawn(bound, type, seed.child(name(i, "bias")), out);
            start.put(name(i, "bias"), zero ? bias.fill_(scalar(Math.log(p / (1 - p)))) : bias);
            in = out;
        }
        return start;
    }

    private static Tensor drawn(double bound, ScalarType type, Seed seed, long... shape) {
        Tensor zeros = torch.zeros(shape, Tensors.options(type));
        return bound == 0 ? zeros : zeros.uniform_(-bound, bound, Tensors.optional(seed.generator()));
    }

    /** The live parameters, by name. */
    public Map<String, Tensor> parameters() {
        return Map.copyOf(parameters);
    }

    private static Tensor parameter(Map<String, Tensor> parameters, int layer, String part) {
        return Objects.requireNonNull(parameters.get(name(layer, part)));
    }

    private static Tensor logits(Map<String, Tensor> parameters, Tensor x) {
        int layers = parameters.size() / 2;
        Tensor h = x;
        for (int i = 0; i < layers; i++) {
            h = linear(h, parameter(parameters, i, "weight"), parameter(parameters, i, "bias"));
            h = i < layers - 1 ? h.relu() : h;
        }
        return h.squeeze(-1);
    }

    /** G of each row, {@code [n]}, without gradient. */
    public Tensor probabilities(Tensor x) {
        return probabilities(parameters, x);
    }

    /** The same of parameters that are known. */
    public static Tensor probabilities(Map<String, Tensor> parameters, Tensor x) {
        try (var off = Tensors.noGrad()) {
            return logits(parameters, x).sigmoid();
        }
    }

    /** What a step saw. */
    @FunctionalInterface
    public interface OnGradient {
        void accept(String name, Tensor gradient);
    }

    /**
     * One step of the optimizer.
     *
     * @param x {@code [n, inputs]}
     * @param z arms, 1 or 0, of the type of {@code x}, {@code [n]}
     * @param seen told of the gradients
     * @return the mean cross-entropy before the step, in bits
     */
    public double step(Tensor x, Tensor z, OnGradient seen) {
        try (var scope = Scope.open()) {
            Tensor scores = logits(parameters, x);
            Tensor loss = torch.softplus(scores).sub(scores.mul(z)).mean();
            loss.backward();
            parameters.forEach((name, tensor) -> seen.accept(name, tensor.grad()));
            optimizer.step(1);
            Gradients.clear(parameters.values());
            return loss.item_double() / Math.log(2);
        }
    }

    @Override
    public void close() {
        optimizer.close();
        parameters.values().forEach(Tensor::close);
    }
}
