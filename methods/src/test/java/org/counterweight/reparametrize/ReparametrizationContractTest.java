package org.counterweight.reparametrize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.engine.Tensors.gradients;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.catalogue.Choice;
import org.counterweight.catalogue.Method;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Precision;
import org.counterweight.reparametrize.files.LatentForm;
import org.counterweight.reparametrize.files.Resumption;
import org.counterweight.reparametrize.files.StateDict;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every way to train weights through others, on every kind of model. */
class ReparametrizationContractTest {
    /** Settings that keep the function at the start, beside the defaults of every method. */
    private static final Map<String, List<String>> KEEPING = Map.of(
            "weight_norm",
            List.of(
                    "{}",
                    "{param_form: log}",
                    "{dim: -1}",
                    "{dim: 1}",
                    "{embeddings: true, zero_norm: keep_zero}",
                    "{mode: optimizer}",
                    "{style: hook}",
                    "{decay: w, zero_norm: keep_zero}"),
            "weight_compander",
            List.of(
                    "{psi: identity}",
                    "{init: inverse, a_scale: 4.0, b_scale: 4.0}",
                    "{init: inverse, a_scale: 6.0, b_scale: 2.0, psi: tanh, learn_ab: true}",
                    "{init: inverse, a_scale: 6.0, b_scale: 2.0, psi: softsign, learn_ab: true, param_form: raw}",
                    "{init: inverse, a_scale: 4.0, b_scale: 4.0, ab_scope: channel, learn_ab: true}",
                    "{init: inverse, a_scale: 6.0, b_scale: 4.0, ab_scope: global, learn_ab: true}",
                    "{init: inverse, a_scale: 6.0, b_scale: 4.0, ab_scope: global, embeddings: true}",
                    "{start_epoch: 2}"),
            "data_init",
            List.of("{}"));

    /** The first settings of each method on every model, the others on some. */
    static Stream<Arguments> all() {
        return Choice.methods(Reparametrization.class).stream()
                .map(Method::name)
                .flatMap(method -> keeping(method).stream()
                        .flatMap(settings -> models(method, settings)
                                .map(model -> Arguments.of(
                                        Named.of(method + " " + settings, choice(method, settings)), model))));
    }

    private static List<String> keeping(String method) {
        return Objects.requireNonNull(KEEPING.get(method), method + " has no settings here");
    }

    private static Stream<Named<Model>> models(String method, String settings) {
        boolean isFirst = keeping(method).indexOf(settings) == 0;
        return Models.all().stream()
                .filter(model ->
                        isFirst || List.of("convnet", "conv1d", "gru", "gpt2").contains(model.getName()));
    }

    private static Choice<Reparametrization> choice(String method, String settings) {
        return Choice.named(method, settings, "reparametrize", Reparametrization.class);
    }

    private static Tensor logits(Model model, Params params, ScalarType type) {
        return model.forward(params, Models.batch(model, type, 4), Pass.evaluation())
                .logits();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void theFunctionStaysAndTheBaseIsNotTouched(Choice<Reparametrization> choice, Model model) {
        try (var scope = Scope.open()) {
            Params base = Models.params(model, ScalarType.Float);
            var before = new LinkedHashMap<String, Tensor>();
            base.weights()
                    .forEach((name, tensor) -> before.put(name, tensor.detach().clone()));
            Params attached = choice.settings().attach(model, base);
            assertTensor(logits(model, attached, ScalarType.Float))
                    .isCloseTo(logits(model, base, ScalarType.Float), 1e-5, 1e-6);
            assertThat(attached.trainables()).isNotEmpty();
            assertThat(Collections.disjoint(attached.trainables().keySet(), attached.parametrized()))
                    .isTrue();
            assertThat(attached.trainables().values().stream()
                            .map(tensor -> tensor.data_ptr().address())
                            .distinct())
                    .as("no tensor is stepped twice")
                    .hasSize(attached.trainables().size());
            step(model, attached, ScalarType.Float);
            attached.parametrized()
                    .forEach(name ->
                            assertTensor(base.weights().get(name)).as(name).isEqualTo(before.get(name)));
        }
    }

    /** A step along the gradient of all that is trained. */
    private static void step(Model model, Params params, ScalarType type) {
        Tensor[] leaves = params.trainables().values().toArray(Tensor[]::new);
        Batch batch = Models.batch(model, type, 4);
        Pass pass = Pass.training(new Seed(1).generator());
        Tensor loss =
                torch.cross_entropy_loss(model.forward(params, batch, pass).logits(), batch.labels());
        Tensor[] found = gradients(loss, false, leaves);
        try (var off = Tensors.noGrad()) {
            for (int i = 0; i < leaves.length; i++) {
                leaves[i].sub_(found[i], Tensors.scalar(0.1));
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void whatIsFoldedOrReadAgainIsTheSameFunction(Choice<Reparametrization> choice, Model model) {
        try (var scope = Scope.open()) {
            Params attached = choice.settings().attach(model, Models.params(model, ScalarType.Float));
            step(model, attached, ScalarType.Float);
            Tensor expected = logits(model, attached, ScalarType.Float);
            Map<String, Tensor> folded = attached.materialized();
            assertThat(folded).containsOnlyKeys(model.shapes().keySet());
            assertTensor(logits(model, Params.of(folded), ScalarType.Float)).isCloseTo(expected, 1e-5, 1e-6);
            var form = new LatentForm(choice.settings());
            Map<String, Tensor> written = form.tensors(attached);
            assertThat(Collections.disjoint(written.keySet(), attached.parametrized()))
                    .isTrue();
            StateDict read = StateDict.of("file", written, form.remarks());
            assertThat(read.folded()).isEqualTo(attached.parametrized());
            Map<String, Tensor> plain = read.plain();
            assertThat(plain).containsOnlyKeys(model.shapes().keySet());
            plain.forEach((name, tensor) -> assertTensor(tensor).as(name).isCloseTo(folded.get(name), 1e-6, 1e-7));
        }
    }

    /** A run that begins with a file's weights has its latent tensors too: to the last bit, but for logarithms of g. */
    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void trainingGoesOnFromAFile(Choice<Reparametrization> choice, Model model) {
        try (var scope = Scope.open()) {
            Params attached = choice.settings().attach(model, Models.params(model, ScalarType.Float));
            step(model, attached, ScalarType.Float);
            var form = new LatentForm(choice.settings());
            StateDict read = StateDict.of("file", form.tensors(attached), form.remarks());
            var plain = new LinkedHashMap<>(read.plain());
            plain.replaceAll((name, tensor) ->
                    tensor.clone().requires_grad_(!model.modules().buffers().contains(name)));
            Params again = choice.settings().attach(model, Params.of(plain));
            assertThat(new Resumption(read, model).into(plain, again))
                    .containsExactlyInAnyOrderElementsOf(attached.parametrized());
            attached.trainables()
                    .forEach((name, tensor) -> assertTensor(again.trainables().get(name))
                            .as(name)
                            .isCloseTo(tensor, 0, name.endsWith("log_g") ? 1e-6 : 0));
            assertTensor(logits(model, again, ScalarType.Float))
                    .isCloseTo(logits(model, attached, ScalarType.Float), 1e-5, 1e-6);
        }
    }

    @Test
    void aWeightThatIsNotTheFilesBeginsAnew() {
        try (var scope = Scope.open()) {
            Model model = Models.named("mlp");
            Reparametrization norm = Models.method("weight_norm", "{}");
            Params attached = norm.attach(model, Models.params(model, ScalarType.Float));
            step(model, attached, ScalarType.Float);
            StateDict read = StateDict.of("file", new LatentForm(norm).tensors(attached));
            var plain = new LinkedHashMap<>(read.plain());
            plain.replaceAll((name, tensor) -> tensor.clone());
            try (var off = Tensors.noGrad()) {
                Objects.requireNonNull(plain.get("layers.2.weight")).mul_(Tensors.scalar(2)); // a head drawn anew
            }
            Params again = norm.attach(model, Params.of(plain));
            assertThat(new Resumption(read, model).into(plain, again))
                    .containsExactly("layers.0.weight", "layers.1.weight");
            Reparametrization other = Models.method("weight_norm", "{dim: -1}");
            assertThat(new Resumption(read, model).into(plain, other.attach(model, Params.of(plain))))
                    .as("lengths of another dimension")
                    .isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void isTheSameFunctionOfOtherTensors(Choice<Reparametrization> choice, Model model) {
        try (var scope = Scope.open()) {
            Params attached = choice.settings().attach(model, Models.params(model, ScalarType.Double));
            var others = new LinkedHashMap<String, Tensor>();
            attached.trainables()
                    .forEach((name, tensor) ->
                            others.put(name, tensor.detach().clone().requires_grad_(true)));
            var steps = new LinkedHashMap<String, Tensor>();
            others.forEach((name, tensor) -> steps.put(name, tensor.mul(Tensors.scalar(1.1))));
            Params stepped = attached.withTrainables(steps);
            assertThat(stepped.trainables())
                    .containsOnlyKeys(attached.trainables().keySet());
            stepped.trainables()
                    .forEach((name, tensor) -> assertTensor(tensor).as(name).isEqualTo(steps.get(name)));
            Tensor[] found = gradients(
                    logits(model, stepped, ScalarType.Double).square().sum(),
                    false,
                    others.values().toArray(Tensor[]::new));
            double largest = 0;
            for (Tensor gradient : found) {
                largest = Math.max(largest, gradient.abs().max().item_double());
            }
            assertThat(largest).isGreaterThan(0);
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void gradientsHaveGradients(Choice<Reparametrization> choice, Model model) {
        try (var scope = Scope.open()) {
            Params attached = choice.settings().attach(model, Models.params(model, ScalarType.Double));
            Pass pass = Pass.evaluation().differentiable(2);
            Batch batch = Models.batch(model, ScalarType.Double, 4);
            var names = new ArrayList<>(attached.trainables().keySet());
            Tensor[] leaves = attached.trainables().values().toArray(Tensor[]::new);
            Tensor[] directions = new Tensor[leaves.length];
            for (int i = 0; i < leaves.length; i++) {
                directions[i] = torch.empty_like(leaves[i].detach())
                        .normal_(
                                0,
                                1,
                                Tensors.optional(new Seed(9).child(names.get(i)).generator()));
            }
            Tensor along = slope(model, attached, batch, pass, leaves, directions);
            Tensor[] second = gradients(along, false, leaves);
            double analytic = 0;
            for (int i = 0; i < leaves.length; i++) {
                analytic += second[i].mul(directions[i]).sum().item_double();
            }
            double step = 1e-5;
            double up = shifted(model, attached, batch, pass, leaves, directions, step);
            double down = shifted(model, attached, batch, pass, leaves, directions, -step);
            double quotient = (up - down) / (2 * step);
            assertThat(analytic)
                    .isCloseTo(quotient, org.assertj.core.api.Assertions.within(1e-4 * (1 + Math.abs(quotient))));
        }
    }

    /** The derivative of the loss along the directions, which can be differentiated. */
    private static Tensor slope(
            Model model, Params params, Batch batch, Pass pass, Tensor[] leaves, Tensor[] directions) {
        Tensor loss =
                torch.cross_entropy_loss(model.forward(params, batch, pass).logits(), batch.labels());
        Tensor[] first = gradients(loss, true, leaves);
        Tensor along = Tensors.zeros().to(ScalarType.Double);
        for (int i = 0; i < leaves.length; i++) {
            along = along.add(first[i].mul(directions[i]).sum());
        }
        return along;
    }

    private static double shifted(
            Model model, Params params, Batch batch, Pass pass, Tensor[] leaves, Tensor[] directions, double by) {
        move(leaves, directions, by);
        double value = slope(model, params, batch, pass, leaves, directions).item_double();
        move(leaves, directions, -by);
        return value;
    }

    private static void move(Tensor[] leaves, Tensor[] directions, double by) {
        try (var off = Tensors.noGrad()) {
            for (int i = 0; i < leaves.length; i++) {
                leaves[i].add_(directions[i], Tensors.scalar(by));
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("all")
    void trainsInBf16(Choice<Reparametrization> choice, Model model) {
        try (var scope = Scope.open()) {
            Params attached = choice.settings().attach(model, Models.params(model, ScalarType.Float));
            Params half = Precision.BF16.of(model, attached);
            Tensor exact = logits(model, attached, ScalarType.Float);
            assertTensor(logits(model, half, ScalarType.Float)).isCloseTo(exact, 0.1, 0.1);
            Tensor[] leaves = attached.trainables().values().toArray(Tensor[]::new);
            for (Tensor gradient :
                    gradients(logits(model, half, ScalarType.Float).square().sum(), false, leaves)) {
                assertThat(gradient.scalar_type().intern()).isEqualTo(ScalarType.Float);
                assertThat(gradient.isfinite().all().item_bool()).isTrue();
            }
        }
    }

    @Test
    void whatMatchesNothingIsRefused() {
        Model model = Models.named("bert");
        assertThatThrownBy(
                        () -> Models.method("weight_norm", "targets: [quary]").check(model))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "reparametrize.targets: \"quary\" matches no module of this model; did you mean \"query\"?");
        assertThatThrownBy(() -> Models.method("weight_compander", "exclude: [clasifier]")
                        .check(model))
                .hasMessageContaining("reparametrize.exclude: \"clasifier\"")
                .hasMessageContaining("classifier");
        assertThatThrownBy(() -> Models.method("weight_norm", "{targets: [query], exclude: [query]}")
                        .check(model))
                .hasMessageContaining("no module is left");
        assertThatThrownBy(() -> Models.method("weight_norm", "dim: 2").check(model))
                .hasMessageContaining("weight_norm.dim: 2")
                .hasMessageContaining("bert.encoder.layer.0.attention.self.query.weight");
    }

    @Test
    void nothingIsParametrizedTwice() {
        try (var scope = Scope.open()) {
            Model model = Models.named("mlp");
            Params once = Models.method("weight_norm", "{}").attach(model, Models.params(model, ScalarType.Float));
            for (String method : List.of("weight_norm", "weight_compander")) {
                assertThatThrownBy(() -> Models.method(method, "{}").attach(model, once))
                        .isInstanceOf(ConfigException.class)
                        .hasMessageContaining("layers.0.weight is parametrized already");
            }
        }
    }
}
