package org.counterweight.studies.adapt;

import static org.bytedeco.pytorch.global.torch.empty;
import static org.bytedeco.pytorch.global.torch.mm;
import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.optional;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.engine.Tensors.zeros;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.studies.bed.classifier.Perceptron;
import org.counterweight.studies.digits.Samples;

/**
 * A network of square layers and the one it is to become, which differs from it in each layer by a matrix of known rank.
 *
 * @param model of the layers' widths
 * @param base weights normal of variance 2 / width, biases zero
 * @param target the base plus the updates
 */
record TrueRankTeacher(Perceptron model, Map<String, Tensor> base, Map<String, Tensor> target) {
    /** The Frobenius norm of an update, as a part of that of its weight. */
    private static final double SIZE = 0.5;

    /** @param ranks one a layer; 0 for one that stays as it is */
    static TrueRankTeacher of(long width, List<Integer> ranks, Generator random) {
        var base = new LinkedHashMap<String, Tensor>();
        var target = new LinkedHashMap<String, Tensor>();
        for (int layer = 0; layer < ranks.size(); layer++) {
            Tensor weight = normal(random, width, width);
            weight = times(weight, Math.sqrt(2.0 / width));
            base.put(layer + ".weight", weight);
            target.put(layer + ".weight", ranks.get(layer) == 0 ? weight : updated(weight, ranks.get(layer), random));
            base.put(layer + ".bias", zeros(width));
            target.put(layer + ".bias", zeros(width));
        }
        return new TrueRankTeacher(new Perceptron(Collections.nCopies(ranks.size() + 1, width)), base, target);
    }

    private static Tensor updated(Tensor weight, long rank, Generator random) {
        Tensor update = mm(normal(random, weight.size(0), rank), normal(random, rank, weight.size(1)));
        return weight.add(times(update, SIZE * length(weight) / length(update)));
    }

    private static double length(Tensor matrix) {
        return norm2(matrix, false, 0, 1).item_double();
    }

    private static Tensor normal(Generator random, long... shape) {
        return empty(shape).normal_(0, 1, optional(random));
    }

    /** So many normal inputs with the target's exact answers. */
    Samples samples(int count, Generator random) {
        Tensor inputs = normal(random, count, model.widths().get(0));
        var questions = new Samples(inputs, inputs);
        try (var off = Tensors.noGrad()) {
            return new Samples(
                    inputs,
                    model.forward(Params.of(target), questions.batch(), Pass.evaluation())
                            .logits());
        }
    }
}
