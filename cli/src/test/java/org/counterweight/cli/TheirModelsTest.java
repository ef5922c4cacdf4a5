package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * Models and adapters that transformers and PEFT saved are asked, trained on, updated and merged as they lie there. The
 * values are those of transformers 5.18 and PEFT 0.21 in float32.
 */
class TheirModelsTest {
    private static final String TEXT = "the cat sat";
    private static final String QUERY = "bert.encoder.layer.0.attention.self.query";
    private static final Map<String, long[]> BERT_HEAD =
            Map.of("classifier.weight", new long[] {3, 8}, "classifier.bias", new long[] {3});
    private static final Map<String, long[]> DECODER_HEAD = Map.of("score.weight", new long[] {3, 8});

    @TempDir
    private Path root;

    private TheirModels models;

    @BeforeEach
    void makeTexts() {
        models = new TheirModels(Sandbox.in(root));
    }

    private static Ran succeeds(String... args) {
        Ran ran = Ran.cw(args);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }

    private Tensor logits(List<String> texts, String model, String... more) {
        var args = new ArrayList<>(List.of("predict", path(model), "--output", path("logits.safetensors")));
        texts.forEach(text -> args.addAll(List.of("--text", text)));
        args.addAll(List.of(more));
        args.addAll(List.of("--max-length", "16"));
        succeeds(args.toArray(String[]::new));
        try (SafetensorsFile file = SafetensorsFile.open(root.resolve("logits.safetensors"))) {
            return file.tensor("logits").clone();
        }
    }

    private void assertLogits(double[] expected, String model, String... more) {
        try (var scope = Scope.open()) {
            assertThat(Tensors.toDoubles(logits(List.of(TEXT), model, more))).containsExactly(expected, within(2e-5));
        }
    }

    private ObjectNode config(String model) throws IOException {
        return Configs.read(root.resolve(model + "/config.json"));
    }

    @Test
    void twoClassesAreTransformersDefaultAndStandNowhere() throws IOException {
        models.model("c", TheirModels.config("BertForSequenceClassification"));
        assertThat(succeeds("predict", path("c"), "--text", TEXT, "--max-length", "16")
                        .out())
                .contains("\"label\":\"LABEL_1\"");
        assertLogits(new double[] {-0.99874, 0.06159}, "c");

        models.sandbox().spoil("recipe.yaml", "/model\n", "/c\n  pooling: pooler\n");
        models.sandbox().spoil("texts.csv", ",animal", ",LABEL_0");
        models.sandbox().spoil("texts.csv", ",plant", ",LABEL_1");
        succeeds("run", path("recipe.yaml"));
        assertThat(config("out/merged").at("/id2label/1").asString()).isEqualTo("LABEL_1");
        succeeds("predict", path("c"), "--adapter", path("out/adapter"), "--text", TEXT, "--max-length", "16");
        succeeds(
                "update",
                path("c"),
                path("out/merged"),
                "--dev",
                path("texts.csv"),
                "--output",
                path("u"),
                "--max-length",
                "16");
        assertThat(config("u").path("id2label").size()).isEqualTo(2);
    }

    @Test
    void theHeadSaysHowManyClassesWhereTheConfigSaysNothing() {
        ObjectNode three = TheirModels.config("LlamaForSequenceClassification").put("num_labels", 3);
        models.model("c", TheirModels.config("LlamaForSequenceClassification"), TheirModels.shapes(three), false);
        try (var scope = Scope.open()) {
            assertThat(logits(List.of(TEXT), "c").size(1)).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LlamaForCausalLM, bfloat16, 2.62361", "LlamaForCausalLM, float16, 2.62338",
        "GPT2LMHeadModel, bfloat16, 3.06984", "GPT2LMHeadModel, float16, 3.06976"
    })
    void halfPrecisionIsAWayToStoreADecoder(String architecture, String dtype, double loss) {
        models.model("g", TheirModels.config(architecture)).stored("g", type(dtype), dtype);
        String line =
                succeeds("predict", path("g"), "--text", TEXT, "--perplexity").out();
        assertThat(Configs.json(line, "line").path("loss").asDouble()).isEqualTo(loss, within(2e-5));
        succeeds("predict", path("g"), "--text", TEXT, "--max-new-tokens", "3");
    }

    private static ScalarType type(String dtype) {
        return dtype.equals("float16") ? ScalarType.Half : ScalarType.BFloat16;
    }

    @ParameterizedTest
    @CsvSource({
        "BertForSequenceClassification, bert.encoder.layer.0.attention.self.query, 8, classifier",
        "LlamaForSequenceClassification, model.layers.0.self_attn.q_proj, 8, score",
        "GPT2ForSequenceClassification, transformer.h.0.attn.c_attn, 24, score"
    })
    void answersAreThoseOfTheStoredValuesAndAMergeKeepsTheirType(
            String architecture, String module, int out, String head) throws IOException {
        ObjectNode config = TheirModels.config(architecture).put("num_labels", 3);
        models.model("half", config).stored("half", ScalarType.BFloat16, "bfloat16");
        models.model("wide", config)
                .changed(
                        "wide",
                        (name, tensor) ->
                                Map.entry(name, tensor.to(ScalarType.BFloat16).to(ScalarType.Float)));
        models.adapter("a", module, out, head.equals("score") ? DECODER_HEAD : BERT_HEAD);
        try (var scope = Scope.open()) {
            Tensor expected = logits(List.of(TEXT), "wide", "--adapter", path("a"));
            assertTensor(logits(List.of(TEXT), "half", "--adapter", path("a"))).isCloseTo(expected, 0, 1e-6);
            assertTensor(logits(List.of(TEXT), "half")).isCloseTo(logits(List.of(TEXT), "wide"), 0, 1e-6);
            assertThat(succeeds("merge-adapter", path("half"), path("a"), path("m"))
                            .err())
                    .contains("rounded: ");
            assertTensor(logits(List.of(TEXT), "m")).isCloseTo(expected, 0, 0.03);
            assertTypes("m", ScalarType.BFloat16);
        }
        assertThat(config("m").path("dtype").asString()).isEqualTo("bfloat16");
    }

    private void assertTypes(String model, ScalarType type) {
        try (var scope = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(root.resolve(model + "/model.safetensors"))) {
            assertThat(file.all().values())
                    .allMatch(tensor -> tensor.scalar_type().intern() == type);
        }
    }

    @Test
    void aRunOnHalfPrecisionWritesWhatItTrainedAndSaysSo() throws IOException {
        ObjectNode config = TheirModels.config("BertModel").put("torch_dtype", "float16");
        var shapes = TheirModels.base(TheirModels.config("BertForSequenceClassification"), "bert.", true);
        models.model("c", config, shapes, false).stored("c", ScalarType.Half, "float16");
        models.sandbox().spoil("recipe.yaml", "/model\n", "/c\n");
        succeeds("run", path("recipe.yaml"));
        assertTypes("out/merged", ScalarType.Float);
        assertThat(config("out/merged").path("dtype").asString()).isEqualTo("float32");
        assertThat(config("out/merged").path("torch_dtype").asString()).isEqualTo("float32");
        succeeds("merge-adapter", path("c"), path("out/adapter"), path("m"));
        assertTypes("m", ScalarType.Half);
        assertThat(config("m").path("torch_dtype").asString()).isEqualTo("float16");
    }

    @Test
    void anUpdateHasTheTypeOfTheNewModel() throws IOException {
        ObjectNode config = TheirModels.config("BertForSequenceClassification");
        models.model("new", config).model("old", config).stored("old", ScalarType.BFloat16, "bfloat16");
        models.sandbox().spoil("texts.csv", ",animal", ",LABEL_0").spoil("texts.csv", ",plant", ",LABEL_1");
        succeeds(
                "update",
                path("old"),
                path("new"),
                "--dev",
                path("texts.csv"),
                "--output",
                path("u"),
                "--alpha",
                "0",
                "--max-length",
                "16");
        try (var scope = Scope.open()) {
            assertTensor(logits(List.of(TEXT), "u")).isEqualTo(logits(List.of(TEXT), "new"));
        }
        assertThat(config("u").path("dtype").asString()).isEqualTo("float32");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOldNamesOfLayerNormsAreRead(boolean isAlone) {
        ObjectNode config = TheirModels.config("BertForSequenceClassification");
        models.model("c", config)
                .model("old", config)
                .changed(
                        "old",
                        (name, tensor) -> Map.entry(
                                (isAlone ? name.replaceFirst("^bert\\.", "") : name)
                                        .replace("LayerNorm.weight", "LayerNorm.gamma")
                                        .replace("LayerNorm.bias", "LayerNorm.beta"),
                                tensor));
        try (var scope = Scope.open()) {
            assertTensor(logits(List.of(TEXT), "old")).isEqualTo(logits(List.of(TEXT), "c"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BertModel", "BertForMaskedLM", "BertForPreTraining"})
    void aBertsClassificationAdapterStandsOnThePlainBase(String architecture) throws IOException {
        boolean isAlone = architecture.equals("BertModel");
        var shapes = TheirModels.base(TheirModels.config("BertForSequenceClassification"), "bert.", isAlone);
        models.model("b", TheirModels.config(architecture), shapes, false).adapter("a", QUERY, 8, BERT_HEAD);
        assertStands("b", "BertForSequenceClassification", 0.83369, -0.10361, 0.70603);
    }

    @ParameterizedTest
    @CsvSource({
        "LlamaForCausalLM, LlamaForSequenceClassification, model.layers.0.self_attn.q_proj, 8, -0.03012, 0.08153, -0.13027",
        "LlamaModel, LlamaForSequenceClassification, model.layers.0.self_attn.q_proj, 8, 0.30074, -0.16866, 0.03102",
        "GPT2LMHeadModel, GPT2ForSequenceClassification, transformer.h.0.attn.c_attn, 24, 0.72062, -0.67927, 0.61558"
    })
    void aDecodersClassificationAdapterStandsOnThePlainBase(
            String architecture, String asked, String module, int out, double a, double b, double c)
            throws IOException {
        ObjectNode config = TheirModels.config(architecture);
        models.model("b", config, TheirModels.shapes(config), true).adapter("a", module, out, DECODER_HEAD);
        assertStands("b", asked, a, b, c);
    }

    private void assertStands(String base, String architecture, double... expected) throws IOException {
        assertLogits(expected, base, "--adapter", path("a"));
        succeeds("merge-adapter", path(base), path("a"), path("m"));
        assertLogits(expected, "m");
        assertThat(config("m").at("/architectures/0").asString()).isEqualTo(architecture);
        assertThat(config("m").at("/id2label/2").asString()).isEqualTo("LABEL_2");
        assertThat(succeeds("inspect", path("a")).out()).contains("classes     3");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5})
    void theAdaptersHeadReplacesAClassifiers(int classes) throws IOException {
        ObjectNode config = TheirModels.config("BertForSequenceClassification");
        config.putObject("id2label").put("0", "x").put("1", "y").put("2", "z");
        ObjectNode other = TheirModels.config("BertForSequenceClassification").put("num_labels", classes);
        models.model("b", classes == 3 ? config : other).adapter("a", QUERY, 8, BERT_HEAD);
        assertLogits(new double[] {0.83369, -0.10361, 0.70603}, "b", "--adapter", path("a"));
        succeeds("merge-adapter", path("b"), path("a"), path("m"));
        assertThat(config("m").at("/id2label/2").asString()).isEqualTo(classes == 3 ? "z" : "LABEL_2");
    }

    @Test
    void aConfigBesideTheAdapterNamesItsClasses() {
        var shapes = TheirModels.base(TheirModels.config("BertForSequenceClassification"), "bert.", true);
        models.model("b", TheirModels.config("BertModel"), shapes, false).adapter("a", QUERY, 8, BERT_HEAD);
        ObjectNode beside = TheirModels.config("BertForSequenceClassification");
        beside.putObject("id2label").put("0", "x").put("1", "y").put("2", "z");
        models.sandbox().write("a/config.json", beside.toString());
        assertThat(succeeds("predict", path("b"), "--adapter", path("a"), "--text", TEXT, "--max-length", "16")
                        .out())
                .contains("\"label\":\"x\"");
    }

    @Test
    void aPoolerThatTheAdapterSavedIsTheClassifiers() {
        ObjectNode classifier = TheirModels.config("BertForSequenceClassification");
        var shapes = TheirModels.base(classifier, "bert.", false);
        models.model("with", TheirModels.config("BertForMaskedLM"), shapes, false);
        shapes.keySet().removeIf(name -> name.contains("pooler"));
        models.model("without", TheirModels.config("BertForMaskedLM"), shapes, false);
        models.adapter("a", QUERY, 8, BERT_HEAD);
        try (var scope = Scope.open();
                SafetensorsFile head = SafetensorsFile.open(root.resolve("a/adapter_model.safetensors"));
                SafetensorsFile base = SafetensorsFile.open(root.resolve("with/model.safetensors"))) {
            var tensors = new LinkedHashMap<>(head.all());
            for (String part : List.of("weight", "bias")) {
                tensors.put("base_model.model.bert.pooler.dense." + part, base.tensor("bert.pooler.dense." + part));
            }
            models.sandbox().weights("p/adapter_model.safetensors", tensors);
        }
        models.sandbox().write("p/adapter_config.json", """
                {"peft_type": "LORA", "task_type": "SEQ_CLS", "r": 2, "lora_alpha": 2, "target_modules": ["query"],
                 "modules_to_save": ["pooler", "classifier", "score"]}
                """);
        try (var scope = Scope.open()) {
            assertTensor(logits(List.of(TEXT), "without", "--adapter", path("p")))
                    .isEqualTo(logits(List.of(TEXT), "with", "--adapter", path("a")));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LlamaForSequenceClassification, 0.37623, -0.31324, 0.23996, 0.14709, -0.03522, -0.07780, -0.14615, 0.29066, -0.42562",
        "GPT2ForSequenceClassification, 0.42273, -0.40571, 0.37535, 0.45922, -0.45036, 0.42670, 0.64864, -0.45422, 0.24485"
    })
    void aPaddingTokenThatEndsTextsIsPassedOver(
            String architecture,
            double a,
            double b,
            double c,
            double d,
            double e,
            double f,
            double g,
            double h,
            double i) {
        ObjectNode config =
                TheirModels.config(architecture).put("num_labels", 3).put("pad_token_id", 2);
        models.model("c", config, TheirModels.shapes(config), true);
        List<String> texts = List.of(TEXT, "the", "</s>"); // of the last, no token is left but the first
        try (var scope = Scope.open()) {
            assertThat(Tensors.toDoubles(logits(texts.subList(0, 2), "c")))
                    .containsExactly(new double[] {a, b, c, d, e, f}, within(2e-5));
            assertThat(Tensors.toDoubles(logits(List.of(""), "c")))
                    .containsExactly(new double[] {g, h, i}, within(2e-5));
            Tensor together = logits(texts, "c");
            for (int row = 0; row < texts.size(); row++) {
                assertTensor(together.select(0, row))
                        .isCloseTo(logits(List.of(texts.get(row)), "c").select(0, 0), 0, 1e-6);
            }
        }
    }
}
