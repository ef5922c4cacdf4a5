package org.counterweight.formats.peft;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.testing.GoldenCase;
import org.counterweight.weights.ModelDirectory;
import org.junit.jupiter.api.Test;

/** Several adapters on one base, read from the directories that PEFT wrote. */
class AdapterSetTest {
    private static Path directory(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(AdapterSetTest.class.getResource("/goldens/peft-format/" + name))
                .toURI());
    }

    private static AdapterSet set(Model model, Params base, String... names) throws URISyntaxException {
        AdapterSet set = new AdapterSet(base, Map.of());
        for (String name : names) {
            PeftAdapter adapter = PeftAdapter.read(directory(name).resolve("adapter"), model, "llama", base.weights());
            set = set.with(name, adapter);
        }
        return set;
    }

    @Test
    void switchesAddsAndRestores() throws URISyntaxException {
        try (var scope = Scope.open();
                ModelDirectory directory =
                        ModelDirectory.open(directory("llama-dora").resolve("base"))) {
            Model model = Architectures.of(directory.config());
            Params base = Params.of(directory.all());
            AdapterSet set = set(model, base, "llama-dora", "llama-rslora-all-linear", "llama-pissa-raw");
            Batch batch = new Batch(GoldenCase.read(directory("llama-dora")).inputs());

            Tensor before = model.forward(base, batch, Pass.evaluation()).logits();
            Map<String, Tensor> dora = set.merged(List.of("llama-dora"));
            Map<String, Tensor> lora = set.merged(List.of("llama-rslora-all-linear"));
            Map<String, Tensor> both = set.merged(List.of("llama-dora", "llama-rslora-all-linear"));
            Map<String, Tensor> turned = set.merged(List.of("llama-rslora-all-linear", "llama-dora"));
            String name = "model.layers.0.self_attn.q_proj.weight";
            Tensor weight = base.weight(name);
            Tensor sum = at(dora, name).add(at(lora, name)).sub(weight); // each change is that of the base alone
            assertTensor(at(both, name)).isCloseTo(sum, 1e-5, 1e-6);
            assertTensor(at(turned, name)).isCloseTo(sum, 1e-5, 1e-6);

            Params active = set.active(List.of("llama-dora", "llama-rslora-all-linear"));
            assertTensor(model.forward(active, batch, Pass.evaluation()).logits())
                    .isCloseTo(
                            model.forward(Params.of(both), batch, Pass.evaluation())
                                    .logits(),
                            1e-4,
                            1e-5);
            assertTensor(model.forward(set.active(List.of()), batch, Pass.evaluation())
                            .logits())
                    .isEqualTo(before);
        }
    }

    /** Bat's change depends on the weight under it: the second sees what the first made. */
    @Test
    void takesBoneInTurn() throws URISyntaxException {
        try (var scope = Scope.open();
                ModelDirectory directory =
                        ModelDirectory.open(directory("llama-miss-bat").resolve("base"))) {
            Model model = Architectures.of(directory.config());
            Params base = Params.of(directory.all());
            AdapterSet set = set(model, base, "llama-miss-bat", "llama-miss");
            String name = "model.layers.0.self_attn.q_proj.weight";
            Map<String, Tensor> first = set.merged(List.of("llama-miss"));
            PeftAdapter bat = Objects.requireNonNull(set.adapters().get("llama-miss-bat"));
            Tensor expected =
                    Objects.requireNonNull(bat.parametrizations().get(name)).weight(at(first, name));
            assertTensor(at(set.merged(List.of("llama-miss", "llama-miss-bat")), name))
                    .isCloseTo(expected, 1e-5, 1e-6);
        }
    }

    @Test
    void refusesWhatHasNoSum() throws URISyntaxException {
        try (var scope = Scope.open();
                ModelDirectory directory =
                        ModelDirectory.open(directory("llama-miss-bat").resolve("base"))) {
            Model model = Architectures.of(directory.config());
            Params base = Params.of(directory.all());
            AdapterSet set = set(model, base, "llama-miss-bat", "llama-dora");
            assertThatThrownBy(() -> set.active(List.of("llama-miss-bat", "llama-dora")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("q_proj")
                    .hasMessageContaining("no defined sum");
            assertThatThrownBy(() -> set.active(List.of("llama-door")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("did you mean \"llama-dora\"?");
        }
    }

    @Test
    void refusesTwoHeads() throws URISyntaxException {
        try (var scope = Scope.open();
                ModelDirectory directory =
                        ModelDirectory.open(directory("bert-adalora").resolve("base"))) {
            Model model = Architectures.of(directory.config());
            Params base = Params.of(directory.all());
            AdapterSet set = set(model, base, "bert-adalora", "bert-lora-seqcls");
            assertThatThrownBy(() -> set.active(List.of("bert-adalora", "bert-lora-seqcls")))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("classifier");
        }
    }

    private static Tensor at(Map<String, Tensor> weights, String name) {
        return Objects.requireNonNull(new LinkedHashMap<>(weights).get(name));
    }
}
