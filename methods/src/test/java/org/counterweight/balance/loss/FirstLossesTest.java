package org.counterweight.balance.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.longs;
import static org.counterweight.testing.TensorAssert.assertTensor;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.balance.ClassCounts;
import org.counterweight.balance.SimplexEtf;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Losses of the first stage, by numbers worked by hand and by what must hold. */
class FirstLossesTest {
    private static final ClassCounts COUNTS = ClassCounts.of(256, 16, 1);

    private final Scope scope = Scope.open();
    private final Tensor logits = doubles(new double[] {2, 0.5, -1, 0.3, 0.1, 0.7}, 2, 3);
    private final Tensor labels = longs(new long[] {2, 0});

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor normal(long seed, long... shape) {
        return torch.zeros(shape, Tensors.options(ScalarType.Double))
                .normal_(0, 1, Tensors.optional(new Seed(seed).generator()));
    }

    private Tensor of(FirstLoss loss, Tensor features, int epoch) {
        return loss.of(COUNTS).perRow(logits, labels, features, new LinearHead(features, null), epoch);
    }

    private double crossEntropy(double... z) {
        double sum = 0;
        for (double one : z) {
            sum += Math.exp(one - z[0]);
        }
        return Math.log(sum); // of the first
    }

    @Test
    void theRarestClassHasTheLargestMargin() {
        assertTensor(COUNTS.margins(0.5)).isCloseTo(doubles(new double[] {0.125, 0.25, 0.5}), 1e-15, 0);
        Tensor features = normal(1, 2, 4);
        double[] plain = Tensors.toDoubles(of(new MarginLoss(0.5, 1, 0, 0), features, 0));
        assertThat(plain[0]).isCloseTo(crossEntropy(-1.5, 2, 0.5), within(1e-12));
        assertThat(plain[1]).isCloseTo(crossEntropy(0.175, 0.1, 0.7), within(1e-12));
        double[] scaled = Tensors.toDoubles(of(new MarginLoss(0.5, 30, 0, 0), features, 0));
        assertThat(scaled[1]).isCloseTo(crossEntropy(30 * 0.175, 3, 21), within(1e-9));
        assertTensor(of(new MarginLoss(0, 1, 0, 0), features, 0)).isCloseTo(of(new PlainLoss(), features, 0), 1e-12, 0);
    }

    @Test
    void rowsAreWeighedAfterTheEpochsBefore() {
        Tensor features = normal(1, 2, 4);
        var loss = new MarginLoss(0.5, 1, 0.99, 3);
        Tensor before = of(loss, features, 2);
        assertTensor(before).isEqualTo(of(new MarginLoss(0.5, 1, 0, 0), features, 0));
        Tensor weights = COUNTS.weights(0.99).index_select(0, labels);
        assertTensor(of(loss, features, 3)).isCloseTo(before.mul(weights), 1e-12, 0);
    }

    @Test
    void collapsedFeaturesHaveNoScatterAndTheWidestAngle() {
        Tensor simplex = SimplexEtf.random(3, 5, new Seed(2).generator()).to(ScalarType.Double);
        Tensor both = longs(new long[] {0, 1, 2, 0, 1, 2});
        Tensor features = Tensors.plus(simplex.index_select(0, both), 7); // angles are seen from their middle
        Tensor z = normal(3, 6, 3);
        var head = new LinearHead(simplex, null);
        Tensor plain = new PlainLoss().of(COUNTS).perRow(z, both, features, head, 0);
        Tensor found = new CollapseLoss(0.5, 2).of(COUNTS).perRow(z, both, features, head, 0);
        double angle = Math.acos(-0.5);
        assertTensor(found).isCloseTo(Tensors.plus(plain, -2 * angle), 1e-5, 1e-5);
        assertTensor(new CollapseLoss(0, 0).of(COUNTS).perRow(z, both, features, head, 0))
                .isCloseTo(plain, 1e-12, 0);
    }

    @Test
    void gradientsOfCollapseAreDifferenceQuotients() {
        Tensor features = normal(4, 5, 3).requires_grad_(true);
        Tensor own = longs(new long[] {0, 1, 2, 0, 1});
        Tensor z = normal(5, 5, 3);
        FirstLoss.Rows rows = new CollapseLoss(0.3, 0.7).of(COUNTS);
        var head = new LinearHead(z, null);
        Tensor gradient =
                Tensors.gradients(rows.perRow(z, own, features, head, 0).mean(), false, features)[0];
        for (int i = 0; i < 15; i++) {
            double[] sides = new double[2];
            for (int side = 0; side < 2; side++) {
                Tensor moved = features.detach().clone();
                moved.view(-1).select(0, i).add_(Tensors.scalar(side == 0 ? -1e-6 : 1e-6));
                sides[side] = rows.perRow(z, own, moved, head, 0).mean().item_double();
            }
            assertThat(gradient.view(-1).select(0, i).item_double())
                    .isCloseTo((sides[1] - sides[0]) / 2e-6, within(1e-6));
        }
        Tensor alone = longs(new long[] {1, 1, 1, 1, 1}); // one class has no angle to another
        assertThat(rows.perRow(z, alone, features, head, 0).isfinite().all().item_bool())
                .isTrue();
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> new MarginLoss(-1, 1, 0, 0)).hasMessageContaining("balance.loss.max_margin: -1.0");
        assertThatThrownBy(() -> new MarginLoss(0.5, 0, 0, 0)).hasMessageContaining("balance.loss.scale: 0.0");
        assertThatThrownBy(() -> new MarginLoss(0.5, 1, 0, -1)).hasMessageContaining("balance.loss.deferred: -1");
        assertThatThrownBy(() -> new CollapseLoss(Double.NaN, 0))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("balance.loss.within: NaN");
    }
}
