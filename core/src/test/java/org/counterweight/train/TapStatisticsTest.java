package org.counterweight.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.counterweight.train.objective.CrossEntropy;
import org.junit.jupiter.api.Test;

class TapStatisticsTest {
    /** Takes the mean of the batch away in training, and a running one in evaluation. */
    private record Centred(Tensor mean) implements Tap {
        @Override
        public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
            if (!pass.isTraining()) {
                return out.sub(mean);
            }
            Tensor now = out.mean(0);
            BiConsumer<String, Tensor> sink = pass.statistics();
            if (sink != null) {
                sink.accept(point + ".mean", mean.lerp(now.detach(), Tensors.scalar(0.5)));
            }
            return out.sub(now);
        }

        @Override
        public Map<String, Tensor> trainables() {
            return Map.of();
        }

        @Override
        public Centred with(Map<String, Tensor> tensors) {
            return this;
        }

        @Override
        public Map<String, Tensor> statistics() {
            return Map.of("mean", mean);
        }

        @Override
        public Map<String, Tensor> tensors() {
            return statistics();
        }
    }

    @Test
    void theDataMovesThemAndTheyAreSaved() {
        try (var scope = Scope.open()) {
            var model = new Mlp(3, List.of(4), 2, Activation.TANH, 0);
            Map<String, Tensor> weights = model.initialize(new Seed(2).generator());
            Params plain = Params.of(weights);
            plain.weight("layers.1.weight").requires_grad_(true); // the hidden layer stays as it is
            Tensor mean = Tensors.zeros(4);
            Params params = plain.tapped(Map.of("layers.0", new Centred(mean)));
            Tensor x = torch.empty(6, 3).normal_(1, 1, Tensors.optional(new Seed(3).generator()));
            var batch = new Batch(
                    Map.of(Batch.PIXEL_VALUES, x, Batch.LABELS, Tensors.longs(new long[] {0, 1, 0, 1, 0, 1})));
            Tensor hidden = Tensors.linear(x, plain.weight("layers.0.weight"), plain.weight("layers.0.bias"))
                    .tanh();
            Task task = Task.of(model, params, BatchSource.of(List.of(batch)), new CrossEntropy(0));
            try (var trainer = new Trainer(
                    task, TrainConfig.of("{max_steps: 2, precision: float32}"), new TrainingListener() {}, null)) {
                trainer.run();
            }
            assertTensor(mean).isCloseTo(hidden.mean(0).mul(Tensors.scalar(0.75)), 1e-6, 1e-6);
            assertThat(params.saved()).containsKey("layers.0.mean");
            assertThat(params.trainables()).containsOnlyKeys("layers.1.weight");
        }
    }
}
