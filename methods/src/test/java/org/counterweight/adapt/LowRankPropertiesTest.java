package org.counterweight.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.bora.Bora;
import org.counterweight.adapt.lowrank.Additive;
import org.counterweight.adapt.lowrank.Dora;
import org.counterweight.adapt.lowrank.LowRank;
import org.counterweight.adapt.lowrank.Norms;
import org.counterweight.adapt.lowrank.Residual;
import org.counterweight.adapt.lowrank.Triplets;
import org.counterweight.adapt.sorsa.Orthonormality;
import org.counterweight.adapt.sorsa.Sorsa;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.counterweight.weights.WeightsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the papers say of LoRA, DoRA, BoRA, PiSSA and SORSA, and what happens at the edges. */
class LowRankPropertiesTest {
    private static Tensor normal(String what, long... shape) {
        return torch.empty(shape, Tensors.options(ScalarType.Double), new MemoryFormatOptional())
                .normal_(0, 1, Tensors.optional(new Seed(11).child(what).generator()));
    }

    private static AdapterConfig config(String method, String yaml) {
        return (AdapterConfig) Configs.bind(
                Configs.yaml(yaml, "test"), Catalogue.named(method, "test").config(), "");
    }

    private static Parametrization moved(AdapterConfig config, Tensor base) {
        Parametrization adapter = config.create("layer.query", base, new Seed(12).generator());
        try (var off = Tensors.noGrad()) {
            adapter.trainables()
                    .forEach((name, tensor) -> tensor.add_(normal(name, Tensors.shape(tensor)), scalar(0.1)));
        }
        return adapter;
    }

    @Test
    void dorasRowNormsAreItsMagnitudes() {
        try (var scope = Scope.open()) {
            Tensor base = normal("base", 7, 10);
            var dora = (Dora) moved(config("dora", "r: 3"), base);
            assertTensor(norm2(dora.weight(base), false, 1))
                    .isCloseTo(dora.magnitude().abs(), 1e-12, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"row_col, 0", "col_row, 1"})
    void borasNormsOfTheSideNormalisedLastAreItsMagnitudes(String order, long dim) {
        try (var scope = Scope.open()) {
            Tensor base = normal("base", 7, 10);
            var bora = (Bora) moved(config("bora", "{r: 3, order: " + order + "}"), base);
            Tensor magnitude = dim == 0 ? bora.magnitudeCol() : bora.magnitudeRow();
            assertTensor(norm2(bora.weight(base), false, dim)).isCloseTo(magnitude.abs(), 1e-12, 0);
        }
    }

    @Test
    void scalingAllOfBorasRowMagnitudesChangesNothing() {
        try (var scope = Scope.open()) {
            Tensor base = normal("base", 7, 10);
            var bora = (Bora) moved(config("bora", "r: 3"), base);
            Tensor before = bora.weight(base).detach();
            try (var off = Tensors.noGrad()) {
                bora.magnitudeRow().mul_(scalar(3));
            }
            assertTensor(bora.weight(base)).isCloseTo(before, 1e-11, 1e-13);
        }
    }

    @Test
    void doraFitsRowScalingAndBoraColumnScalingWithoutAnyUpdate() {
        try (var scope = Scope.open()) {
            Tensor base = normal("base", 6, 8);
            Tensor rows = normal("rows", 6).exp_();
            Tensor cols = normal("cols", 8).exp_();
            var dora = (Dora) config("dora", "r: 0").create("m", base, new Seed(1).generator());
            var bora = (Bora) config("bora", "r: 0").create("m", base, new Seed(1).generator());
            try (var off = Tensors.noGrad()) {
                dora.magnitude().mul_(rows);
                bora.magnitudeCol().mul_(cols);
            }
            assertTensor(dora.weight(base)).isCloseTo(base.mul(rows.unsqueeze(1)), 1e-12, 0);
            assertTensor(bora.weight(base)).isCloseTo(base.mul(cols), 1e-12, 0);
        }
    }

    @Test
    void doraUnmergesToItsBase() {
        try (var scope = Scope.open()) {
            Tensor base = normal("base", 7, 10);
            var dora = (Dora) moved(config("dora", "r: 3"), base);
            assertTensor(dora.unmerge(dora.weight(base), dora.norms(base))).isCloseTo(base, 1e-11, 1e-13);
        }
    }

    @Test
    void borasMultiplierInterpolates() {
        try (var scope = Scope.open()) {
            Tensor base = normal("base", 7, 10);
            Tensor whole = moved(config("bora", "r: 3"), base).weight(base);
            Tensor third =
                    moved(config("bora", "{r: 3, multiplier: 0.3}"), base).weight(base);
            Tensor none = moved(config("bora", "{r: 3, multiplier: 0}"), base).weight(base);
            assertTensor(none).isCloseTo(base, 1e-13, 1e-14);
            assertTensor(third).isCloseTo(base.mul(scalar(0.7)).add(whole, scalar(0.3)), 1e-12, 1e-13);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dora", "bora"})
    void aZeroRowAndAVanishingRowGiveNoNaN(String method) {
        try (var scope = Scope.open()) {
            Tensor base = normal("base", 6, 8);
            base.select(0, 2).zero_();
            Parametrization adapter = moved(config(method, "r: 2"), base);
            Tensor weight = adapter.weight(base);
            assertThat(weight.isfinite().all().item_bool()).isTrue();
            // A row that the update nearly cancels: its norm must not be lost in rounding.
            LowRank update = adapter instanceof Dora dora
                    ? new LowRank(dora.a(), dora.b(), dora.config().scale())
                    : new LowRank(
                            ((Bora) adapter).a(),
                            ((Bora) adapter).b(),
                            ((Bora) adapter).config().scale());
            Tensor near = base.detach().clone();
            near.select(0, 4).copy_(update.product().detach().select(0, 4).mul(scalar(-1 + 1e-7)));
            Tensor rows = near.add(update.product()).square().sum(1);
            Tensor squares =
                    Norms.squares(near, Norms.ofBase(near, null), update.a(), update.b(), update.scale(), null);
            assertTensor(squares).isCloseTo(rows, 1e-9, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora", "pissa", "sorsa"})
    void whatStartsInTheBaseIsExportedAsLoraOfTheUnchangedBase(String method) {
        try (var scope = Scope.open()) {
            Tensor base = normal("base", 9, 7);
            Parametrization adapter = moved(config(method, "r: 3"), base);
            LowRank update =
                    adapter instanceof Residual residual ? residual.updateOfBase() : ((Additive) adapter).update();
            assertTensor(base.add(update.product())).isCloseTo(adapter.weight(base), 1e-11, 1e-12);
        }
    }

    @Test
    void sorsaTakesTheBestApproximationOutOfTheBase() {
        try (var scope = Scope.open()) {
            Tensor base = normal("base", 9, 7);
            var residual = (Residual) config("sorsa", "r: 3").create("m", base, new Seed(1).generator());
            double[] all = Tensors.toDoubles(Triplets.of("m", base).s());
            double rest = 0;
            for (int i = 3; i < all.length; i++) {
                rest += all[i] * all[i];
            }
            assertThat(residual.rest().square().sum().item_double())
                    .isCloseTo(rest, org.assertj.core.data.Offset.offset(1e-10));
            var sorsa = (Sorsa) residual.inner();
            assertThat(Orthonormality.deviation(sorsa.a()).item_double()).isLessThan(1e-12);
            assertThat(Orthonormality.deviation(sorsa.b().t()).item_double()).isLessThan(1e-12);
        }
    }

    @Test
    void aRandomisedDecompositionFindsNearlyTheSamePart() {
        try (var scope = Scope.open()) {
            Tensor scales = torch.arange(scalar(40))
                    .to(ScalarType.Double)
                    .mul(scalar(-0.3))
                    .exp();
            Tensor base = normal("u", 60, 40).mul(scales).matmul(normal("v", 40, 50));
            var exact = (Residual) config("pissa", "r: 4").create("m", base, new Seed(1).generator());
            var quick = (Residual)
                    config("pissa", "{r: 4, randomized_iterations: 4}").create("m", base, new Seed(1).generator());
            assertTensor(quick.rest()).isCloseTo(exact.rest(), 1e-6, 1e-6);
        }
    }

    @Test
    void anExactlyOrthonormalMatrixHasNoGradient() {
        try (var scope = Scope.open()) {
            Tensor eye = torch.eye(4, Tensors.options(ScalarType.Double)).requires_grad_(true);
            Tensor gradient = Tensors.gradients(Orthonormality.MEAN.of(java.util.List.of(eye)), false, eye)[0];
            assertTensor(gradient).isEqualTo(torch.zeros_like(gradient));
        }
    }

    @Test
    void freezingAOfLoraTrainsBAlone() {
        try (var scope = Scope.open()) {
            Parametrization adapter =
                    config("lora", "freeze_a: true").create("m", normal("base", 9, 12), new Seed(1).generator());
            assertThat(adapter.trainables()).containsOnlyKeys("lora_B.weight");
            assertThat(adapter.tensors()).containsOnlyKeys("lora_A.weight", "lora_B.weight");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "lora    | r: 0                              | lora.r: 0",
                "dora    | r: -1                             | dora.r: -1",
                "bora    | alpha: 0                          | bora.alpha: 0.0",
                "bora    | eps: 0                            | bora.eps: 0.0",
                "lora    | dropout: 1                        | lora.dropout: 1.0",
                "lora    | targets: []                       | lora.targets",
                "sorsa   | gamma: -1                         | sorsa.gamma: -1.0",
                "adalora | {init_r: 4, target_r: 6}          | adalora.target_r: 6",
                "adalora | beta1: 1                          | adalora.beta1: 1.0",
                "adalora | {total_step: 10, tinit: 6, tfinal: 4} | adalora.total_step: 10",
                "adalora | delta_t: 0                        | adalora.delta_t: 0"
            })
    void wrongSettingsAreRefusedByName(String method, String yaml, String message) {
        assertThatThrownBy(() -> config(method, yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aRankLargerThanTheMatrixAndAnUnfitBaseAreRefused() {
        try (var scope = Scope.open()) {
            Tensor base = normal("base", 5, 9);
            assertThatThrownBy(() -> config("sorsa", "r: 6").create("layer.query", base, new Seed(1).generator()))
                    .hasMessageContaining("1 to 5")
                    .hasMessageContaining("layer.query");
            base.select(0, 0).fill_(scalar(Double.NaN));
            assertThatThrownBy(() -> config("pissa", "r: 2").create("layer.query", base, new Seed(1).generator()))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("layer.query.weight");
        }
    }

    @Test
    void savedTensorsAreCheckedByName() {
        try (var scope = Scope.open()) {
            Tensor base = normal("base", 6, 8);
            AdapterConfig config = config("lora", "r: 2");
            Map<String, Tensor> good = new HashMap<>(
                    config.create("m", base, new Seed(1).generator()).tensors());
            assertThatThrownBy(() ->
                            config.restore("layer.query", base, Map.of("lora_A.weight", good.get("lora_A.weight"))))
                    .hasMessageContaining("layer.query")
                    .hasMessageContaining("lora_B.weight");
            assertThatThrownBy(() -> config("lora", "r: 3").restore("layer.query", base, good))
                    .hasMessageContaining("[2, 8]")
                    .hasMessageContaining("[3, 8]");
            var extra = new HashMap<>(good);
            extra.put("lora_C.weight", base);
            assertThatThrownBy(() -> config.restore("layer.query", base, extra)).hasMessageContaining("lora_C.weight");
            var broken = new HashMap<>(good);
            broken.put("lora_B.weight", normal("nan", 6, 2).fill_(scalar(Double.NaN)));
            assertThatThrownBy(() -> config.restore("layer.query", base, broken))
                    .hasMessageContaining("layer.query.lora_B.weight")
                    .hasMessageContaining("NaN");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora", "dora", "bora", "adalora"})
    void aLayerOfOneInputOrOneOutputWorks(String method) {
        try (var scope = Scope.open()) {
            for (long[] shape : new long[][] {{1, 5}, {5, 1}}) {
                Tensor base = normal("base", shape);
                Tensor x = normal("x", 3, shape[1]);
                Parametrization adapter = moved(config(method, "{}"), base);
                assertTensor(adapter.apply(x, base, null, Pass.evaluation()))
                        .isCloseTo(linear(x, adapter.weight(base), null), 1e-11, 1e-12);
            }
        }
    }
}
