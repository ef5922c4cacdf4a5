package org.counterweight.studies.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.studies.digits.Samples;
import org.junit.jupiter.api.Test;

class TrueRankTeacherTest {
    private static final List<Integer> RANKS = List.of(0, 3, 1);

    @Test
    void eachLayerDiffersByItsRankAndHalfItsSize() {
        try (var scope = Scope.open()) {
            TrueRankTeacher teacher = TrueRankTeacher.of(12, RANKS, new Seed(2).generator());
            for (int layer = 0; layer < 3; layer++) {
                Tensor base = Objects.requireNonNull(teacher.base().get(layer + ".weight"));
                Tensor target = Objects.requireNonNull(teacher.target().get(layer + ".weight"));
                double[] singular = Tensors.toDoubles(torch.linalg_svdvals(target.sub(base)));
                assertThat(Arrays.stream(singular).filter(s -> s > 1e-5)).hasSize(RANKS.get(layer));
                double size = Tensors.norm2(base, false, 0, 1).item_double();
                double update =
                        Math.sqrt(Arrays.stream(singular).map(s -> s * s).sum());
                assertThat(update / size).isCloseTo(RANKS.get(layer) == 0 ? 0 : 0.5, within(1e-5));
            }
        }
    }

    @Test
    void answersAreTheTargets() {
        try (var scope = Scope.open()) {
            TrueRankTeacher teacher = TrueRankTeacher.of(12, RANKS, new Seed(2).generator());
            Samples samples = teacher.samples(20, new Seed(5).generator());
            Tensor answers = teacher.model()
                    .forward(Params.of(teacher.target()), samples.batch(), Pass.evaluation())
                    .logits();
            assertThat(answers.equal(samples.labels())).isTrue();
            Tensor unadapted = teacher.model()
                    .forward(Params.of(teacher.base()), samples.batch(), Pass.evaluation())
                    .logits();
            assertThat(unadapted.equal(samples.labels())).isFalse();
        }
    }
}
