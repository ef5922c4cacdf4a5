package org.counterweight.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.image.ImageSet;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The images of the registries, fetched and converted as any user's are. */
@Tag("real")
class RealImagesTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource({"mnist, 0.1307, 0.3081, 50419, 72104", "fashion-mnist, 0.2860, 0.3530, 90030, 92116"})
    void theyAreTheOnesThatWerePublished(String name, double mean, double std, String train, String test) {
        Path directory = Fetcher.ofUser(System.out::println).fetch(Holdings.named(name));
        ImageSet training = ImageSet.read(directory, "train");
        assertThat(training.size()).isEqualTo(60_000);
        assertThat(training.labelNames()).hasSize(10);
        assertThat(firstLabels(training)).isEqualTo(train);
        assertThat(ImageSet.read(directory, "test").size()).isEqualTo(10_000);
        assertThat(firstLabels(ImageSet.read(directory, "test"))).isEqualTo(test);
        try (var scope = Scope.open()) {
            Tensor pixels = training.batch(IntStream.range(0, 60_000).toArray()).get(Batch.PIXEL_VALUES);
            assertThat(pixels.mean().item_double()).isCloseTo(mean, within(1e-4));
            assertThat(pixels.std(false).item_double()).isCloseTo(std, within(1e-4));
        }
    }

    private static String firstLabels(ImageSet set) {
        var labels = new StringBuilder();
        IntStream.range(0, 5).forEach(row -> labels.append(set.label(row)));
        return labels.toString();
    }
}
