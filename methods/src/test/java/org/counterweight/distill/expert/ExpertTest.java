package org.counterweight.distill.expert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.distill.Small.MODEL;
import static org.counterweight.distill.Small.far;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.distill.FlatModel;
import org.counterweight.distill.Small;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Output;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.module.Modules;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExpertTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** f(x) = W x, of images of one pixel and two channels. */
    private record Linear() implements Model {
        @Override
        public Output forward(Params params, Batch batch, Pass pass) {
            Tensor x = batch.get(Batch.PIXEL_VALUES).flatten(1, -1);
            return new Output(Tensors.linear(x, params.weight("weight"), null), x);
        }

        @Override
        public Map<String, long[]> shapes() {
            return Map.of("weight", new long[] {3, 2});
        }

        @Override
        public Map<String, Tensor> initialize(Generator random) {
            throw new UnsupportedOperationException("the test brings its weights");
        }

        @Override
        public Modules modules() {
            return Modules.of(List.of());
        }
    }

    @Test
    void thePenaltyOfALinearNetworkIsOfItsWeightsAlone() {
        var model = new FlatModel(new Linear());
        Tensor theta = Tensors.doubles(new double[] {1, 2, 3, 4, -1, 2}); // columns add up to 3 and 8
        double wanted = 2 * Math.pow(Math.sqrt(9 + 64) - 1, 2);
        for (GradientPenalty.Mode mode : GradientPenalty.Mode.values()) {
            for (String name : List.of("a", "b")) {
                Tensor images = Small.drawn(name, 5, 2, 1, 1);
                assertThat(new GradientPenalty(2, mode).of(model, theta, images).item_double())
                        .isEqualTo(wanted, within(1e-9));
            }
        }
        Tensor none = Tensors.doubles(new double[6]).requires_grad_(true);
        Tensor penalty =
                new GradientPenalty(2, GradientPenalty.Mode.CHANNEL).of(model, none, Small.drawn("a", 5, 2, 1, 1));
        assertThat(penalty.item_double()).isEqualTo(2, within(1e-5));
        assertThat(Tensors.gradients(penalty, false, none)[0].abs().max().item_double())
                .isZero(); // where the norm is 0, so is the gradient
    }

    private static ExpertStep.State after(ExpertStep step, int steps) {
        var state = ExpertStep.State.of(Small.theta("start"));
        for (int i = 0; i < steps; i++) {
            Tensor images = Small.drawn("batch " + i, Small.shape());
            state = step.apply(MODEL, state, images, images.flip(-1), Small.labels())
                    .state();
        }
        return state;
    }

    private static Tensor way(double scale) {
        return after(new ExpertStep(0.01, 0, 0, scale, null), 1).theta().sub(Small.theta("start"));
    }

    @Test
    void theRampShortensEarlySteps() {
        assertThat(far(way(0.5), Tensors.times(way(1), 0.5))).isLessThan(1e-10);
        assertThat(LossRamp.AST.at(0)).isEqualTo(0.5);
        assertThat(LossRamp.AST.at(9)).isEqualTo(0.95, within(1e-15));
        assertThat(LossRamp.AST.at(10)).isEqualTo(1);
    }

    @Test
    void aStepIsThatOfDescentWithMomentumAndDecay() {
        Tensor start = Small.theta("start");
        Tensor images = Small.drawn("batch 0", Small.shape());
        Tensor leaf = start.detach().requires_grad_(true);
        Tensor g = Tensors.gradients(MODEL.loss(leaf, images.flip(-1), Small.labels()), false, leaf)[0];
        Tensor wanted = Tensors.add(start, Tensors.add(g, start, 1e-3), -0.01);
        assertThat(far(after(new ExpertStep(0.01, 0.9, 1e-3, 1, null), 1).theta(), wanted))
                .isLessThan(1e-13);
    }

    @Test
    void theSameStepsAgainAreTheSame() {
        var step = new ExpertStep(0.01, 0.9, 1e-3, 0.6, new GradientPenalty(2, GradientPenalty.Mode.SAMPLE));
        assertTensor(after(step, 3).theta()).isEqualTo(after(step, 3).theta());
    }

    @Test
    void thePenaltyIsOfImagesAsTheyAre() {
        var penalty = new GradientPenalty(2, GradientPenalty.Mode.CHANNEL);
        var step = new ExpertStep(0.01, 0, 0, 0, penalty);
        Tensor theta = Small.theta("start");
        Tensor images = Small.images();
        assertThat(step.apply(MODEL, ExpertStep.State.of(theta), images, images.neg(), Small.labels())
                        .loss())
                .isEqualTo(penalty.of(MODEL, theta, images).item_double(), within(1e-14));
    }

    @Test
    void theRateFallsOnce() {
        var decay = new HalfwayDecay(7, 1, 0.1);
        assertThat(decay.falls()).isEqualTo(5);
        assertThat(decay.at(4)).isEqualTo(1);
        assertThat(decay.at(5)).isEqualTo(0.1);
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> new GradientPenalty(-1, GradientPenalty.Mode.SAMPLE))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("lambda_gp");
        assertThatThrownBy(() -> new LossRamp(2, 0, 1)).hasMessageContaining("clip_start");
    }
}
