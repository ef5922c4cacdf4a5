package org.counterweight.adapt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.engine.Tensors.linear;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.adapt.bone.BoneConfig;
import org.counterweight.adapt.lowrank.Additive;
import org.counterweight.adapt.lowrank.Residual;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.counterweight.config.Configs;
import org.counterweight.config.Setting;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Pass;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * What holds for every adapter of the catalogue, with its defaults and with each value of each of its choices: a new one is
 * tested by being listed.
 */
class ParametrizationContractTest {
    private static final int OUT = 64;
    private static final int IN = 128;

    /** Defaults, and each flag and choice turned on its own. */
    static List<Named<AdapterConfig>> configs() {
        var all = new ArrayList<Named<AdapterConfig>>();
        for (Method method : Catalogue.all()) {
            if (!AdapterConfig.class.isAssignableFrom(method.config())) {
                continue;
            }
            add(all, method, "", Configs.JSON.createObjectNode());
            for (RecordComponent component : method.config().getRecordComponents()) {
                String key = Configs.key(component.getName());
                if (component.getType() == boolean.class) {
                    add(all, method, key, Configs.JSON.createObjectNode().put(key, true));
                    add(
                            all,
                            method,
                            "not " + key,
                            Configs.JSON.createObjectNode().put(key, false));
                }
                for (String choice : component.getAnnotation(Setting.class).oneOf()) {
                    add(
                            all,
                            method,
                            key + " " + choice,
                            Configs.JSON.createObjectNode().put(key, choice));
                }
            }
        }
        return all;
    }

    private static void add(List<Named<AdapterConfig>> all, Method method, String variant, ObjectNode settings) {
        if (settings.isEmpty()
                || !Configs.bind(settings, method.config(), "").equals(Configs.defaults(method.config()))) {
            var config = (AdapterConfig) Configs.bind(settings, method.config(), "");
            all.add(Named.of((method.name() + " " + variant).strip(), config));
        }
    }

    private static Generator random(String what) {
        return new Seed(7).child(what).generator();
    }

    private static Tensor normal(ScalarType type, String what, long... shape) {
        return torch.empty(shape, Tensors.options(type), new MemoryFormatOptional())
                .normal_(0, 1, Tensors.optional(random(what)));
    }

    private static Tensor base(ScalarType type) {
        return normal(type, "base", OUT, IN).mul_(scalar(0.1));
    }

    private static Parametrization fresh(AdapterConfig config, Tensor base) {
        return config.create("layer.query", base, random("adapter"));
    }

    /** The adapter after some training, as far as its algebra is concerned: every tensor moved. */
    private static Parametrization moved(AdapterConfig config, Tensor base) {
        Parametrization adapter = fresh(config, base);
        try (var off = Tensors.noGrad()) {
            adapter.trainables()
                    .forEach((name, tensor) ->
                            tensor.add_(normal(tensor.scalar_type(), name, Tensors.shape(tensor)), scalar(0.02)));
        }
        return adapter;
    }

    /** All but the one that is asked to begin at random. */
    static List<Named<AdapterConfig>> configsThatStartAsTheBase() {
        return configs().stream()
                .filter(config -> !(config.getPayload() instanceof BoneConfig bone && bone.randomStart()))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configsThatStartAsTheBase")
    void startsAsTheBase(AdapterConfig config) {
        try (var scope = Scope.open()) {
            Tensor base = base(ScalarType.Double);
            Tensor x = normal(ScalarType.Double, "x", 5, IN);
            Parametrization adapter = fresh(config, base);
            assertTensor(adapter.weight(base)).as("weight").isCloseTo(base, 1e-12, 1e-13);
            assertTensor(adapter.apply(x, base, null, Pass.evaluation()))
                    .isCloseTo(linear(x, base, null), 1e-12, 1e-12);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configs")
    void saysWhetherALoraHoldsIt(AdapterConfig config) {
        try (var scope = Scope.open()) {
            Parametrization made = fresh(config, base(ScalarType.Double));
            Parametrization adapter = made instanceof Residual residual ? residual.inner() : made;
            assertThat(config.fitsLora()).isEqualTo(adapter instanceof Additive);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configs")
    void applyingIsMultiplyingByTheWeight(AdapterConfig config) {
        try (var scope = Scope.open()) {
            Tensor base = base(ScalarType.Double);
            Tensor bias = normal(ScalarType.Double, "bias", OUT);
            Parametrization adapter = moved(config, base);
            Tensor weight = adapter.weight(base);
            assertThat(weight.sub(base).abs().max().item_double())
                    .as("the weight moved")
                    .isGreaterThan(1e-4);
            var inputs = new LinkedHashMap<String, Tensor>();
            inputs.put("one token", normal(ScalarType.Double, "1", IN));
            inputs.put("rows", normal(ScalarType.Double, "2", 5, IN));
            inputs.put("rows and lengths", normal(ScalarType.Double, "3", 2, 3, IN));
            inputs.put("transposed", normal(ScalarType.Double, "4", IN, 3, 2).transpose(0, 2));
            inputs.put(
                    "strided",
                    normal(ScalarType.Double, "5", 3, 2 * IN)
                            .slice(
                                    1,
                                    new org.bytedeco.pytorch.LongOptional(0),
                                    new org.bytedeco.pytorch.LongOptional(2 * IN),
                                    2));
            inputs.put("no rows", normal(ScalarType.Double, "6", 0, IN));
            inputs.put("no length", normal(ScalarType.Double, "7", 2, 0, IN));
            inputs.forEach((what, x) -> {
                assertTensor(adapter.apply(x, base, null, Pass.evaluation()))
                        .as(what)
                        .isCloseTo(linear(x, weight, null), 1e-10, 1e-11);
                assertTensor(adapter.apply(x, base, bias, Pass.evaluation()))
                        .as(what + " with bias")
                        .isCloseTo(linear(x, weight, bias), 1e-10, 1e-11);
            });
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configs")
    void itsGradientsAreThoseOfTheWeight(AdapterConfig config) {
        try (var scope = Scope.open()) {
            Tensor base = base(ScalarType.Double);
            Parametrization adapter = moved(config, base);
            Tensor x = normal(ScalarType.Double, "x", 2, 3, IN).requires_grad_(true);
            Tensor gy = normal(ScalarType.Double, "gy", 2, 3, OUT);
            var names = new ArrayList<>(adapter.trainables().keySet());
            names.add("x");
            var leaves = new ArrayList<>(adapter.trainables().values());
            leaves.add(x);
            Tensor[] fast = gradients(
                    adapter.apply(x, base, null, Pass.evaluation()).mul(gy).sum(),
                    false,
                    leaves.toArray(new Tensor[0]));
            Tensor[] plain = gradients(
                    linear(x, adapter.weight(base), null).mul(gy).sum(), false, leaves.toArray(new Tensor[0]));
            for (int i = 0; i < fast.length; i++) {
                assertTensor(fast[i]).as(names.get(i)).isCloseTo(plain[i], 1e-9, 1e-10);
            }
        }
    }

    /** Where a setting takes norms for constants, the gradient is by intention not that of the function. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("configs")
    void itsGradientsAreDifferenceQuotients(AdapterConfig config) {
        boolean detached = Configs.tree((Record) config).path("detach_norm").asBoolean(false);
        try (var scope = Scope.open()) {
            Tensor base = base(ScalarType.Double);
            Parametrization adapter = moved(config, base);
            Tensor x = normal(ScalarType.Double, "x", 6, IN);
            Tensor gy = normal(ScalarType.Double, "gy", 6, OUT);
            boolean agree = true;
            for (Tensor leaf : adapter.trainables().values()) {
                Tensor direction = normal(ScalarType.Double, "direction", Tensors.shape(leaf));
                double analytic = gradients(value(adapter, x, base, gy), false, leaf)[0]
                        .mul(direction)
                        .sum()
                        .item_double();
                double quotient = (shifted(adapter, leaf, direction, 1e-5, x, base, gy)
                                - shifted(adapter, leaf, direction, -1e-5, x, base, gy))
                        / 2e-5;
                agree &= Math.abs(analytic - quotient) <= 1e-5 * (1 + Math.abs(quotient));
            }
            assertThat(agree).isEqualTo(!detached);
        }
    }

    private static Tensor value(Parametrization adapter, Tensor x, Tensor base, Tensor gy) {
        return adapter.apply(x, base, null, Pass.evaluation()).mul(gy).sum();
    }

    private static double shifted(
            Parametrization adapter, Tensor leaf, Tensor direction, double by, Tensor x, Tensor base, Tensor gy) {
        try (var off = Tensors.noGrad()) {
            leaf.add_(direction, scalar(by));
            double value = value(adapter, x, base, gy).item_double();
            leaf.sub_(direction, scalar(by));
            return value;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configs")
    void halfPrecisionBasesAreServedFromSinglePrecisionAdapters(AdapterConfig config) {
        try (var scope = Scope.open()) {
            Tensor base = base(ScalarType.Float);
            Tensor half = base.to(ScalarType.BFloat16);
            Tensor x = normal(ScalarType.Float, "x", 2, 3, IN);
            Parametrization adapter = moved(config, half);
            Tensor y = adapter.apply(x.to(ScalarType.BFloat16), half, null, Pass.evaluation());
            assertThat(y.scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
            assertThat(adapter.weight(half).scalar_type().intern()).isEqualTo(ScalarType.BFloat16);
            Tensor exact = linear(x, adapter.weight(half).to(ScalarType.Float), null);
            assertTensor(y).isCloseTo(exact, 0.05, 0.1);
            Tensor[] leaves = adapter.trainables().values().toArray(new Tensor[0]);
            for (Tensor gradient : gradients(y.to(ScalarType.Float).square().sum(), false, leaves)) {
                assertThat(gradient.scalar_type().intern()).isEqualTo(ScalarType.Float);
                assertThat(gradient.isfinite().all().item_bool()).isTrue();
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configs")
    void whatIsSavedIsRestoredToTheLastBit(AdapterConfig config) {
        try (var scope = Scope.open()) {
            Tensor base = base(ScalarType.Float);
            Tensor x = normal(ScalarType.Float, "x", 5, IN);
            Parametrization adapter = moved(config, base);
            var copies = new LinkedHashMap<String, Tensor>();
            adapter.tensors()
                    .forEach((name, tensor) -> copies.put(name, tensor.detach().clone()));
            Parametrization again = config.restore("layer.query", base, copies);
            assertThat(again.trainables()).containsOnlyKeys(adapter.trainables().keySet());
            assertTensor(again.apply(x, base, null, Pass.evaluation()))
                    .isEqualTo(adapter.apply(x, base, null, Pass.evaluation()));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configs")
    void whatItTrainsRequiresAGradientAndIsSaved(AdapterConfig config) {
        try (var scope = Scope.open()) {
            Parametrization adapter = fresh(config, base(ScalarType.Float));
            Map<String, Tensor> trainables = adapter.trainables();
            assertThat(trainables).isNotEmpty();
            assertThat(adapter.tensors().keySet()).containsAll(trainables.keySet());
            trainables.forEach((name, tensor) -> {
                assertThat(tensor.requires_grad()).as(name).isTrue();
                assertThat(tensor.is_leaf()).as(name).isTrue();
            });
            assertThat(trainables.values().stream()
                            .map(tensor -> tensor.data_ptr().address())
                            .distinct())
                    .hasSize(trainables.size());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configs")
    void isTheSameFunctionOfOtherTensors(AdapterConfig config) {
        try (var scope = Scope.open()) {
            Tensor base = base(ScalarType.Double);
            Tensor x = normal(ScalarType.Double, "x", 5, IN);
            Parametrization adapter = moved(config, base);
            Tensor expected = adapter.apply(x, base, null, Pass.evaluation());
            assertTensor(adapter.with(adapter.trainables()).apply(x, base, null, Pass.evaluation()))
                    .isEqualTo(expected);
            assertTensor(adapter.with(Map.of()).weight(base)).isEqualTo(adapter.weight(base));

            var others = new LinkedHashMap<String, Tensor>();
            adapter.trainables().forEach((name, tensor) -> {
                Tensor start = tensor.detach().clone().requires_grad_(true);
                others.put(name, start);
            });
            var steps = new LinkedHashMap<String, Tensor>();
            others.forEach((name, start) -> steps.put(name, start.mul(scalar(1.5))));
            Parametrization stepped = adapter.with(steps);
            assertThat(stepped.trainables()).containsOnlyKeys(others.keySet());
            stepped.trainables()
                    .forEach((name, tensor) -> assertTensor(tensor).as(name).isEqualTo(steps.get(name)));
            Tensor y = stepped.apply(x, base, null, Pass.evaluation());
            Tensor[] grads = gradients(
                    y.mul(normal(ScalarType.Double, "cotangent", 5, OUT)).sum(),
                    false,
                    others.values().toArray(Tensor[]::new));
            int k = 0;
            for (String name : others.keySet()) {
                assertThat(grads[k++].abs().max().item_double()).as(name).isGreaterThan(0);
            }
        }
    }

    static List<Named<AdapterConfig>> configsWithDropout() {
        return configs().stream()
                .filter(config -> Configs.tree((Record) config.getPayload()).has("dropout"))
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configsWithDropout")
    void itsDropoutDrawsFromThePassAlone(AdapterConfig config) {
        ObjectNode settings = Configs.tree((Record) config);
        settings.put("dropout", 0.5);
        var dropping = (AdapterConfig) Configs.bind(settings, ((Record) config).getClass(), "");
        try (var scope = Scope.open()) {
            Tensor base = base(ScalarType.Double);
            Tensor x = normal(ScalarType.Double, "x", 5, IN);
            Parametrization adapter = fresh(dropping, base);
            Tensor quiet = adapter.apply(x, base, null, Pass.evaluation());
            assertTensor(quiet).isCloseTo(linear(x, adapter.weight(base), null), 1e-12, 1e-12);
            Parametrization trained = moved(dropping, base);
            Tensor once = trained.apply(x, base, null, Pass.training(random("dropout")));
            assertTensor(trained.apply(x, base, null, Pass.training(random("dropout"))))
                    .isEqualTo(once);
        }
    }
}
