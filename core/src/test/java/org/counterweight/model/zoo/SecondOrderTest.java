package org.counterweight.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.answer.T5;
import org.counterweight.model.zoo.encoder.Encoder;
import org.counterweight.model.zoo.image.PhotoResNet;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradient of a gradient along a direction, against a central difference of gradients, for every model of the zoo. */
class SecondOrderTest {
    private static final double H = 1e-5;

    static List<Named<Model>> zoo() {
        return Zoo.all();
    }

    private static Tensor loss(Model model, Params params, Pass pass) {
        Batch batch = Zoo.batch(model, ScalarType.Double);
        if (!Zoo.readsText(model) || Zoo.isClassifier(model)) {
            Batch labelled = batch.with(Batch.LABELS, Zoo.labels(batch));
            return new CrossEntropy(0)
                    .losses(model, params, labelled, pass)
                    .perRow()
                    .sum();
        }
        if (Zoo.isLanguageModel(model) && !(model instanceof T5)) {
            Tensor labels =
                    batch.inputIds().masked_fill(batch.get(Batch.ATTENTION_MASK).eq(scalar(0)), scalar(-100L));
            TokenCrossEntropy objective =
                    model instanceof Encoder ? TokenCrossEntropy.MASKED : TokenCrossEntropy.CAUSAL;
            return objective
                    .losses(model, params, batch.with(Batch.LABELS, labels), pass)
                    .perRow()
                    .sum();
        }
        Tensor squares = model.forward(params, batch, pass).logits().square();
        if (squares.dim() == 3
                && model.answerStart().isEmpty()) { // each token's, of which those of padding are nobody's answer
            squares = squares.mul(batch.get(Batch.ATTENTION_MASK).unsqueeze(-1));
        }
        return squares.sum();
    }

    /** In training where norms of the batch have then a gradient of their own; the models drop nothing. */
    private static Pass pass() {
        return Pass.training(new Seed(1).generator()).differentiable(2);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("zoo")
    void agreesWithDifferencesOfGradients(Model model) {
        try (var scope = Scope.open()) {
            Map<String, Tensor> at = moved(Zoo.params(model, ScalarType.Double).weights(), model, Map.of(), 0);
            Map<String, Tensor> direction = direction(at);
            Tensor[] leaves = at.values().toArray(Tensor[]::new);
            Tensor[] first = gradients(loss(model, Params.of(at), pass()), true, leaves);
            Tensor along = torch.zeros(1, 1).to(ScalarType.Double).sum();
            int i = 0;
            for (Tensor way : direction.values()) {
                along = along.add(first[i++].mul(way).sum());
            }
            Tensor[] second = gradients(along, false, leaves);
            // The largest of a window and norms of the batch behind it make corners so near that a longer step passes
            // one.
            double h = model instanceof PhotoResNet ? H / 100 : H;
            Tensor[] near = difference(model, at, direction, h);
            Tensor[] far = difference(model, at, direction, 2 * h);
            i = 0;
            double largest = 0;
            for (String name : at.keySet()) {
                Tensor expected = near[i].mul(scalar(4.0)).sub(far[i]).div(scalar(3.0)); // the error of H² falls out
                assertTensor(second[i]).as(name).isCloseTo(expected, 1e-6, 1e-7);
                largest = Math.max(largest, expected.abs().max().item_double());
                i++;
            }
            assertThat(largest).as("there is curvature to see").isGreaterThan(1e-3);
        }
    }

    /** (g(w + h d) − g(w − h d)) / 2h. */
    private static Tensor[] difference(Model model, Map<String, Tensor> at, Map<String, Tensor> direction, double h) {
        Tensor[] ahead = gradientsAt(model, moved(at, model, direction, h));
        Tensor[] behind = gradientsAt(model, moved(at, model, direction, -h));
        for (int i = 0; i < ahead.length; i++) {
            ahead[i] = ahead[i].sub(behind[i]).div(scalar(2 * h));
        }
        return ahead;
    }

    private static Tensor[] gradientsAt(Model model, Map<String, Tensor> weights) {
        return gradients(
                loss(model, Params.of(weights), pass()), false, weights.values().toArray(Tensor[]::new));
    }

    /** Leaves: the weights, without running statistics, moved along the direction. */
    private static Map<String, Tensor> moved(
            Map<String, Tensor> weights, Model model, Map<String, Tensor> direction, double step) {
        var moved = new LinkedHashMap<String, Tensor>();
        weights.forEach((name, tensor) -> {
            if (!model.modules().buffers().contains(name)) {
                Tensor way = direction.get(name);
                Tensor there =
                        way == null ? tensor.detach().clone() : tensor.detach().add(way, scalar(step));
                moved.put(name, there.requires_grad_(true));
            }
        });
        return moved;
    }

    private static Map<String, Tensor> direction(Map<String, Tensor> like) {
        Generator random = new Seed(9).generator();
        var direction = new LinkedHashMap<String, Tensor>();
        like.forEach((name, tensor) ->
                direction.put(name, torch.empty_like(tensor.detach()).normal_(0, 1, Tensors.optional(random))));
        return direction;
    }
}
