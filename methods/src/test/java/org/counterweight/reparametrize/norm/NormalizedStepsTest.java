package org.counterweight.reparametrize.norm;

import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.Run;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of plain weights that are those of g and v end where g and v end. */
class NormalizedStepsTest {
    private static final Model MODEL = Architectures.of(
            Configs.yaml("{model_type: mlp, inputs: 6, hidden_sizes: [7, 5], num_labels: 3}", "model"));

    private static Map<String, Tensor> trained(String settings, String train) {
        var weights = new LinkedHashMap<String, Tensor>();
        MODEL.initialize(new Seed(3).generator())
                .forEach((name, tensor) ->
                        weights.put(name, tensor.to(ScalarType.Double).requires_grad_(true)));
        Reparametrization method = Choice.named("weight_norm", settings, "reparametrize", Reparametrization.class)
                .settings();
        Params params = method.attach(MODEL, Params.of(weights));
        Tensor x = torch.empty(8, 6)
                .normal_(0, 1, Tensors.optional(new Seed(5).generator()))
                .to(ScalarType.Double);
        Tensor labels = torch.arange(Tensors.scalar(8)).to(ScalarType.Long).remainder(Tensors.longs(new long[] {3}));
        BatchSource data = BatchSource.of(List.of(new Batch(Map.of(Batch.PIXEL_VALUES, x, Batch.LABELS, labels))));
        TrainConfig config = TrainConfig.of(train);
        Task task = Task.of(MODEL, params, data, new CrossEntropy(0));
        Run run = method.join(new Run(task, config, i -> data, new TrainingListener() {}));
        try (var trainer = new Trainer(run.task(), run.config(), new TrainingListener() {}, null)) {
            trainer.run();
        } finally {
            run.task().events().forEach(TrainingEvents::close);
        }
        return params.materialized();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{max_steps: 12, lr: 0.1, clip: null, optimizer: {name: sgd, momentum: 0.9}, precision: float32}",
                "{max_steps: 12, lr: 0.02, clip: null, optimizer: {name: adam}, precision: float32, weight_decay: 0.1}",
                "{max_steps: 12, lr: 0.02, clip: null, schedule: linear, precision: float32, weight_decay: 0.1}"
            })
    void endWhereTheParametrizationEnds(String train) {
        try (var scope = Scope.open()) {
            for (String decay : List.of("none", "v", "g")) {
                Map<String, Tensor> latent = trained("{decay: " + decay + "}", train);
                trained("{mode: optimizer, decay: " + decay + "}", train)
                        .forEach((name, tensor) ->
                                assertTensor(tensor).as(decay + " " + name).isCloseTo(latent.get(name), 1e-7, 1e-9));
            }
        }
    }
}
