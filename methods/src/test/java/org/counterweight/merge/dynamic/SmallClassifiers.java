package org.counterweight.merge.dynamic;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.image.Mlp;

/** Small classifiers, samples and logits of several kinds of doubt. */
final class SmallClassifiers {
    private SmallClassifiers() {}

    static List<Double> values(Tensor tensor) {
        return Arrays.stream(Tensors.toDoubles(tensor)).boxed().toList();
    }

    static Tensor draw(long seed, double scale, long... shape) {
        return torch.empty(shape).normal_(0, scale, Tensors.optional(new Seed(seed).generator()));
    }

    /** Logits of confident and of doubtful samples. */
    static Tensor logits(long seed, long n) {
        return draw(seed, 2, n, 4).mul(draw(seed + 1, 1, n, 1).abs()).to(ScalarType.Double);
    }

    static Map<String, Tensor> model(Mlp model, long seed, double scale) {
        Map<String, Tensor> weights = new LinkedHashMap<>(model.initialize(new Seed(seed).generator()));
        weights.replaceAll((name, tensor) -> tensor.mul(Tensors.scalar(scale)));
        return weights;
    }

    static Batch samples(long n) {
        return new Batch(Map.of(Batch.PIXEL_VALUES, draw(3, 1, n, 5)));
    }

    static Tensor forward(Mlp model, Map<String, Tensor> weights, Batch samples) {
        return model.forward(Params.of(weights), samples, Pass.evaluation()).logits();
    }
}
