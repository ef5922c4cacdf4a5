package org.counterweight.merge.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.times;
import static org.counterweight.merge.dynamic.SmallClassifiers.draw;
import static org.counterweight.merge.dynamic.SmallClassifiers.forward;
import static org.counterweight.merge.dynamic.SmallClassifiers.logits;
import static org.counterweight.merge.dynamic.SmallClassifiers.model;
import static org.counterweight.merge.dynamic.SmallClassifiers.samples;
import static org.counterweight.merge.dynamic.SmallClassifiers.values;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.merge.dynamic.baseline.AdaMerging;
import org.counterweight.model.Batch;
import org.counterweight.model.part.Activation;
import org.counterweight.model.zoo.image.Mlp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold for any two models, beyond the goldens' figures. */
class DawinTest {
    private static final Mlp MODEL = new Mlp(5, List.of(8), 4, Activation.TANH, 0);
    private static final Mlp LINEAR = new Mlp(5, List.of(), 4, Activation.TANH, 0);

    @TempDir
    Path directory;

    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static DawinConfig config(String yaml) {
        return Configs.bind(Configs.yaml(yaml, "test"), DawinConfig.class, "dawin");
    }

    private static Tensor lambda(String yaml, Tensor l0, Tensor l1) {
        return Coefficients.of(config(yaml), l0, l1, null, null).lambda();
    }

    private static double mean(Tensor tensor) {
        return tensor.mean().item_double();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void swappingTheModelsTurnsTheCoefficientRound(boolean offset) {
        String yaml = "offset_adjustment: " + offset;
        Tensor l0 = logits(1, 50);
        Tensor l1 = logits(5, 50);
        assertTensor(lambda(yaml, l0, l1).add(lambda(yaml, l1, l0)))
                .isCloseTo(torch.ones(50).to(ScalarType.Double), 1e-12, 0);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void coefficientsLieWithinTheBoundsOfTheEntropies(long seed) {
        List<Double> lambda = values(lambda("offset_adjustment: false", logits(seed, 200), logits(seed + 50, 200)));
        double classes = 4;
        assertThat(lambda).allMatch(l -> l >= 1 / (classes + 1) - 1e-12 && l <= classes / (classes + 1) + 1e-12);
        List<Double> shifted = values(lambda("offset_adjustment: true", logits(seed, 200), logits(seed + 50, 200)));
        assertThat(shifted).allMatch(l -> l > 0 && l < 1);
    }

    @Test
    void moreDoubtOfAModelMeansLessOfIt() {
        Tensor sure = logits(1, 40);
        Tensor doubtful = times(sure, 0.5); // entropy rises as the logits shrink
        Tensor other = logits(5, 40);
        Tensor change1 = lambda("offset_adjustment: false", other, doubtful)
                .sub(lambda("offset_adjustment: false", other, sure));
        assertThat(values(change1)).allMatch(c -> c < 0);
        Tensor change0 = lambda("offset_adjustment: false", doubtful, other)
                .sub(lambda("offset_adjustment: false", sure, other));
        assertThat(values(change0)).allMatch(c -> c > 0);
    }

    @Test
    void aConstantOnASamplesLogitsChangesNothingAndHeatMakesThemEven() {
        Tensor l0 = logits(1, 30);
        Tensor l1 = logits(5, 30);
        Tensor shift = draw(9, 10, 30, 1).to(ScalarType.Double);
        assertTensor(lambda("{}", l0.add(shift), l1.sub(shift))).isCloseTo(lambda("{}", l0, l1), 1e-10, 0);
        Coefficients hot = Coefficients.of(config("temperatures: [1.0e9, 1.0]"), l0, l1, null, null);
        assertThat(values(hot.entropy0())).allMatch(h -> Math.abs(h - Math.log(4)) < 1e-12);
    }

    @Test
    void aLargeOffsetIsTheDomainsShareOfEntropy() {
        Tensor l0 = logits(1, 30);
        Tensor l1 = logits(5, 30);
        Coefficients own = Coefficients.of(config("{}"), l0, l1, null, null);
        double share = mean(own.entropy0()) / (mean(own.entropy0()) + mean(own.entropy1()));
        assertThat(own.offset().share()).isCloseTo(own.offset().b() * share, Offset.offset(1e-12));
        double b = 1e9;
        List<Double> lambda =
                values(Coefficients.of(config("{}"), l0, l1, null, null, new Coefficients.Offset(b, b * share))
                        .lambda());
        assertThat(lambda).allMatch(l -> Math.abs(l - share) < 1e-8);
    }

    @Test
    void aModelThatIsNeverInDoubtHasNoSpread() {
        Tensor certain = Tensors.zeros(6, 4).to(ScalarType.Double);
        certain.select(1, 2).fill_(Tensors.scalar(1e6));
        Coefficients both = Coefficients.of(config("{}"), certain, certain, null, null);
        assertThat(both.offset()).isEqualTo(new Coefficients.Offset(0, 0));
        assertThat(values(both.lambda())).allMatch(l -> l == 0.5);
        Coefficients one = Coefficients.of(config("{}"), certain, logits(5, 6), null, null);
        assertThat(one.offset().share()).isZero();
        assertThat(values(one.lambda())).allMatch(l -> l > 0 && l < 1);
    }

    /** The losses of both are near 2,000, where exp(−loss) is 0 for both; their ratio is not. */
    @Test
    void lossesBeyondTheExponentialsRangeHaveARatioStill() {
        Tensor l0 = doubles(new double[] {2000, 0, 2000, 0, 0, 2000}, 3, 2);
        Tensor l1 = doubles(new double[] {1999, 0, 2000, 0, 0, 2000}, 3, 2);
        Tensor labels = longs(new long[] {1, 1, 1});
        String oracle = "{expertise: negexp_loss_ratio, pseudo_label: 0, offset_adjustment: false}";
        List<Double> lambda =
                values(Coefficients.of(config(oracle), l0, l1, labels, null).lambda());
        assertThat(lambda.get(0)).isCloseTo(1 / (1 + Math.exp(-1)), Offset.offset(1e-12));
        assertThat(lambda.get(1)).isEqualTo(0.5);
        assertThat(lambda.get(2)).isEqualTo(0.5);
    }

    @Test
    void equalModelsShareEvenlyAndAnswerAsOne() {
        Map<String, Tensor> weights = model(MODEL, 1, 3);
        Batch samples = samples(40);
        var dawin = new Dawin(config("{offset_adjustment: false, bmm_ncluster: 0}"), MODEL, weights, weights);
        Dawin.Prediction prediction = dawin.predict(samples, new Seed(1));
        assertThat(values(prediction.coefficients().lambda())).allMatch(l -> Math.abs(l - 0.5) < 1e-12);
        assertTensor(prediction.logits()).isCloseTo(forward(MODEL, weights, samples), 1e-5, 1e-6);
        var clustered = new Dawin(config("{offset_adjustment: false, bmm_ncluster: 3}"), MODEL, weights, weights);
        assertThat(clustered.predict(samples, new Seed(1)).models()).isEqualTo(1); // one value, so one cluster
    }

    /** A linear model's logits are linear in its weights. */
    @Test
    void forALinearModelWeightsAndLogitsInterpolateAlike() {
        Map<String, Tensor> w0 = model(LINEAR, 1, 4);
        Map<String, Tensor> w1 = model(LINEAR, 2, 4);
        Batch samples = samples(25);
        Dawin.Prediction prediction =
                new Dawin(config("bmm_ncluster: 0"), LINEAR, w0, w1).predict(samples, new Seed(1));
        assertThat(prediction.models()).isEqualTo(25);
        Tensor lambda = prediction.coefficients().lambda().unsqueeze(1);
        Tensor expected = prediction
                .logits0()
                .mul(plus(lambda.neg(), 1))
                .add(prediction.logits1().mul(lambda));
        assertTensor(prediction.logits().to(ScalarType.Double)).isCloseTo(expected, 1e-4, 1e-5);
    }

    /** A data set of some classes is answered as by models that never had the others: entropies are taken over these alone. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aPartOfTheClassesIsAllThereIs(int clusters) {
        Map<String, Tensor> w0 = model(LINEAR, 1, 4);
        Map<String, Tensor> w1 = model(LINEAR, 2, 4);
        Tensor rows = longs(new long[] {3, 0, 2});
        Map<String, Tensor> part0 = new LinkedHashMap<>(w0);
        part0.replaceAll((name, tensor) -> tensor.index_select(0, rows));
        Map<String, Tensor> part1 = new LinkedHashMap<>(w1);
        part1.replaceAll((name, tensor) -> tensor.index_select(0, rows));
        String mixture = "bmm_ncluster: " + clusters;
        Dawin.Prediction some = new Dawin(config("{classes: [3, 0, 2], " + mixture + "}"), LINEAR, w0, w1)
                .predict(samples(25), new Seed(1));
        Dawin.Prediction whole = new Dawin(config(mixture), LINEAR, part0, part1).predict(samples(25), new Seed(1));
        assertTensor(some.coefficients().lambda())
                .isCloseTo(whole.coefficients().lambda(), 1e-6, 1e-6);
        assertTensor(some.logits()).isCloseTo(whole.logits(), 1e-4, 1e-5);
        assertThatThrownBy(() -> config("classes: [1]"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dawin.classes: [1]");
        assertThatThrownBy(() -> config("classes: [1, 1]")).isInstanceOf(ConfigException.class);
    }

    private static Dawin two(String yaml) {
        return new Dawin(config(yaml), MODEL, model(MODEL, 1, 4), model(MODEL, 2, 4));
    }

    @Test
    void oneClusterIsTheMeanAndManyAreTheSamplesThemselves() {
        Batch samples = samples(12);
        Dawin.Prediction one = two("bmm_ncluster: 1").predict(samples, new Seed(1));
        assertThat(one.models()).isEqualTo(1);
        assertThat(values(java.util.Objects.requireNonNull(one.means())).get(0))
                .isCloseTo(mean(one.coefficients().lambda()), Offset.offset(1e-12));
        Dawin.Prediction each = two("bmm_ncluster: 0").predict(samples, new Seed(1));
        Dawin.Prediction many = two("bmm_ncluster: 12").predict(samples, new Seed(1));
        assertThat(many.models()).isEqualTo(12);
        assertTensor(many.logits()).isEqualTo(each.logits());
        Dawin.Prediction three = two("bmm_ncluster: 3").predict(samples, new Seed(1));
        assertThat(three.models()).isLessThanOrEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void theOrderOfTheSamplesChangesNothing(int clusters) {
        Dawin dawin = two("bmm_ncluster: " + clusters);
        Batch samples = samples(60);
        Tensor order =
                longs(Arrays.stream(new Seed(8).permutation(60)).asLongStream().toArray());
        Dawin.Prediction straight = dawin.predict(samples, new Seed(1));
        Dawin.Prediction turned = dawin.predict(samples.rows(order), new Seed(1));
        assertTensor(turned.logits()).isCloseTo(straight.logits().index_select(0, order), 1e-5, 1e-6);
    }

    @Test
    void manySamplesGoThroughTheModelInParts() {
        Map<String, Tensor> weights = model(MODEL, 1, 4);
        Batch samples = samples(700);
        assertTensor(InBatches.logits(MODEL, weights, samples)).isCloseTo(forward(MODEL, weights, samples), 1e-6, 1e-6);
    }

    /** The reference samples come again, one by one: offset and clusters are those of the reference, whatever comes. */
    @Test
    void aFrozenReferenceTreatsASampleAloneAsItDidAmongOthers() {
        Dawin dawin = two("bmm_ncluster: 3");
        Batch samples = samples(30);
        Dawin.Prediction together = dawin.predict(samples, new Seed(1));
        for (long i : new long[] {0, 7, 29}) {
            Batch one = samples.rows(longs(new long[] {i}));
            Dawin.Prediction alone = dawin.frozen(one, together.fitted());
            assertTensor(alone.coefficients().lambda())
                    .isCloseTo(slice(together.coefficients().lambda(), 0, i, i + 1), 1e-6, 1e-6);
            assertTensor(alone.logits()).isCloseTo(slice(together.logits(), 0, i, i + 1), 1e-4, 1e-5);
            assertThat(alone.models()).isEqualTo(1);
        }
        assertTensor(dawin.frozen(samples, together.fitted()).logits()).isEqualTo(together.logits());
    }

    /** In a stream each batch has an offset of its own, so its coefficients are not those of the whole. */
    @Test
    void aBatchOfAStreamHasItsOwnStatistics() {
        Dawin dawin = two("bmm_ncluster: 0");
        Batch samples = samples(40);
        Dawin.Prediction whole = dawin.predict(samples, new Seed(1));
        Batch part = samples.rows(longs(LongStream.range(0, 10).toArray()));
        Dawin.Prediction streamed = dawin.predict(part, new Seed(1));
        assertThat(streamed.fitted().offset()).isNotEqualTo(whole.fitted().offset());
        Coefficients own = Coefficients.of(
                config("{}"), slice(whole.logits0(), 0, 0, 10), slice(whole.logits1(), 0, 0, 10), null, null);
        assertTensor(streamed.coefficients().lambda()).isCloseTo(own.lambda(), 1e-6, 1e-6);
    }

    @Test
    void aSampleAloneHasNoSpread() {
        assertThatThrownBy(() -> two("bmm_ncluster: 1").predict(samples(1), new Seed(1)))
                .hasMessageContaining("offset_adjustment needs the spread of at least two samples, found 1");
        Dawin.Prediction one =
                two("{offset_adjustment: false, bmm_ncluster: 3}").predict(samples(1), new Seed(1));
        assertThat(one.models()).isEqualTo(1);
    }

    @Test
    void badLogitsAreRefusedByModelAndSample() {
        Tensor good = logits(1, 5);
        Tensor bad = good.clone();
        bad.select(0, 3).select(0, 1).fill_(Tensors.scalar(Double.NaN));
        assertThatThrownBy(() -> lambda("{}", good, bad)).hasMessage("model 1: the logits of sample 3 are not finite");
        assertThatThrownBy(() -> lambda("{}", good, logits(1, 6)))
                .hasMessageContaining("differ in shape: [5, 4] and [6, 4]");
        assertThatThrownBy(() -> lambda("{}", slice(good, 1, 0, 1), slice(good, 1, 0, 1)))
                .hasMessageContaining("at least two classes");
        assertThatThrownBy(() -> Logits.ofClasses(good, List.of())).hasMessageContaining("at least two of 0 to 3");
        assertThatThrownBy(() -> Logits.ofClasses(good, List.of(2))).hasMessageContaining("at least two of 0 to 3");
        assertThatThrownBy(() -> Logits.ofClasses(good, List.of(2, 4))).hasMessageContaining("[2, 4] is not allowed");
        assertThat(Tensors.shape(Logits.ofClasses(good, List.of(3, 0)))).containsExactly(5, 2);
    }

    @Test
    void coefficientsAreStoredAsTheOfficialScriptStoresThem() throws IOException {
        Tensor lambda = doubles(new double[] {0.25, 0.5, 0.8125});
        Path file = directory.resolve("lambda.npy");
        CoefficientFile.write(file, lambda);
        assertThat(Files.size(file)).isEqualTo(128 + 12);
        assertTensor(CoefficientFile.read(file).to(ScalarType.Double)).isEqualTo(lambda);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 130));
        assertThatThrownBy(() -> CoefficientFile.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has 2 bytes of numbers, its header says 12");
        Files.writeString(file, "no array");
        assertThatThrownBy(() -> CoefficientFile.read(file)).hasMessageContaining("is no .npy file");
    }

    /** Two encoders, of which one is sure and one has no idea: the unsupervised coefficients find it. */
    @Test
    void adaMergingLowersTheEntropyItIsTrainedOn() {
        Map<String, Tensor> base = model(LINEAR, 1, 0);
        Map<String, Tensor> sure = model(LINEAR, 2, 5);
        Map<String, Tensor> even = model(LINEAR, 3, 0);
        Batch samples = samples(50);
        AdaMerging.Forward forward = merged -> forward(LINEAR, merged, samples);
        List<Double> lambda = new AdaMerging(200, 0.01, 0.3).train(base, List.of(sure, even), step -> forward);
        assertThat(lambda.get(0)).isGreaterThan(0.9).isLessThanOrEqualTo(1);
        assertThat(lambda.get(1)).isEqualTo(0.3); // it moves nothing, so it is not moved
        double before = mean(Entropy.of(
                forward(LINEAR, TaskCoefficients.merge(base, List.of(sure, even), List.of(0.3, 0.3)), samples)));
        double after =
                mean(Entropy.of(forward(LINEAR, TaskCoefficients.merge(base, List.of(sure, even), lambda), samples)));
        assertThat(after).isLessThan(before);
    }

    /** The gradient of the coefficients agrees with a difference quotient. */
    @Test
    void theCoefficientsGradientIsThatOfTheMergedModelsEntropy() {
        Map<String, Tensor> base = model(MODEL, 1, 2);
        List<Map<String, Tensor>> models = List.of(model(MODEL, 2, 2), model(MODEL, 3, 2));
        Batch samples = samples(20);
        Tensor lambda = doubles(new double[] {0.3, 0.4}).requires_grad_(true);
        Tensor h = Entropy.of(forward(MODEL, TaskCoefficients.differentiable(base, models, lambda), samples))
                .mean();
        List<Double> gradient = values(Tensors.gradients(h, false, lambda)[0]);
        double eps = 1e-2;
        double up = mean(Entropy.of(
                forward(MODEL, TaskCoefficients.merge(base, models, List.of(0.3, 0.4 + eps)), samples)));
        double down = mean(Entropy.of(
                forward(MODEL, TaskCoefficients.merge(base, models, List.of(0.3, 0.4 - eps)), samples)));
        assertThat(gradient.get(1)).isCloseTo((up - down) / (2 * eps), Offset.offset(2e-4));
    }

    @Test
    void theTemperatureThatFitsIsFoundAgain() {
        Tensor logits = logits(1, 4000);
        Tensor labels = Tensors.softmax(logits, -1)
                .multinomial(1, true, Tensors.optional(new Seed(4).generator()))
                .squeeze(1);
        assertThat(TemperatureScaling.of(times(logits, 3), labels).t()).isCloseTo(3, Offset.offset(0.2));
    }
}
