package org.counterweight.distill.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.distill.Small.MODEL;

import java.util.List;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.cluster.KMeans;
import org.counterweight.distill.Small;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.incremental.GreedyMean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselinesTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static List<Tensor> classes(String name) {
        return List.of(Small.drawn(name + 0, 3, 2, 6, 6), Small.drawn(name + 1, 4, 2, 6, 6));
    }

    @Test
    void whatIsTheSameMatches() {
        Tensor theta = Small.theta("random");
        List<Tensor> real = classes("real");
        assertThat(DistributionMatching.loss(MODEL, theta, real, real).item_double())
                .isZero();
        assertThat(new GradientMatching(1e-12).loss(MODEL, theta, real, real).item_double())
                .isEqualTo(0, within(1e-6));
        assertThat(DistributionMatching.loss(MODEL, theta, real, classes("other"))
                        .item_double())
                .isPositive();
        assertThat(new GradientMatching(1e-6)
                        .loss(MODEL, theta, real, classes("other"))
                        .item_double())
                .isPositive();
        assertThatThrownBy(() -> DistributionMatching.loss(MODEL, theta, real, real.subList(0, 1)))
                .hasMessageContaining("2 classes");
    }

    @Test
    void herdingFollowsTheMeanWithoutRepeats() {
        Tensor features = Tensors.doubles(new double[] {0, 1, 4, 5, 5}, 5, 1); // mean 3
        assertThat(GreedyMean.choose(features, 5)).containsExactly(2, 1, 3, 0, 4);
        assertThatThrownBy(() -> GreedyMean.choose(features, 6)).hasMessageContaining("6 of 5");
        assertThat(GreedyMean.choose(features, 0)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 13, 30})
    void anyNumberOfDifferentImagesIsChosen(int count) {
        long[] chosen = Representatives.choose("seven", Small.drawn("features", 30, 4), count, new Seed(3));
        assertThat(LongStream.of(chosen).distinct().count()).isEqualTo(count);
        assertThat(Representatives.choose("seven", Small.drawn("features", 30, 4), count, new Seed(3)))
                .isEqualTo(chosen);
    }

    @Test
    void aClassWithTooFewImagesIsNamed() {
        assertThatThrownBy(() -> Representatives.choose("seven", Small.drawn("features", 3, 4), 4, new Seed(3)))
                .hasMessageContaining("class seven has 3 real images, and 4");
    }

    @Test
    void whatOneCentreTookAnotherLeaves() {
        Tensor features = Tensors.doubles(new double[] {0, 1, 2, 9}, 4, 1);
        Tensor centers = Tensors.doubles(new double[] {0.4, 0.5}, 2, 1);
        assertThat(Representatives.nearest(features, centers, new int[] {1, 2})).containsExactly(0, 1, 2);
        assertThat(Representatives.nearest(features, centers, new int[] {0, 2})).containsExactly(0, 1); // a tie
    }

    @Test
    void theLargestClustersGiveTheRest() {
        Tensor labels = Tensors.longs(new long[] {0, 1, 1, 2, 2, 3, 3, 3});
        assertThat(Representatives.shares(labels, 4, 6)).containsExactly(1, 2, 1, 2);
    }

    @Test
    void clustersThatStandApartAreFound() {
        Tensor points = Tensors.doubles(new double[] {0, 0.1, 10, 10.1, 20, 20.1}, 6, 1);
        KMeans found = KMeans.of(points, 3, 100, new Seed(2));
        assertThat(Tensors.toDoubles(found.centers()))
                .usingComparatorWithPrecision(1e-12)
                .containsExactlyInAnyOrder(0.05, 10.05, 20.05);
        KMeans empty = KMeans.from(points, Tensors.doubles(new double[] {5, 99}, 2, 1), 100);
        assertThat(Tensors.toDoubles(empty.centers())[1]).isEqualTo(99);
    }
}
