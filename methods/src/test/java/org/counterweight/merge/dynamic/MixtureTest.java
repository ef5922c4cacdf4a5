package org.counterweight.merge.dynamic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.engine.Tensors.plus;
import static org.counterweight.engine.Tensors.toDoubles;
import static org.counterweight.engine.Tensors.toLongs;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.cluster.KMeans;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.merge.dynamic.baseline.RandomCoefficients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The mixtures and their starts. */
class MixtureTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    /** Coefficients around three centres, in turn. */
    private static double[] three(long seed, int n) {
        var random = new Seed(seed).random();
        double[] centres = {0.15, 0.5, 0.85};
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = centres[i % 3] + 0.02 * (random.nextDouble() - 0.5);
        }
        return values;
    }

    private static DawinConfig config(int clusters) {
        return Configs.bind(Configs.yaml("bmm_ncluster: " + clusters, "test"), DawinConfig.class, "dawin");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void kMeansFindsSeparatedClustersFromEveryStart(long seed) {
        long[] labels = toLongs(KMeans.labelsOfSorted(doubles(three(1, 60)).unsqueeze(1), 3, 100, new Seed(seed)));
        for (int i = 3; i < labels.length; i++) {
            assertThat(labels[i]).isEqualTo(labels[i % 3]);
        }
        assertThat(LongStream.of(labels).limit(3).distinct()).hasSize(3);
        assertThat(toLongs(KMeans.labelsOfSorted(doubles(three(1, 60)).unsqueeze(1), 3, 100, new Seed(seed))))
                .isEqualTo(labels);
    }

    @Test
    void kMeansTakesPointsAsTheyLieAndAsManyClustersAsPoints() {
        Tensor points = doubles(new double[] {0.9, 0.1, 0.5}).unsqueeze(1);
        assertThat(LongStream.of(toLongs(KMeans.labelsOfSorted(points, 3, 100, new Seed(1))))
                        .distinct())
                .hasSize(3);
        Tensor plane = doubles(new double[] {0, 0, 0, 1, 5, 5, 5, 6}, 4, 2);
        long[] labels = toLongs(KMeans.labelsOfSorted(plane, 2, 100, new Seed(1)));
        assertThat(labels[0]).isEqualTo(labels[1]).isNotEqualTo(labels[2]);
        assertThat(labels[2]).isEqualTo(labels[3]);
    }

    @Test
    void theMixtureHasTheClustersAndItsSharesAddUp() {
        double[] values = three(2, 90);
        BetaMixture mixture = BetaMixture.fit(doubles(values), config(3), new Seed(1));
        double[] means = toDoubles(mixture.mean());
        Arrays.sort(means);
        assertThat(means[0]).isCloseTo(0.15, Offset.offset(0.01));
        assertThat(means[2]).isCloseTo(0.85, Offset.offset(0.01));
        assertThat(mixture.weights().sum().item_double()).isCloseTo(1, Offset.offset(1e-12));
        assertThat(DoubleStream.of(
                        toDoubles(mixture.responsibilities(doubles(values)).sum(1))))
                .allMatch(sum -> Math.abs(sum - 1) < 1e-12);
        assertThat(mixture.overall())
                .isCloseTo(DoubleStream.of(values).average().orElseThrow(), Offset.offset(1e-9));
        double[] own = toDoubles(mixture.mean().index_select(0, mixture.labels(doubles(values))));
        for (int i = 0; i < own.length; i++) {
            assertThat(own[i]).isCloseTo(values[i], Offset.offset(0.02));
        }
    }

    @Test
    void equalCoefficientsMakeOneCluster() {
        BetaMixture mixture = BetaMixture.fit(doubles(new double[] {0.4, 0.4, 0.4}), config(3), new Seed(1));
        assertThat(mixture.clusters()).isEqualTo(1);
        assertThat(toDoubles(mixture.mean())[0]).isCloseTo(0.4, Offset.offset(1e-12));
        Tensor p = doubles(new double[] {0.4, 0.6, 0.4, 0.6}, 2, 2);
        assertThat(DirichletMixture.fit(p, 3, new Seed(1)).mean().size(0)).isEqualTo(1);
    }

    /** Selection gives exactly 0 and 1, where a Beta density is not finite: they are moved in by a millionth. */
    @Test
    void zerosAndOnesAreTakenToo() {
        BetaMixture mixture = BetaMixture.fit(doubles(new double[] {0, 1, 0, 1, 1}), config(2), new Seed(1));
        double[] means = toDoubles(mixture.mean());
        Arrays.sort(means);
        assertThat(means[0]).isCloseTo(0, Offset.offset(1e-5));
        assertThat(means[1]).isCloseTo(1, Offset.offset(1e-5));
        assertThat(mixture.bound()).isFinite();
    }

    @Test
    void anEmptyClusterStaysFiniteAndIsNeverChosen() {
        double[] values = DoubleStream.of(three(3, 40)).filter(v -> v < 0.7).toArray();
        long[] start = DoubleStream.of(values).mapToLong(v -> v < 0.3 ? 0 : 1).toArray();
        BetaMixture mixture = BetaMixture.fit(doubles(values), longs(start).unsqueeze(0), 3, 100, 1e-4);
        assertThat(mixture.clusters()).isEqualTo(3);
        for (Tensor parameter : new Tensor[] {mixture.weights(), mixture.alpha(), mixture.beta(), mixture.mean()}) {
            assertThat(DoubleStream.of(toDoubles(parameter))).allMatch(Double::isFinite);
        }
        assertThat(toLongs(mixture.labels(doubles(values)))).doesNotContain(2L);
    }

    /** Round by round an empty cluster dwindles, until its density is none at all: no longer a number, were it asked for. */
    @Test
    void anEmptyClusterStaysHarmlessHoweverLongTheFitGoesOn() {
        var random = new Seed(7).random();
        double[] values = new double[60];
        long[] start = new long[60];
        for (int i = 0; i < 60; i++) {
            start[i] = i % 2;
            values[i] = 0.24 + 0.008 * (i % 2) + 0.002 * random.nextGaussian(); // they overlap: the fit takes its time
        }
        Tensor lambda = doubles(values);
        for (int rounds = 1; rounds <= 40; rounds++) {
            BetaMixture mixture = BetaMixture.fit(lambda, longs(start).unsqueeze(0), 3, rounds, Double.MIN_VALUE);
            assertThat(mixture.bound()).isFinite();
            assertThat(DoubleStream.of(toDoubles(mixture.mean()))).allMatch(Double::isFinite);
            assertThat(toLongs(mixture.labels(lambda))).doesNotContain(2L);
        }
    }

    @Test
    void anEmptyClusterOfVectorsStaysHarmlessToo() {
        var random = new Seed(6).random();
        double[] vectors = new double[4 * 60];
        long[] start = new long[60];
        for (int i = 0; i < 60; i++) {
            start[i] = i % 2;
            double sum = 0;
            for (int m = 0; m < 4; m++) {
                vectors[4 * i + m] = (i % 2 == 0 ? 1 + m : 2.5) + 0.5 * random.nextGaussian();
                sum += vectors[4 * i + m];
            }
            for (int m = 0; m < 4; m++) {
                vectors[4 * i + m] /= sum;
            }
        }
        Tensor p = doubles(vectors, 60, 4);
        for (int rounds = 1; rounds <= 30; rounds++) {
            DirichletMixture mixture = DirichletMixture.fit(p, longs(start), 3, rounds, Double.MIN_VALUE);
            assertThat(mixture.bound()).isFinite();
            assertThat(DoubleStream.of(toDoubles(mixture.lambda(0.3)))).allMatch(Double::isFinite);
            assertThat(toLongs(mixture.labels(p))).doesNotContain(2L);
        }
    }

    /** Nothing that a round makes may outlive it: of 20,000 samples and 30 rounds that would be hundreds of megabytes. */
    @Test
    @EnabledOnOs(OS.LINUX) // the kernel's high-water mark is read from /proc
    void aFitNeedsTheMemoryOfOneRound() throws IOException {
        int n = 20_000;
        Tensor lambda = doubles(three(5, n));
        Tensor p = torch.stack(new TensorVector(lambda, plus(lambda.neg(), 1)), 1);
        Tensor start = longs(LongStream.range(0, n).map(i -> i * 3 / n).toArray()); // not the clusters: it takes time
        List<Runnable> fits = List.of(
                () -> BetaMixture.fit(lambda, start.unsqueeze(0), 3, 30, Double.MIN_VALUE),
                () -> DirichletMixture.fit(p, start, 3, 30, Double.MIN_VALUE),
                () -> KMeans.labelsOfSorted(p, 10, 100, new Seed(1)));
        for (Runnable fit : fits) {
            long least = Long.MAX_VALUE; // of several: the Java heap may grow meanwhile, and that only adds
            for (int i = 0; i < 2; i++) {
                Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // resets the high-water mark
                long before = kilobytes("VmRSS");
                fit.run();
                least = Math.min(least, kilobytes("VmHWM") - before);
            }
            assertThat(least).as("kilobytes").isLessThan(60_000);
        }
    }

    private static long kilobytes(String key) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(key + ":")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("/proc/self/status has no " + key);
    }

    /** 0 and a millionth of a millionth are one coefficient once they are moved in. */
    @Test
    void coefficientsThatAreOneAfterMovingInMakeOneCluster() {
        assertThat(BetaMixture.fit(doubles(new double[] {0, 1e-12, 0}), config(2), new Seed(1))
                        .clusters())
                .isEqualTo(1);
    }

    @Test
    void theMixtureOfVectorsHasTheMeansOfItsClusters() {
        double[] first = three(4, 60);
        double[] vectors = new double[120];
        for (int i = 0; i < 60; i++) {
            vectors[2 * i] = first[i];
            vectors[2 * i + 1] = 1 - first[i];
        }
        Tensor p = doubles(vectors, 60, 2);
        DirichletMixture mixture = DirichletMixture.fit(p, 3, new Seed(2));
        assertThat(mixture.weights().sum().item_double()).isCloseTo(1, Offset.offset(1e-12));
        assertTensor(mixture.mean().sum(1)).isCloseTo(doubles(new double[] {1, 1, 1}), 1e-12, 0);
        assertTensor(mixture.mean().index_select(0, mixture.labels(p))).isCloseTo(p, 0, 0.02);
        DirichletMixture one = DirichletMixture.fit(p, 1, new Seed(2));
        assertThat(one.mean().select(0, 0).select(0, 0).item_double())
                .isCloseTo(DoubleStream.of(first).average().orElseThrow(), Offset.offset(1e-12));
        assertThat(p.scalar_type().intern()).isEqualTo(ScalarType.Double);
    }

    @Test
    void randomCoefficientsKnowTheirBounds() {
        for (RandomCoefficients kind : RandomCoefficients.values()) {
            double[] drawn = toDoubles(kind.draw(2000, new Seed(1)));
            assertThat(DoubleStream.of(drawn)).allMatch(l -> l >= 0 && l <= 1);
            assertThat(toDoubles(kind.draw(2000, new Seed(1)))).isEqualTo(drawn);
        }
        assertThat(DoubleStream.of(toDoubles(RandomCoefficients.WISE_GAUSSIAN.draw(2000, new Seed(1))))
                        .average()
                        .orElseThrow())
                .isCloseTo(0.8, Offset.offset(0.01));
    }
}
