package org.counterweight.formats.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Transposed;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.testing.GoldenCase;
import org.counterweight.weights.ModelDirectory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters of every kind on the bases of the golden cases, written, read again and run: the logits stay. */
class PeftExchangeTest {
    @TempDir
    Path directory;

    private static Path golden(String name) throws URISyntaxException {
        return Path.of(Objects.requireNonNull(PeftExchangeTest.class.getResource("/goldens/peft-format/" + name))
                .toURI());
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "llama-dora|lora|Lora|{r: 4, alpha: 6, targets: [q_proj, down_proj]}",
                "llama-dora|rslora-all-linear|Lora|{r: 3, alpha: 6, rank_stabilized: true, targets: [all-linear]}",
                "llama-dora|pissa|Lora|{r: 4, init: pissa, targets: [q_proj, v_proj]}",
                "llama-dora|olora|Lora|{r: 4, init: olora, targets: [q_proj, v_proj]}",
                "llama-dora|sorsa|Sorsa|{r: 4, targets: [q_proj, v_proj]}",
                "llama-dora|dora|Dora|{r: 4, targets: [q_proj, o_proj]}",
                "bert-adalora|adalora|AdaLora|{init_r: 6, target_r: 3, total_step: 20, targets: [query, value]}",
                "bert-adalora|bone|Bone|{r: 8, targets: [query, output.dense]}",
                "bert-adalora|bat|Bone|{r: 8, variant: bat, targets: [query, output.dense]}",
                "bert-adalora|mini|Bone|{r: 8, variant: mini, mini_r: 4, targets: [query, output.dense]}",
                "bert-adalora|dora-bert|Dora|{r: 4, rank_stabilized: true, targets: [query, intermediate.dense]}",
                "gpt2-conv1d-dora|lora-gpt2|Lora|{r: 4, targets: [c_attn, c_fc]}",
                "gpt2-conv1d-dora|dora-gpt2|Dora|{r: 4, targets: [c_attn, mlp.c_proj]}"
            })
    void logitsSurviveTheFile(String base, String name, String method, String settings) throws URISyntaxException {
        try (var scope = Scope.open();
                ModelDirectory source = ModelDirectory.open(golden(base).resolve("base"))) {
            Model model = Architectures.of(source.config());
            Params plain = Params.of(source.all());
            Class<? extends Record> type =
                    Catalogue.named(method.toLowerCase(Locale.ROOT), "method").config();
            AdapterConfig config = (AdapterConfig) Configs.bind(Configs.yaml(settings, name), type, "");
            Targets targets = Targets.of(model, TargetRules.of(config.targets()), "targets");
            Params adapted = plain.parametrized(fresh(config, model, plain, targets));
            var random = Tensors.optional(new Seed(2).generator());
            try (var off = Tensors.noGrad()) { // as if trained
                for (Tensor moved : adapted.trainables().values()) {
                    moved.add_(Tensors.zeros(Tensors.shape(moved)).normal_(0, 0.05, random));
                }
            }
            boolean classifies = model.modules().heads().contains("classifier");
            Path out = directory.resolve("adapter");
            new PeftWriter(
                            config,
                            targets.modules(),
                            base,
                            classifies ? "SEQ_CLS" : "CAUSAL_LM",
                            classifies ? List.of("classifier") : List.of())
                    .write(out, adapted, Map.of());

            Batch batch = new Batch(GoldenCase.read(golden(base)).inputs());
            Tensor expected = logits(model, adapted, batch);
            String modelType = source.config().path("model_type").asString("");
            PeftAdapter again = PeftAdapter.read(out, model, modelType, plain.weights());
            assertTensor(logits(model, again.attach(plain), batch)).isCloseTo(expected, 1e-4, 1e-5);
            assertThat(expected.sub(logits(model, plain, batch)).abs().max().item_double())
                    .isGreaterThan(1e-3);
        }
    }

    private static Map<String, Parametrization> fresh(AdapterConfig config, Model model, Params base, Targets targets) {
        var byWeight = new LinkedHashMap<String, Parametrization>();
        for (String module : targets.modules()) {
            Tensor stored = base.weight(module + ".weight");
            boolean isTransposed = model.modules().isTransposed(module);
            Parametrization own = config.create(
                    module,
                    isTransposed ? stored.t() : stored,
                    new Seed(1).child(module).generator());
            byWeight.put(module + ".weight", isTransposed ? new Transposed(own) : own);
        }
        return byWeight;
    }

    private static Tensor logits(Model model, Params params, Batch batch) {
        return model.forward(params, batch, Pass.evaluation()).logits();
    }
}
