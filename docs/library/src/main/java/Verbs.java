import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.InMemory;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Tap;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.TrainingResult;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.weigh.Rows;
import org.counterweight.train.weigh.Weigher;
import org.counterweight.weights.Combiner;
import org.counterweight.weights.ModelDirectory;

/** The listings of the page of {@code org.counterweight}, one for each verb. */
final class Verbs {
    private Verbs() {}

    record Gain(Tensor gain) implements Parametrization {
        public Tensor weight(Tensor base) {
            return base.mul(gain); // [out, in] by [out, 1]
        }

        public Map<String, Tensor> trainables() {
            return Map.of("gain", gain);
        }

        public Parametrization with(Map<String, Tensor> tensors) {
            return new Gain(tensors.get("gain"));
        }
    }

    static Params parametrized(Params params, Tensor gain) {
        Params adapted = params.parametrized(Map.of("classifier.weight", new Gain(gain)));
        return adapted;
    }

    record Halved() implements Tap {
        public Tensor apply(String point, Tensor in, Tensor out, Pass pass) {
            return out.mul(Tensors.scalar(0.5));
        }

        public Map<String, Tensor> trainables() {
            return Map.of();
        }

        public Tap with(Map<String, Tensor> tensors) {
            return this;
        }
    }

    static Params tapped(Model model, Params params) {
        Params tapped = params.tapped(Map.of(model.points().get(0), new Halved()));
        return tapped;
    }

    static void weighed(Model model, Params params, Batch batch, Pass pass, long step) {
        Weigher hardest = rows -> rows.losses().eq(rows.losses().max()).to(ScalarType.Float);
        Objective.Losses losses = new CrossEntropy(0).losses(model, params, batch, pass);
        Tensor weights = hardest.weights(new Rows(losses.perRow().detach(), losses.units(), batch, step));
        losses.perRow().mul(weights).sum().backward();
    }

    static Map<String, Tensor> combined(Map<String, Tensor> one, Map<String, Tensor> other) {
        Combiner mean = (name, tensors) -> tensors.get(0).add(tensors.get(1)).div(Tensors.scalar(2));
        Map<String, Tensor> merged = InMemory.merge(mean, List.of(one, other));
        return merged;
    }

    static void trained(Path directory, BatchSource batches) {
        try (var scope = Scope.open();
                var files = ModelDirectory.open(directory)) {
            Model model = Architectures.of(files.config());
            var weights = new LinkedHashMap<>(Architectures.fit(model, files.all()).byName());
            weights.replaceAll((name, tensor) -> tensor.clone().requires_grad_(true));
            Task task = Task.of(model, Params.of(weights), batches, new CrossEntropy(0));
            try (var trainer = new Trainer(task, TrainConfig.of("{epochs: 1}"), new TrainingListener() {}, null)) {
                TrainingResult result = trainer.run();
                System.out.println(result.steps() + " steps, " + merged(model, weights, batches));
            }
        }
    }

    private static String merged(Model model, Map<String, Tensor> weights, BatchSource batches) {
        Params params = Params.of(weights);
        Tensor gain = torch.ones(model.shapes().get("classifier.weight")[0], 1).requires_grad_(true);
        Params both = tapped(model, parametrized(params, gain));
        weighed(model, both, batches.epoch(0).apply(0), Pass.training(new Seed(7).generator()), 0);
        return both.trainables().size() + " tensors train, " + combined(weights, weights).size() + " are merged";
    }
}
