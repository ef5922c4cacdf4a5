package org.counterweight.studies.adapt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.Params;
import org.counterweight.studies.bed.classifier.Perceptron;
import org.junit.jupiter.api.Test;

class RankedLoraTest {
    private static final Perceptron MODEL = new Perceptron(List.of(6L, 6L, 6L, 6L));

    @Test
    void eachModuleHasItsRank() {
        try (var scope = Scope.open()) {
            Params base = Params.of(MODEL.initialize(new Seed(1).generator()));
            Map<String, Tensor> trained = new RankedLora(List.of(0, 4, 1))
                    .attach(MODEL, base, new Seed(2).generator())
                    .trainables();
            assertThat(trained)
                    .containsOnlyKeys("1.lora_A.weight", "1.lora_B.weight", "2.lora_A.weight", "2.lora_B.weight");
            assertThat(AdaLoraRanksStudy.rank(trained, 0)).isZero();
            assertThat(AdaLoraRanksStudy.rank(trained, 1)).isEqualTo(4);
            assertThat(AdaLoraRanksStudy.rank(trained, 2)).isEqualTo(1);
        }
    }

    @Test
    void theWholeBudgetIsDealt() {
        try (var scope = Scope.open()) {
            var dealt = new RankedLora.Dealt(10);
            List<Integer> ranks = dealt.deal(5, new Seed(3).generator());
            assertThat(ranks).hasSize(5).allMatch(rank -> rank >= 0);
            assertThat(ranks.stream().mapToInt(rank -> rank).sum()).isEqualTo(10);
            assertThat(dealt.deal(5, new Seed(3).generator())).isEqualTo(ranks);
            assertThat(dealt.deal(5, new Seed(4).generator())).isNotEqualTo(ranks);
        }
    }
}
