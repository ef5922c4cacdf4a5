package org.counterweight.distill;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.ModuleSpec;

/**
 * An image model as a function of one vector θ {@code [P]}: its weights, flattened one after the other in the order of its
 * layers. What is computed here can be differentiated twice. Immutable.
 */
public final class FlatModel {
    private final Model model;
    private final Map<String, long[]> shapes;
    private final long length;

    /** @throws ConfigException if the model has running statistics, which are no part of θ */
    public FlatModel(Model model) {
        for (ModuleSpec module : model.modules().all()) {
            if (!module.buffers().isEmpty()) {
                throw new ConfigException("distillation: " + module.name() + " has running statistics, which no"
                        + " trajectory of weights holds; take a model with instance normalisation");
            }
        }
        this.model = model;
        this.shapes = Collections.unmodifiableMap(new LinkedHashMap<>(model.shapes()));
        this.length = shapes.values().stream().mapToLong(Tensors::length).sum();
    }

    /** P, the number of weights. */
    public long length() {
        return length;
    }

    /** The shape of each weight, by name, in the order of θ. */
    public Map<String, long[]> shapes() {
        return shapes;
    }

    /** θ of fresh weights, drawn as the model draws them; of the open scope. */
    public Tensor fresh(Seed seed) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            return scope.keep(theta(model.initialize(seed.generator())));
        }
    }

    /**
     * The weights that lie in θ, as views of it: a gradient flows through them to θ.
     *
     * @param theta {@code [P]}
     * @throws IllegalArgumentException if it has another length
     */
    public Map<String, Tensor> weights(Tensor theta) {
        if (theta.dim() != 1 || theta.size(0) != length) {
            throw new IllegalArgumentException(
                    "theta has " + theta.numel() + " numbers, and the model " + length + " weights");
        }
        long[] lengths = shapes.values().stream().mapToLong(Tensors::length).toArray();
        TensorVector parts = theta.split_with_sizes(lengths);
        var weights = new LinkedHashMap<String, Tensor>();
        int i = 0;
        for (var shape : shapes.entrySet()) {
            Tensor part = new Tensor(parts.get(i++)); // the vector's own element is a view that dangles
            weights.put(shape.getKey(), part.view(shape.getValue()));
        }
        return weights;
    }

    /**
     * θ of these weights.
     *
     * @param weights by name; more than the model's own do no harm
     * @throws IllegalArgumentException naming the first that is missing or has another shape
     */
    public Tensor theta(Map<String, Tensor> weights) {
        var parts = new TensorVector();
        shapes.forEach((name, shape) -> {
            Tensor weight = weights.get(name);
            if (weight == null || !Arrays.equals(Tensors.shape(weight), shape)) {
                throw new IllegalArgumentException("the expert's " + name + " is "
                        + (weight == null ? "missing" : Arrays.toString(Tensors.shape(weight)))
                        + ", and the model's " + Arrays.toString(shape));
            }
            parts.push_back(weight.flatten());
        });
        return torch.cat(parts, 0);
    }

    /**
     * The model's output.
     *
     * @param theta {@code [P]}
     * @param images {@code [n, channels, height, width]}
     */
    public Output output(Tensor theta, Tensor images) {
        return model.forward(
                Params.of(weights(theta)),
                new Batch(Map.of(Batch.PIXEL_VALUES, images)),
                Pass.evaluation().differentiable(2));
    }

    /** The mean cross-entropy, a scalar; labels {@code int64 [n]}, or probabilities {@code [n, classes]}. */
    public Tensor loss(Tensor theta, Tensor images, Tensor labels) {
        return torch.cross_entropy_loss(output(theta, images).logits(), labels);
    }

    /**
     * What a teacher says about the images: TESLA's labels, made anew at each iteration from the weights to be reached.
     *
     * @return probabilities {@code [n, classes]}, without gradient
     */
    public Tensor probabilities(Tensor theta, Tensor images) {
        try (var off = Tensors.noGrad()) {
            return Tensors.softmax(output(theta, images).logits(), 1);
        }
    }

    /** The gradient of the loss with respect to each weight, by name; itself differentiable where {@code keepGraph}. */
    public Map<String, Tensor> gradients(Tensor theta, Tensor images, Tensor labels, boolean keepGraph) {
        Tensor start = theta.detach().requires_grad_(true);
        Tensor[] gradient = Tensors.gradients(loss(start, images, labels), keepGraph, start);
        return weights(gradient[0]);
    }
}
