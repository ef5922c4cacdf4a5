package org.counterweight.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Attachment;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.stock.ModelStockTraining;
import org.counterweight.merge.stock.PeriodicStockConfig;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.generate.Generation;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.train.StepReport;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluator;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.TokenCrossEntropy;
import org.counterweight.train.part.Run;
import org.counterweight.train.weigh.WeigherConfig;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A run is the same on every device that this machine has: each adapter, weigher and kind of model is trained on it for a few
 * steps, and held against the same steps on the CPU. Where the CPU is all there is, a run is held against its repetition.
 */
class DevicesTest {
    private static final int STEPS = 6;
    private static final String BERT = "{model_type: bert, vocab_size: 40, hidden_size: 32, num_hidden_layers: 2,"
            + " num_attention_heads: 2, intermediate_size: 64, max_position_embeddings: 16,"
            + " architectures: [BertForSequenceClassification], num_labels: 3";
    private static final String NO_DROPOUT =
            ", hidden_dropout_prob: 0.0, attention_probs_dropout_prob: 0.0, classifier_dropout: 0.0}";
    private static final String LLAMA = "{model_type: llama, vocab_size: 40, hidden_size: 32, num_hidden_layers: 2,"
            + " num_attention_heads: 4, num_key_value_heads: 2, intermediate_size: 64,"
            + " architectures: [LlamaForCausalLM]}";
    private static final String GPT2 = "{model_type: gpt2, vocab_size: 40, n_embd: 32, n_layer: 2, n_head: 2,"
            + " n_positions: 16, resid_pdrop: 0.0, embd_pdrop: 0.0, attn_pdrop: 0.0, architectures: [GPT2LMHeadModel]}";

    /** Settings for methods that have no default for all, or whose default is too large for so small a model. */
    private static final Map<String, String> SETTINGS = Map.of(
            "bone", "{r: 8}",
            "lora", "{targets: [all-linear]}",
            "dora", "{targets: [all-linear], r: 4}",
            "adalora", "{init_r: 6, target_r: 3, tinit: 1, tfinal: 1, delta_t: 1}",
            "compacter", "{reduction_factor: 4}",
            "loss_reweighting", "{r: 0.4}",
            "loss_selection", "{ratio: 0.5}",
            "loss_clipping", "{limit: 1.0}",
            "group_dro", "{groups: 3, eta: 0.5}",
            "doremi", "{groups: 3}");

    static List<String> devices() {
        return Engine.hasCuda() ? List.of("cpu", "cuda") : List.of("cpu");
    }

    private static Stream<Arguments> onDevices(Class<?> kind) {
        return Catalogue.all().stream()
                .filter(method -> kind.isAssignableFrom(method.config()))
                .flatMap(method -> devices().stream().map(device -> Arguments.of(method.name(), device)));
    }

    static Stream<Arguments> adapters() {
        return onDevices(Attachment.class);
    }

    static Stream<Arguments> reparametrizations() {
        return onDevices(Reparametrization.class);
    }

    static Stream<Arguments> weighers() {
        return onDevices(WeigherConfig.class);
    }

    static Stream<Arguments> decoders() {
        return Stream.of(LLAMA, GPT2).flatMap(model -> devices().stream().map(device -> Arguments.of(model, device)));
    }

    private static Object settings(String name) {
        Method method = Catalogue.named(name, "test");
        return Configs.bind(Configs.yaml(SETTINGS.getOrDefault(name, "{}"), name), method.config(), name);
    }

    private static Model model(String config) {
        return Architectures.of(Configs.yaml(config, "model"));
    }

    /** The same fresh weights on that device; the head's are trained. */
    private static Params params(Model model, Device device) {
        var weights = new LinkedHashMap<>(model.initialize(new Seed(1).generator()));
        weights.replaceAll((name, tensor) -> Tensors.to(tensor, device));
        model.modules()
                .heads()
                .forEach(head -> weights.forEach((name, tensor) -> {
                    if (name.startsWith(head + ".")) {
                        tensor.requires_grad_(true);
                    }
                }));
        return Params.of(weights);
    }

    private static Params adapted(Model model, Params params, Attachment settings) {
        return settings.attach(model, params, new Seed(2).generator());
    }

    /** On the CPU, as data sets give them; every other row is padded. */
    private static BatchSource batches(boolean decoder) {
        return BatchSource.of(2, epoch -> place -> {
            var random = Tensors.optional(new Seed(epoch).child(place).generator());
            Tensor ids =
                    torch.empty(6, 10).random_(1, new LongOptional(40), random).to(ScalarType.Long);
            Tensor mask = torch.ones_like(ids);
            Tensors.slice(mask, 1, 7, 10).select(0, 1).zero_();
            Tensor numbers = torch.arange(Tensors.scalar(6)).to(ScalarType.Long);
            var batch = new LinkedHashMap<String, Tensor>();
            batch.put(Batch.INPUT_IDS, ids);
            batch.put(Batch.ATTENTION_MASK, mask);
            batch.put(
                    Batch.LABELS,
                    decoder
                            ? ids
                            : torch.empty(6)
                                    .random_(0, new LongOptional(3), random)
                                    .to(ScalarType.Long));
            batch.put(Batch.ROW, numbers);
            batch.put("group", numbers.remainder(new Scalar(3L)));
            batch.put("ref_loss", torch.empty(6).exponential_(1, random));
            batch.put("weight", torch.empty(6).exponential_(1, random));
            return new Batch(batch);
        });
    }

    private static Task task(Model model, Params params, boolean decoder) {
        var objective = decoder ? TokenCrossEntropy.CAUSAL : new CrossEntropy(0);
        return Task.of(model, params, batches(decoder), objective)
                .evaluatedBy(Evaluator.of(batches(decoder), objective, List.of()));
    }

    private static TrainConfig config(String more) {
        return TrainConfig.of("{max_steps: " + STEPS + ", lr: 0.01, keep_best: false, " + more + "}");
    }

    /** The loss of each step, and that of the evaluation after the last. */
    private static List<Double> losses(Task task, TrainConfig config) {
        var losses = new ArrayList<Double>();
        var listener = new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
                losses.add(report.loss());
            }
        };
        try (var trainer = new Trainer(task, config, listener, null)) {
            losses.add(Objects.requireNonNull(trainer.run().evaluation()).loss());
        } finally {
            task.events().forEach(TrainingEvents::close);
        }
        return losses;
    }

    private static void assertSame(List<Double> losses, List<Double> expected) {
        assertThat(losses).hasSize(STEPS + 1).hasSameSizeAs(expected);
        for (int i = 0; i < losses.size(); i++) {
            assertThat(losses.get(i)).as("loss %d", i).isCloseTo(expected.get(i), within(1e-4));
        }
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("adapters")
    void everyAdapterTrainsAlike(String name, String device) {
        assertSame(adapterRun(name, device), adapterRun(name, "cpu"));
    }

    private static List<Double> adapterRun(String name, String device) {
        try (var scope = Scope.open()) {
            Model model = model(BERT + NO_DROPOUT);
            var settings = (Attachment) settings(name);
            Task task = task(model, adapted(model, params(model, Engine.device(device)), settings), false);
            TrainConfig config = config("precision: float32");
            return losses(
                    settings instanceof AdapterConfig adapter ? adapter.training(task, config.lr(), STEPS) : task,
                    config);
        }
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("reparametrizations")
    void everyReparametrizationTrainsAlike(String name, String device) {
        assertSame(reparametrizedRun(name, device), reparametrizedRun(name, "cpu"));
    }

    private static List<Double> reparametrizedRun(String name, String device) {
        try (var scope = Scope.open()) {
            Model model = model(BERT + NO_DROPOUT);
            Params all = params(model, Engine.device(device));
            all.weights().values().forEach(weight -> weight.requires_grad_(true));
            var settings = (Reparametrization) settings(name);
            Task task = task(model, settings.attach(model, all), false);
            Run run = settings.join(
                    new Run(task, config("precision: float32"), order -> batches(false), new TrainingListener() {}));
            return losses(run.task(), run.config());
        }
    }

    @ParameterizedTest(name = "{0} on {1}")
    @MethodSource("weighers")
    void everyWeigherWeighsAlike(String name, String device) {
        assertSame(weigherRun(name, device), weigherRun(name, "cpu"));
    }

    private static List<Double> weigherRun(String name, String device) {
        try (var scope = Scope.open()) {
            Model model = model(BERT + NO_DROPOUT);
            Params params = adapted(model, params(model, Engine.device(device)), (Attachment) settings("lora"));
            var weigher = ((WeigherConfig) settings(name)).create();
            return losses(task(model, params, false).weighedBy(weigher), config("precision: float32"));
        }
    }

    @ParameterizedTest(name = "on {1}: {0}")
    @MethodSource("decoders")
    void decodersTrainAndGenerateAlike(String config, String device) {
        try (var scope = Scope.open()) {
            Model model = model(config);
            Params here = decoder(model, device);
            Params there = decoder(model, "cpu");
            assertSame(
                    losses(task(model, here, true), config("precision: float32")),
                    losses(task(model, there, true), config("precision: float32")));
            var generation = Configs.bind(
                    Configs.yaml("{max_new_tokens: 5, temperature: 1.0, top_k: 9}", "test"), Generation.class, "");
            assertThat(generation.extend(model, here, new long[] {3, 4}, Set.of(), 0))
                    .isEqualTo(generation.extend(model, there, new long[] {3, 4}, Set.of(), 0));
        }
    }

    private static Params decoder(Model model, String device) {
        return adapted(model, params(model, Engine.device(device)), (Attachment) settings("lora"));
    }

    @ParameterizedTest
    @MethodSource("devices")
    void dropoutRepeatsWithItsSeed(String device) {
        try (var scope = Scope.open()) {
            Model model = model(BERT + "}");
            var runs = new ArrayList<List<Double>>();
            for (int i = 0; i < 2; i++) {
                Params params = adapted(model, params(model, Engine.device(device)), (Attachment) settings("lora"));
                runs.add(losses(task(model, params, false), config("precision: float32, seed: 4")));
            }
            assertThat(runs.get(0)).isEqualTo(runs.get(1)).isNotEqualTo(adapterRun("lora", device));
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aRunRepeatsToTheLastBit(String device) {
        for (String precision : List.of("float32", "bf16")) {
            assertThat(decoderRun(device, precision)).isEqualTo(decoderRun(device, precision));
        }
        assertThat(adapterRun("full", device)).isEqualTo(adapterRun("full", device));
    }

    private static List<Double> decoderRun(String device, String precision) {
        try (var scope = Scope.open()) {
            Model model = model(LLAMA);
            return losses(task(model, decoder(model, device), true), config("precision: " + precision));
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void bf16StaysNearFloat32(String device) {
        try (var scope = Scope.open()) {
            for (String config : List.of(BERT + NO_DROPOUT, LLAMA)) {
                Model model = model(config);
                boolean isDecoder = config.equals(LLAMA);
                var runs = new ArrayList<List<Double>>();
                for (String precision : List.of("bf16", "float32")) {
                    Params params = adapted(model, params(model, Engine.device(device)), (Attachment) settings("dora"));
                    runs.add(losses(task(model, params, isDecoder), config("precision: " + precision)));
                }
                assertThat(runs.get(0)).isNotEqualTo(runs.get(1));
                for (int i = 0; i <= STEPS; i++) {
                    assertThat(runs.get(0).get(i)).isCloseTo(runs.get(1).get(i), within(0.05));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void modelsMergedWhileTheyTrainMergeAlike(String device) {
        assertSame(stockRun(device), stockRun("cpu"));
    }

    private static List<Double> stockRun(String device) {
        try (var scope = Scope.open()) {
            Model model = model(BERT + NO_DROPOUT);
            Params all = params(model, Engine.device(device));
            all.weights().values().forEach(weight -> weight.requires_grad_(true));
            Task task = task(model, all, false);
            TrainConfig config = config("precision: float32");
            var stock = Configs.bind(Configs.yaml("{period: 2}", "stock"), PeriodicStockConfig.class, "");
            try (var merging =
                    ModelStockTraining.of(stock, task, config, List.of(batches(false)), new TrainingListener() {})) {
                return losses(task.with(merging), config);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aRunIsResumedExactly(String device, @TempDir Path directory) {
        try (var scope = Scope.open()) {
            Model model = model(BERT + "}");
            Path checkpoint = directory.resolve("checkpoint.safetensors");
            TrainConfig config = config("precision: float32");
            Params unbroken = adapted(model, params(model, Engine.device(device)), (Attachment) settings("lora"));
            List<Double> whole = losses(task(model, unbroken, false), config);
            Params broken = adapted(model, params(model, Engine.device(device)), (Attachment) settings("lora"));
            try (var trainer = new Trainer(task(model, broken, false), config, new TrainingListener() {}, checkpoint)) {
                trainer.advance(3);
                trainer.stop();
                assertThat(trainer.run().interrupted()).isTrue();
            }
            Params resumed = adapted(model, params(model, Engine.device(device)), (Attachment) settings("lora"));
            try (var trainer =
                    new Trainer(task(model, resumed, false), config, new TrainingListener() {}, checkpoint)) {
                assertThat(trainer.resume()).isTrue();
                assertThat(Objects.requireNonNull(trainer.run().evaluation()).loss())
                        .isEqualTo(whole.get(STEPS));
            }
            resumed.trainables()
                    .forEach((name, tensor) -> assertTensor(tensor.cpu())
                            .as(name)
                            .isEqualTo(
                                    Objects.requireNonNull(unbroken.trainables().get(name))
                                            .cpu()));
        }
    }
}
