package org.counterweight.fewgen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.fewgen.classify.FewShotLearning;
import org.counterweight.fewgen.classify.LearnConfig;
import org.counterweight.fewgen.classify.Learner;
import org.counterweight.fewgen.classify.LearningListener;
import org.counterweight.fewgen.classify.SyntheticLearning;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.train.state.Remembering;
import org.junit.jupiter.api.Test;

/** A classifier learns from few rows and from many that are not all right, and goes on where it was broken off. */
class LearningTest {
    private static final Model MODEL = Architectures.of(Configs.yaml(
            "{model_type: mlp, architectures: [MlpForTableClassification], inputs: 2, hidden_sizes: [4],"
                    + " id2label: {'0': a, '1': b}}",
            "config"));
    private static final LearnConfig CONFIG = Configs.bind(
            Configs.yaml("{lr: 0.05, steps: 12, every: 3, batch_size: 4, threshold: 0.5, min_per_class: 0}", "test"),
            LearnConfig.class,
            "");

    /** Points left and right of the middle, of which every seventh has the other's label. */
    private record Points(int size, boolean spoiled) implements LabelledDataset {
        @Override
        public List<String> labelNames() {
            return List.of("a", "b");
        }

        @Override
        public int label(int row) {
            return (spoiled && row % 7 == 0 ? row + 1 : row) % 2;
        }

        @Override
        public Batch batch(int... rows) {
            double[] at = Arrays.stream(rows)
                    .boxed()
                    .flatMapToDouble(row -> Arrays.stream(new double[] {row % 2 - 0.5, (row % 5) * 0.1}))
                    .toArray();
            return new Batch(Map.of(
                    Batch.INPUTS, Tensors.doubles(at, rows.length, 2).to(ScalarType.Float),
                    Batch.LABELS,
                            Tensors.longs(
                                    Arrays.stream(rows).mapToLong(this::label).toArray()),
                    Batch.ROW, Tensors.longs(IntStream.of(rows).asLongStream().toArray())));
        }
    }

    /** Keeps what is to be remembered at a step, and stops there. */
    private static final class Breaking implements LearningListener {
        final long at;
        final Map<String, Tensor> kept = new LinkedHashMap<>();
        boolean stops;

        Breaking(long at) {
            this.at = at;
        }

        @Override
        public void stepped(long step, long steps, double loss) {
            assertThat(loss).isFinite();
        }

        @Override
        public void judged(long step, double accuracy, Remembering state) {
            stops = step == at;
            if (stops) {
                state.state().forEach((name, tensor) -> kept.put(name, tensor.clone()));
            }
        }

        @Override
        public boolean stops() {
            return stops;
        }
    }

    private static Learner learner(long steps) {
        return new Learner(
                MODEL, MODEL.initialize(new Seed(2).generator()), new Learner.Schedule(0.05, steps, 0.1, 1), new Seed(5));
    }

    @Test
    void fromWrittenTextsBrokenOffOrNot() {
        try (var scope = Scope.open()) {
            var texts = new Points(28, true);
            var dev = new Points(10, false);
            try (Learner whole = learner(12);
                    Learner broken = learner(12);
                    Learner resumed = learner(12);
                    var first = new SyntheticLearning(texts, dev, CONFIG, new Seed(1));
                    var second = new SyntheticLearning(texts, dev, CONFIG, new Seed(1));
                    var third = new SyntheticLearning(texts, dev, CONFIG, new Seed(1))) {
                assertThat(first.run(whole, new Breaking(-1))).isTrue();
                var breaking = new Breaking(6);
                assertThat(second.run(broken, breaking)).isFalse();
                third.restore(breaking.kept, resumed);
                assertThat(third.run(resumed, new Breaking(-1))).isTrue();
                assertThat(resumed.taken()).isEqualTo(12);
                assertThat(third.learnt()).isEqualTo(first.learnt());
                assertThat(Arrays.stream(first.learnt()).sum()).isEqualTo(48);
                assertTensor(third.beliefs()).isEqualTo(first.beliefs());
                whole.best()
                        .forEach((name, tensor) -> assertTensor(
                                        Objects.requireNonNull(resumed.best().get(name)))
                                .as(name)
                                .isEqualTo(tensor));
                assertThat(resumed.bestFigure()).isEqualTo(whole.bestFigure());
            }
        }
    }

    /** Rates rise over a tenth of the steps, and end at nothing; the figure of the best weights is theirs. */
    @Test
    void fromTheFewItKeepsItsBest() {
        try (var scope = Scope.open();
                Learner learner = learner(90)) {
            var rows = new Points(9, false);
            assertThat(new FewShotLearning(rows, rows, 4, 5, 0.15, new Seed(3)).run(learner, new Breaking(-1)))
                    .isTrue();
            assertThat(Learner.accuracy(MODEL, learner.best(), rows)).isEqualTo(learner.bestFigure());
            assertThat(learner.bestFigure()).isEqualTo(1);
        }
    }
}
