package org.counterweight.train.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.data.BatchSource;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    private static Batch images() {
        Tensor values = torch.arange(Tensors.scalar(1), Tensors.scalar(8 * 2 * 5 * 6 + 1))
                .to(torch.ScalarType.Float)
                .view(8, 2, 5, 6);
        return new Batch(Map.of(Batch.PIXEL_VALUES, values, Batch.LABELS, Tensors.longs(new long[8])));
    }

    private static Tensor row(Tensor images, int row) {
        return images.select(0, row);
    }

    /** Each row is one of the 25 windows of its padded image, channels together, and not all are the same one. */
    @Test
    void aCropIsAWindowOfThePaddedImage() {
        try (var scope = Scope.open()) {
            Batch batch = images();
            Tensor before = batch.get(Batch.PIXEL_VALUES).clone();
            Tensor cut = new Crop(2).apply(batch, new Seed(3).generator()).get(Batch.PIXEL_VALUES);
            Tensor padded = torch.constant_pad_nd(before, new long[] {2, 2, 2, 2});
            var offsets = new java.util.TreeSet<Integer>();
            for (int row = 0; row < 8; row++) {
                int found = -1;
                for (int at = 0; at < 25; at++) {
                    Tensor window = Tensors.slice(
                            Tensors.slice(row(padded, row), 1, at / 5, at / 5 + 5), 2, at % 5, at % 5 + 6);
                    found = window.equal(row(cut, row)) ? at : found;
                }
                assertThat(found).as("row %d", row).isNotNegative();
                offsets.add(found);
            }
            assertThat(offsets).hasSizeGreaterThan(3);
            assertTensor(batch.get(Batch.PIXEL_VALUES)).isEqualTo(before);
        }
    }

    @Test
    void aFlipMirrorsSomeRows() {
        try (var scope = Scope.open()) {
            Batch batch = images();
            Tensor before = batch.get(Batch.PIXEL_VALUES);
            Tensor after = new Flip(0.5).apply(batch, new Seed(3).generator()).get(Batch.PIXEL_VALUES);
            int mirrored = 0;
            for (int row = 0; row < 8; row++) {
                boolean same = row(after, row).equal(row(before, row));
                assertThat(same || row(after, row).equal(row(before, row).flip(2)))
                        .isTrue();
                mirrored += same ? 0 : 1;
            }
            assertThat(mirrored).isBetween(1, 7);
            assertTensor(new Flip(1).apply(batch, new Seed(3).generator()).get(Batch.PIXEL_VALUES))
                    .isEqualTo(before.flip(3));
        }
    }

    @Test
    void changesGoBySeedEpochAndPlaceAlone() {
        try (var scope = Scope.open()) {
            BatchSource source = BatchSource.of(List.of(images(), images()));
            BatchSource changed = Augmentation.over(source, List.of(new Crop(2), new Flip(0.5)), new Seed(1));
            Tensor one = changed.epoch(1).apply(1).get(Batch.PIXEL_VALUES);
            assertTensor(Augmentation.over(source, List.of(new Crop(2), new Flip(0.5)), new Seed(1))
                            .epoch(1)
                            .apply(1)
                            .get(Batch.PIXEL_VALUES))
                    .isEqualTo(one);
            assertThat(changed.epoch(1).apply(0).get(Batch.PIXEL_VALUES).equal(one))
                    .isFalse();
            assertThat(changed.epoch(0).apply(1).get(Batch.PIXEL_VALUES).equal(one))
                    .isFalse();
            assertThat(Objects.requireNonNull(changed.epoch(0).apply(0).find(Batch.LABELS))
                            .size(0))
                    .isEqualTo(8);
            assertThat(Augmentation.over(source, List.of(), new Seed(1))).isSameAs(source);
        }
    }

    @Test
    void wrongSettingsNameThemselves() {
        assertThatThrownBy(() -> new Crop(0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data.augment.padding: 0 is not allowed");
        assertThatThrownBy(() -> new Flip(0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("data.augment.share: 0.0 is not allowed");
    }
}
