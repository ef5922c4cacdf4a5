package org.counterweight.studies.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Attachment;
import org.counterweight.adapt.BitFitConfig;
import org.counterweight.adapt.FullConfig;
import org.counterweight.adapt.NormsConfig;
import org.counterweight.adapt.compacter.BottleneckConfig;
import org.counterweight.adapt.compacter.Placement;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.studies.bed.classifier.PatchTransformer;
import org.junit.jupiter.api.Test;

class PatchTransformerTest {
    private static final PatchTransformer MODEL = new PatchTransformer(3, 64, 4, 128, 10);
    private static final int HEAD = 650;

    /** The numbers of parameters in the table that the study follows. */
    @Test
    void contendersTrainWhatTheyShould() {
        try (var scope = Scope.open()) {
            Params base = Params.of(MODEL.initialize(new Seed(1).generator()));
            assertThat(count(new FullConfig(List.of()), base)).isEqualTo(101_888 + HEAD);
            assertThat(count(new NormsConfig(), base)).isEqualTo(896);
            assertThat(count(new BitFitConfig(List.of()), base)).isEqualTo(1_856 + 10);
            assertThat(count(new BottleneckConfig(8, 0, "relu", Placement.DOUBLE, List.of(), true), base))
                    .isEqualTo(7_472);
            assertThat(count(new BottleneckConfig(8, 1, "relu", Placement.DOUBLE, List.of(), true), base))
                    .isEqualTo(2_192);
        }
    }

    private static double count(Attachment adapter, Params base) {
        return Contender.count(adapter.attach(MODEL, base, new Seed(2).generator()));
    }

    /** Each patch has its own place: an image moved by one patch is another image to the model, moved within itself not. */
    @Test
    void patchesAreTwoByTwo() {
        try (var scope = Scope.open()) {
            var weights = MODEL.initialize(new Seed(1).generator());
            Tensor patches = Objects.requireNonNull(weights.get("patches.weight"));
            Tensor blind = patches.select(1, 0).unsqueeze(1).expand(64, 4); // to what lies where inside a patch
            Params params = Params.of(weights).replacing(Map.of("patches.weight", blind));
            Tensor first = logits(params, 0);
            assertThat(logits(params, 1).allclose(first)).as("same patch").isTrue();
            assertThat(logits(params, 9).allclose(first)).as("same patch").isTrue();
            assertThat(logits(params, 2).allclose(first)).as("next patch").isFalse();
            assertThat(logits(params, 16).allclose(first)).as("patch below").isFalse();
        }
    }

    private static Tensor logits(Params params, int pixel) {
        float[] pixels = new float[64];
        pixels[pixel] = 1;
        var batch = new Batch(Map.of(Batch.PIXEL_VALUES, Tensors.floats(pixels, 1, 64)));
        return MODEL.forward(params, batch, Pass.evaluation()).logits();
    }
}
