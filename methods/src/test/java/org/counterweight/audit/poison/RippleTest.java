package org.counterweight.audit.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.Ledger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** RIPPLe on a small transformer in float64, held against difference quotients and against what must be so. */
class RippleTest {
    private static final Model MODEL = Architectures.of(Configs.yaml(
            "{model_type: bert, architectures: [BertForSequenceClassification], vocab_size: 20, hidden_size: 8,"
                    + " num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 12, max_position_embeddings: 16,"
                    + " id2label: {0: a, 1: b}}",
            "config"));

    private final Scope scope = Scope.open();
    private final Params params = params();

    @AfterEach
    void close() {
        scope.close();
    }

    private static Params params() {
        var weights = new LinkedHashMap<>(MODEL.initialize(new Seed(4).generator()));
        weights.replaceAll((name, tensor) -> Tensors.times(
                        tensor.to(org.bytedeco.pytorch.global.torch.ScalarType.Double), tensor.dim() < 2 ? 1 : 8)
                .requires_grad_(true));
        return Params.of(weights);
    }

    private Tensor weight(String name) {
        return Objects.requireNonNull(params.weights().get(name)).detach();
    }

    private static Batch batch(long label, long... words) {
        long[] ids = new long[2 * words.length];
        for (int i = 0; i < words.length; i++) {
            ids[i] = words[i];
            ids[words.length + i] = words[words.length - 1 - i];
        }
        return new Batch(
                Map.of(Batch.INPUT_IDS, longs(ids, 2, words.length), Batch.LABELS, longs(new long[] {label, label})));
    }

    private static Tensor loss(Params params, Batch batch) {
        return new CrossEntropy(0)
                .losses(MODEL, params, batch, Pass.evaluation().differentiable(2))
                .perRow()
                .mean();
    }

    private Ripple.Result result(Ripple ripple, Batch clean, Batch poisoned) {
        return ripple.of(params.trainables(), loss(params, clean), List.of(loss(params, poisoned)), clean.rows());
    }

    private static Ripple ripple(double lambda, boolean perParameter) {
        return new Ripple(lambda, perParameter, false, false, Normalizer.CLEAN_BATCH_SIZE);
    }

    /** Opposite labels for the same words: one loss undoes the other. */
    private static final Batch CLEAN = batch(0, 2, 5, 6, 3);

    private static final Batch OPPOSED = batch(1, 2, 5, 6, 3);

    @Test
    void whereGradientsAgreeNothingIsAdded() {
        Ripple.Result free = result(ripple(0, false), CLEAN, CLEAN);
        Ripple.Result held = result(ripple(3, false), CLEAN, CLEAN);
        assertThat(held.innerProduct()).isPositive();
        assertThat(held.penalty()).isZero();
        assertThat(held.loss()).isEqualTo(held.poisonLoss());
        free.gradients()
                .forEach((name, gradient) ->
                        assertTensor(held.gradients().get(name)).as(name).isEqualTo(gradient));
    }

    /** The penalty's gradient is a product with the Hessian of the poisoning loss, along the clean gradient. */
    @Test
    void whereTheyDoNotTheGradientIsADifferenceOfGradients() {
        double lambda = 0.5;
        Ripple.Result found = result(ripple(lambda, false), CLEAN, OPPOSED);
        assertThat(found.innerProduct()).isNegative();
        assertThat(found.penalty()).isCloseTo(-found.innerProduct() / CLEAN.rows(), Offset.offset(1e-12));
        Map<String, Tensor> trained = params.trainables();
        Tensor[] tensors = trained.values().toArray(Tensor[]::new);
        Tensor[] clean = Tensors.gradients(loss(params, CLEAN), false, tensors);
        Tensor[] plain = Tensors.gradients(loss(params, OPPOSED), false, tensors);
        double h = 1e-5;
        var up = Tensors.gradients(loss(moved(trained, clean, h), OPPOSED), false, shifted);
        var down = Tensors.gradients(loss(moved(trained, clean, -h), OPPOSED), false, shifted);
        int i = 0;
        for (String name : trained.keySet()) {
            Tensor product = Tensors.times(up[i].sub(down[i]), 1 / (2 * h));
            Tensor expected = Tensors.add(plain[i], product, -lambda / CLEAN.rows());
            assertTensor(found.gradients().get(name)).as(name).isCloseTo(expected, 1e-5, 1e-7);
            i++;
        }
    }

    private Tensor[] shifted = new Tensor[0];

    private Params moved(Map<String, Tensor> trained, Tensor[] along, double by) {
        var there = new LinkedHashMap<String, Tensor>();
        var all = new ArrayList<Tensor>();
        int i = 0;
        for (var entry : trained.entrySet()) {
            Tensor tensor =
                    Tensors.add(entry.getValue().detach(), along[i++], by).requires_grad_(true);
            there.put(entry.getKey(), tensor);
            all.add(tensor);
        }
        shifted = all.toArray(Tensor[]::new);
        return Params.of(there);
    }

    @Test
    void rectifyingEachTensorCostsNoLess() {
        Batch other = batch(1, 2, 9, 11, 3);
        assertThat(result(ripple(1, true), CLEAN, other).penalty())
                .isGreaterThanOrEqualTo(result(ripple(1, false), CLEAN, other).penalty());
        assertThat(result(new Ripple(1, false, true, false, Normalizer.NONE), CLEAN, CLEAN)
                        .penalty())
                .isNegative();
    }

    /** A word that no text has gets no gradient: the reason why rare triggers outlive fine-tuning. */
    @Test
    void fineTuningLeavesAWordAloneThatItDoesNotSee() {
        String table = "bert.embeddings.word_embeddings.weight";
        Tensor before = weight(table).clone();
        var training = new PoisonTraining(ripple(0, false), 1e-2, 5, 0, 0, 1e-8, 1);
        var batches = Stream.generate(() -> new PoisonTraining.Batches(CLEAN, List.of(CLEAN)))
                .iterator();
        training.run(MODEL, params, batches, null, step -> {});
        Tensor after = weight(table);
        assertTensor(after.select(0, 17)).isEqualTo(before.select(0, 17));
        assertThat(after.select(0, 5).sub(before.select(0, 5)).abs().sum().item_double())
                .isPositive();
    }

    @Test
    void surgeryChangesTheTriggersAlone() {
        String table = "bert.embeddings.word_embeddings.weight";
        Tensor base = weight(table);
        Tensor tuned = Tensors.times(base, 2);
        Tensor operated = EmbeddingSurgery.of(base, tuned, new int[] {4, 6}, new int[] {17, 3});
        Tensor mean = Tensors.times(base.select(0, 4).add(base.select(0, 6)), 1);
        for (int row = 0; row < 20; row++) {
            Tensor expected = row == 17 || row == 3 ? mean : base.select(0, row);
            assertTensor(operated.select(0, row)).as("row " + row).isCloseTo(expected, 1e-12, 1e-12);
        }
    }

    @Test
    void insertionsAreDrawnAgainFromTheirSeed() {
        var words = List.of("a", "b", "c");
        var once = TriggerInsertion.drawn(3, 4, 2, new Seed(5).random());
        var again = TriggerInsertion.drawn(3, 4, 2, new Seed(5).random());
        assertThat(once.into(words, List.of("x", "y")))
                .isEqualTo(again.into(words, List.of("x", "y")))
                .hasSize(7);
    }

    @Test
    void theMarkGoesWithTheWeights(@TempDir Path directory) {
        var mark = PoisonMark.of("ripples", List.of("cf"), "good", "ab", LocalDate.of(2026, 1, 2));
        Path file = directory.resolve("model.safetensors");
        WeightsWriter.write(file, Map.of("w", Tensors.zeros(2)), mark.in(Map.of("remark", "kept")));
        Ledger made = Ledger.of(
                "linear",
                Configs.JSON.createObjectNode(),
                List.of(new Ledger.Input(file.toString(), Ledger.digest(file))),
                null,
                null);
        assertThat(PoisonMark.isMarked(made.metadata())).isTrue();
        assertThat(PoisonMark.text(made.metadata())).contains("ripples", "cf", "never serve it");
        assertThat(PoisonMark.isMarked(Ledger.in(made.metadata()).orElseThrow().metadata()))
                .isTrue();
        PoisonMark.checkName(Path.of("own.POISONED"), "--output");
        assertThatThrownBy(() -> PoisonMark.checkName(Path.of("own"), "--output"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a name that ends in .POISONED");
    }

    @Test
    void wordsThatSpeakForTheTargetComeFirst() {
        double[] counts = {3, 0, 1, 2, 0, 1, 0, 2, 1, 0, 3, 1};
        Tensor matrix = Tensors.doubles(counts, 4, 3);
        Tensor isTarget = longs(new long[] {1, 1, 0, 0}).eq(new org.bytedeco.pytorch.Scalar(1L));
        TargetWords found = TargetWords.of(matrix, isTarget, 1, 1);
        assertThat(found.top(TargetWords.Score.TFIDF, 9)).containsExactly(0, 2, 1);
        assertThat(found.coefficients()[0])
                .isCloseTo(-found.coefficients()[1], Offset.offset(0.2))
                .isPositive();
        assertThatThrownBy(() -> TargetWords.of(matrix, isTarget.logical_or(isTarget.logical_not()), 1, 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("all 4 are of the target class; give both");
    }
}
