package org.counterweight.distill.siamese;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.ConfigException;
import org.counterweight.distill.Small;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransformTest {
    private static final long[] SHAPE = {4, 3, 7, 10};
    private static final String ALL = "color_crop_cutout_flip_scale_rotate";

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static List<Transform> some(Siamese.Sharing sharing) {
        var some = new ArrayList<Transform>();
        for (String kind : ALL.split("_")) {
            for (int i = 0; i < 3; i++) {
                some.add(Siamese.of(kind).draw(SHAPE, sharing, new Seed(7).child(i)));
            }
        }
        return some;
    }

    @Test
    void eachIsAffineAndItsGradientTheTranspose() {
        for (Siamese.Sharing sharing : Siamese.Sharing.values()) {
            for (Transform transform : some(sharing)) {
                Tensor x = Small.drawn("x", SHAPE).requires_grad_(true);
                Tensor g = Small.drawn("g", SHAPE);
                Tensor y = transform.apply(x);
                assertThat(Tensors.shape(y)).isEqualTo(SHAPE);
                Tensor back = Tensors.gradients(y.mul(g).sum(), false, x)[0];
                Tensor linear = y.sub(transform.apply(torch.zeros_like(x)));
                double wanted = back.mul(x).sum().item_double();
                assertThat(linear.mul(g).sum().item_double())
                        .as("%s", transform)
                        .isEqualTo(wanted, within(1e-10));
                Tensor other = Small.drawn("other", SHAPE);
                Tensor middle = transform.apply(Tensors.times(x.add(other), 0.5));
                assertTensor(middle.detach())
                        .isCloseTo(
                                Tensors.times(y.add(transform.apply(other)), 0.5)
                                        .detach(),
                                1e-12,
                                1e-12);
            }
        }
    }

    @Test
    void aSharedDrawChangesAllAlike() {
        Tensor one = Small.drawn("x", 1, 3, 7, 10);
        for (Transform transform : some(Siamese.Sharing.ALL)) {
            Tensor all = transform.apply(one.expand(4, 3, 7, 10));
            for (int i = 0; i < 4; i++) {
                assertTensor(all.select(0, i)).isCloseTo(transform.apply(one).select(0, 0), 1e-13, 1e-13);
            }
        }
    }

    @Test
    void inTheMiddleOfTheRangeImagesStay() {
        Tensor x = Small.drawn("x", SHAPE);
        Tensor half = Small.scalar(0.5);
        Tensor none = Tensors.longs(new long[] {0});
        for (Transform transform : List.of(
                new Brightness(half, 1),
                new Saturation(half, 2),
                new Contrast(half, 0.5),
                Affine.rotation(half, 15),
                new Crop(none, none),
                new Flip(half, 0.5),
                new Cutout(none, none, 0, 0))) {
            assertTensor(transform.apply(x)).isCloseTo(x, 1e-12, 1e-12);
        }
    }

    @Test
    void aCutoutReachesTheBorder() {
        Tensor ones = torch.ones_like(Small.drawn("x", 1, 1, 4, 6));
        Tensor cut = new Cutout(Tensors.longs(new long[] {4}), Tensors.longs(new long[] {0}), 2, 3).apply(ones);
        assertThat(Tensors.toDoubles(cut.select(0, 0).select(0, 0).select(0, 3)))
                .containsExactly(0, 0, 1, 1, 1, 1);
        assertThat(cut.sum().item_double()).isEqualTo(22); // row 3 alone
    }

    @Test
    void aCropBringsZerosIn() {
        Tensor x = torch.ones_like(Small.drawn("x", 1, 1, 3, 3));
        Tensor moved = new Crop(Tensors.longs(new long[] {1}), Tensors.longs(new long[] {-2})).apply(x);
        assertThat(Tensors.toDoubles(moved)).containsExactly(0, 0, 1, 0, 0, 1, 0, 0, 0);
    }

    @Test
    void everyKindIsDrawnAndTheSameAgain() {
        Siamese siamese = Siamese.of(ALL);
        var names = new HashSet<String>();
        Tensor x = Small.drawn("x", SHAPE);
        for (int i = 0; i < 60; i++) {
            Transform transform = siamese.draw(SHAPE, Siamese.Sharing.EACH, new Seed(1).child(i));
            names.add(transform.getClass().getSimpleName());
            assertTensor(transform.apply(x))
                    .isEqualTo(siamese.draw(SHAPE, Siamese.Sharing.EACH, new Seed(1).child(i))
                            .apply(x));
        }
        assertThat(names).containsExactlyInAnyOrder("Sequence", "Crop", "Cutout", "Flip", "Affine");
        assertTensor(Siamese.of("none")
                        .draw(SHAPE, Siamese.Sharing.EACH, new Seed(1))
                        .apply(x))
                .isEqualTo(x);
    }

    @Test
    void anUnknownKindIsNamed() {
        assertThatThrownBy(() -> Siamese.of("color_blur"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("blur");
    }
}
