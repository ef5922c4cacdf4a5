package org.counterweight.reparametrize.compand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.doubles;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.reparametrize.compand.Compander.Form;
import org.counterweight.reparametrize.compand.CompanderStart.Init;
import org.counterweight.weights.WeightsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class CompanderTest {
    private static Tensor value(double value) {
        return doubles(new double[] {value});
    }

    private static Tensor normal(String what, long... shape) {
        return torch.empty(shape)
                .normal_(0, 1, Tensors.optional(new Seed(2).child(what).generator()))
                .to(ScalarType.Double);
    }

    /** So many numbers from one to another, mirrored exactly. */
    private static Tensor steps(double from, double to, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = (from * (count - 1 - i) + to * i) / (count - 1);
        }
        return doubles(values);
    }

    private static Compander compander(Psi psi, Tensor v, Tensor a, Tensor b, Form form) {
        return new Compander(
                psi,
                v.requires_grad_(true),
                a.requires_grad_(true),
                b.requires_grad_(true),
                new Compander.Pair(form, true, false),
                value(1));
    }

    @Test
    void arctanIsTheExampleWorkedByHand() {
        try (var scope = Scope.open()) {
            Compander compander = compander(Psi.ARCTAN, value(0.25), value(0.5), value(0.25), Form.RAW);
            assertThat(compander.weight().item_double()).isCloseTo(0.39269908, within(1e-8));
            Tensor[] found = gradients(
                    compander.weight().mul(scalar(2)).sum(), false, compander.v(), compander.a(), compander.b());
            assertThat(found[0].item_double()).isCloseTo(2, within(1e-8));
            assertThat(found[1].item_double()).isCloseTo(1.57079633, within(1e-8));
            assertThat(found[2].item_double()).isCloseTo(-2, within(1e-8));
            assertThat(Psi.ARCTAN.invert(value(0.3), value(0.5), value(0.25)).item_double())
                    .isCloseTo(0.17103420, within(1e-8));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Psi.class, mode = Mode.EXCLUDE, names = "IDENTITY")
    void isOddRisingBoundedAndSteepestAtZero(Psi psi) {
        try (var scope = Scope.open()) {
            Tensor a = value(0.7);
            Tensor b = value(0.3);
            Tensor v = steps(-40, 40, 801).requires_grad_(true);
            Tensor w = psi.apply(v, a, b);
            Tensor slopes = gradients(w.sum(), false, v)[0];
            assertTensor(w.flip(0)).isCloseTo(w.neg(), 1e-12, 1e-14);
            assertTensor(slopes.flip(0)).isCloseTo(slopes, 1e-12, 1e-14);
            assertThat(w.diff().ge(scalar(0)).all().item_bool()).isTrue();
            assertThat(w.abs().max().item_double()).isLessThanOrEqualTo(0.7 * psi.bound());
            assertThat(slopes.argmax().item_long()).isEqualTo(400);
            assertThat(slopes.max().item_double()).isCloseTo(0.7 / 0.3, within(1e-12));
            assertThat(psi.apply(value(1e30), a, b).item_double()).isLessThanOrEqualTo(0.7 * psi.bound());
        }
    }

    @ParameterizedTest
    @EnumSource(Psi.class)
    void hasAnInverse(Psi psi) {
        try (var scope = Scope.open()) {
            double most = psi == Psi.TANH ? 5 : 10; // where 1 − tanh has digits left
            Tensor v = steps(-most, most, 101).mul(scalar(0.3));
            Tensor w = psi.apply(v, value(0.7), value(0.3));
            assertTensor(psi.invert(w, value(0.7), value(0.3))).isCloseTo(v, 1e-10, 1e-10);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Psi.class, mode = Mode.EXCLUDE, names = "IDENTITY")
    void gradientsOfThePairAreThoseOfScaling(Psi psi) {
        try (var scope = Scope.open()) {
            Tensor v = normal("v", 4, 5);
            Tensor up = normal("up", 4, 5);
            Compander raw = compander(psi, v.clone(), value(0.7), value(0.3), Form.RAW);
            Tensor w = raw.weight();
            Tensor[] found = gradients(w.mul(up).sum(), true, raw.v(), raw.a(), raw.b());
            assertThat(found[1].item_double() * 0.7).isCloseTo(w.mul(up).sum().item_double(), within(1e-10));
            assertThat(found[2].item_double() * 0.3)
                    .isCloseTo(-found[0].mul(raw.v()).sum().item_double(), within(1e-10));
            Compander log = compander(psi, v.clone(), value(Math.log(0.7)), value(Math.log(0.3)), Form.LOG);
            assertTensor(log.weight()).isCloseTo(w, 1e-12, 1e-14);
            Tensor[] logs = gradients(log.weight().mul(up).sum(), false, log.a(), log.b());
            assertThat(logs[0].item_double()).isCloseTo(0.7 * found[1].item_double(), within(1e-10));
            assertThat(logs[1].item_double()).isCloseTo(0.3 * found[2].item_double(), within(1e-10));
            assertTensor(psi.apply(v.mul(scalar(3)), value(0.7), value(0.9))).isCloseTo(w.detach(), 1e-12, 1e-14);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Psi.class,
            mode = Mode.INCLUDE,
            names = {"ARCTAN", "TANH"})
    void isTheIdentityWhereBothAreLarge(Psi psi) {
        try (var scope = Scope.open()) {
            Tensor v = normal("v", 100);
            Tensor error = psi.apply(v, value(50), value(50)).sub(v).abs();
            Tensor allowed = v.abs().pow(scalar(3)).div(scalar(3 * 2500)).add(scalar(1e-12));
            assertThat(error.le(allowed).all().item_bool()).isTrue();
        }
    }

    @Test
    void logarithmsAreHeldWhereTheyStandForNumbers() {
        try (var scope = Scope.open()) {
            Compander compander = compander(Psi.TANH, value(1), value(900), value(0), Form.LOG);
            assertThat(compander.plainA().item_double()).isCloseTo(Math.exp(20), within(1.0));
            assertThat(compander.weight().isfinite().item_bool()).isTrue();
        }
    }

    @Test
    void theInverseTellsWhatItClips() {
        try (var scope = Scope.open()) {
            Tensor w = normal("w", 400);
            Tensor one = value(0.6);
            CompanderStart.Started started = new CompanderStart(Psi.ARCTAN, Init.INVERSE, 0.95).of("w", w, one, one);
            double limit = 0.95 * 0.6 * Math.PI / 2;
            Tensor beyond = w.abs().gt(scalar(limit));
            assertThat(started.clipped()).isEqualTo(beyond.sum().item_long()).isGreaterThan(0);
            Tensor effective = Psi.ARCTAN.apply(started.v(), one, one);
            assertTensor(effective.masked_select(beyond.logical_not()))
                    .as("only clipped weights change")
                    .isCloseTo(w.masked_select(beyond.logical_not()), 1e-10, 1e-12);
            assertThat(started.moved()).isCloseTo(w.abs().max().item_double() - limit, within(1e-10));
            assertThatThrownBy(() -> new CompanderStart(Psi.ARCTAN, Init.INVERSE, null).of("layer.weight", w, one, one))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("layer.weight: ")
                    .hasMessageContaining("beyond the bound of arctan")
                    .hasMessageContaining("a_scale");
            assertThatThrownBy(() -> CompanderStart.deviation("layer.weight", torch.ones(3, 2), null))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("layer.weight is constant");
        }
    }

    @Test
    void aWeightOfZeroIsNotStuck() {
        try (var scope = Scope.open()) {
            for (Psi psi : Psi.values()) {
                Compander compander = compander(psi, value(0), value(0.6), value(0.3), Form.RAW);
                double slope = gradients(compander.weight().sum(), false, compander.v())[0].item_double();
                assertThat(slope).isCloseTo(psi == Psi.IDENTITY ? 1 : 2, within(1e-12));
            }
        }
    }

    @Test
    void theSameOfOtherTensorsKeepsTheRest() {
        try (var scope = Scope.open()) {
            Compander compander = compander(Psi.TANH, value(1), value(2), value(3), Form.RAW);
            Compander other = compander.with(Map.of("0.b", value(4)));
            assertThat(other.b().item_double()).isEqualTo(4);
            assertThat(other.a()).isSameAs(compander.a());
            assertThat(compander.trainables()).containsOnlyKeys("original", "0.a", "0.b");
        }
    }
}
