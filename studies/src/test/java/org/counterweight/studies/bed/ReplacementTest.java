package org.counterweight.studies.bed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.studies.bed.classifier.Answers;
import org.counterweight.studies.bed.classifier.Replacement;
import org.counterweight.studies.plan.arm.Measurement;
import org.junit.jupiter.api.Test;

class ReplacementTest {
    /** A model that gives these classes, 0 or 1, to the four rows of either set. */
    private static Answers answering(long... classes) {
        Tensor scores = torch.one_hot(Tensors.longs(classes), 2);
        return new Answers.Known(scores, scores);
    }

    /** The old model has two of four rows right, its update three, one of the old ones not among them. */
    private static Replacement replacement() {
        Tensor labels = Tensors.longs(new long[] {1, 1, 1, 1});
        return new Replacement(answering(1, 1, 0, 0), answering(0, 1, 1, 1), labels, labels);
    }

    @Test
    void countsWhatIsRightAndWhatIsBroken() {
        try (var scope = Scope.open()) {
            Map<String, Double> values =
                    replacement().measured(answering(0, 1, 1, 1)).values();
            assertThat(values).containsEntry("accuracy", 75.0).containsEntry("nfr", 25.0);
            assertThat(values.get("chosen")).isNaN();
        }
    }

    @Test
    void choosesTheCalmestOfThoseAsAccurateAsTheUpdate() {
        try (var scope = Scope.open()) {
            List<Answers> models = List.of(answering(0, 1, 1, 1), answering(1, 1, 0, 1), answering(1, 1, 0, 0));
            Measurement chosen = replacement().chosen(List.of(0.0, 0.5, 1.0), share -> models.get((int) (2 * share)));
            assertThat(chosen.values())
                    .containsEntry("chosen", 0.5)
                    .containsEntry("accuracy", 75.0)
                    .containsEntry("nfr", 0.0);
        }
    }

    @Test
    void choosesTheWeakestWhereNoneIsAsAccurate() {
        try (var scope = Scope.open()) {
            Measurement chosen = replacement().chosen(List.of(0.1, 0.2), strength -> answering(1, 1, 0, 0));
            assertThat(chosen.values()).containsEntry("chosen", 0.1).containsEntry("accuracy", 50.0);
        }
    }
}
