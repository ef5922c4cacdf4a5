package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.ModelDirectory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of small Llamas: a LoRA of their difference, a mixture of experts, merges of merges. */
class MergedDecodersTest {
    private static final String LAYER = "model.layers.0.";

    @TempDir
    private Path root;

    private final Scope scope = Scope.open();

    @BeforeEach
    void write() throws IOException {
        write("base", 1);
        write("tuned", 2);
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }

    private void write(String name, long seed) throws IOException {
        var shapes = new LinkedHashMap<String, long[]>();
        shapes.put("model.embed_tokens.weight", new long[] {12, 8});
        for (String projection : new String[] {"q", "k", "v", "o"}) {
            shapes.put(LAYER + "self_attn." + projection + "_proj.weight", new long[] {8, 8});
        }
        shapes.put(LAYER + "mlp.gate_proj.weight", new long[] {16, 8});
        shapes.put(LAYER + "mlp.up_proj.weight", new long[] {16, 8});
        shapes.put(LAYER + "mlp.down_proj.weight", new long[] {8, 16});
        shapes.put(LAYER + "input_layernorm.weight", new long[] {8});
        shapes.put(LAYER + "post_attention_layernorm.weight", new long[] {8});
        shapes.put("model.norm.weight", new long[] {8});
        shapes.put("lm_head.weight", new long[] {12, 8});
        var weights = new LinkedHashMap<String, Tensor>();
        shapes.forEach((tensor, shape) -> weights.put(
                tensor,
                Tensors.zeros(shape)
                        .normal_(
                                0,
                                1,
                                Tensors.optional(new Seed(seed).child(tensor).generator()))));
        ModelDirectory.write(
                root.resolve(name),
                Configs.json(
                        "{\"model_type\": \"llama\", \"architectures\": [\"LlamaForCausalLM\"], \"hidden_size\": 8,"
                                + " \"intermediate_size\": 16, \"num_hidden_layers\": 1, \"num_attention_heads\": 2,"
                                + " \"num_key_value_heads\": 2, \"vocab_size\": 12, \"max_position_embeddings\": 16,"
                                + " \"rms_norm_eps\": 1e-6, \"tie_word_embeddings\": false, \"torch_dtype\": \"float32\"}",
                        "test"),
                weights,
                Map.of());
    }

    private Map<String, Tensor> read(String name) {
        var tensors = new LinkedHashMap<String, Tensor>();
        try (ModelDirectory model = ModelDirectory.load(root.resolve(name))) {
            model.tensors()
                    .keySet()
                    .forEach(tensor -> tensors.put(tensor, model.tensor(tensor).clone()));
        }
        return tensors;
    }

    @Test
    void whatWasExtractedBringsTheModelBack() {
        Ran ran = Ran.cw("extract-lora", path("tuned"), path("base"), path("lora"), "--rank", "8");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("8 modules of rank 8 at most, with 100.00 % of the squared difference");
        Ran back = Ran.cw("merge-adapter", path("base"), path("lora"), path("back"));
        assertThat(back.status()).as(back.err()).isZero();
        Map<String, Tensor> merged = read("back");
        read("tuned")
                .forEach((name, tensor) ->
                        assertTensor(merged.get(name)).as(name).isCloseTo(tensor, 1e-4, 1e-5));
        Ran less = Ran.cw("extract-lora", path("tuned"), path("base"), path("less"), "--energy", "0.5");
        assertThat(less.status()).as(less.err()).isZero();
        assertThat(less.err()).doesNotContain("100.00 %");
    }

    /** A head that tells classes goes along whole, its bias too, as PEFT saves it; so the adapter answers as the model does. */
    @Test
    void anExtractedClassifierAnswersAsTheModel(@TempDir Path other) {
        Sandbox sandbox = Sandbox.in(other).classifier("one").classifier("two");
        String one = other.resolve("one").toString();
        String two = other.resolve("two").toString();
        String lora = other.resolve("lora").toString();
        sandbox.scaled("two", 1.5f);
        Ran ran = Ran.cw("extract-lora", two, one, lora, "--rank", "8");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).doesNotContain("not in the adapter");
        Ran adapted = Ran.cw("predict", one, "--adapter", lora, "--text", "the cat sat", "--top", "all");
        assertThat(adapted.status()).as(adapted.err()).isZero();
        assertThat(adapted.out())
                .isEqualTo(Ran.cw("predict", two, "--text", "the cat sat", "--top", "all")
                        .out());
    }

    @Test
    void expertsOfAMixtureAreTheModelsOwn() throws IOException {
        Path file = Files.writeString(
                root.resolve("moe.yml"),
                "base_model: " + path("base") + "\ngate_mode: uniform_random\nexperts:\n- {source_model: "
                        + path("base") + "}\n- {source_model: " + path("tuned") + ", residual_scale: 0.5}\n");
        Ran ran = Ran.cw("merge", file.toString(), path("moe"));
        assertThat(ran.status()).as(ran.err()).isZero();
        Map<String, Tensor> moe = read("moe");
        Map<String, Tensor> tuned = read("tuned");
        String experts = LAYER + "block_sparse_moe.experts.";
        assertTensor(moe.get(experts + "1.w1.weight")).isEqualTo(tuned.get(LAYER + "mlp.gate_proj.weight"));
        assertTensor(moe.get(experts + "1.w2.weight"))
                .isEqualTo(tuned.getOrDefault(LAYER + "mlp.down_proj.weight", Tensors.zeros(1))
                        .mul(Tensors.scalar(0.5)));
        assertTensor(moe.get(LAYER + "self_attn.q_proj.weight"))
                .isEqualTo(read("base").get(LAYER + "self_attn.q_proj.weight"));
        assertThat(Tensors.shape(moe.getOrDefault(LAYER + "block_sparse_moe.gate.weight", Tensors.zeros(1))))
                .containsExactly(2, 8);
        var config = Configs.read(root.resolve("moe/config.json"));
        assertThat(config.path("model_type").asString()).isEqualTo("mixtral");
        assertThat(config.path("num_local_experts").asInt()).isEqualTo(2);
    }

    @Test
    void documentsTakeResultsOfOneAnother() throws IOException {
        Path file = Files.writeString(
                root.resolve("two.yml"),
                "merge_method: linear\nmodels: [{model: half}, {model: " + path("base")
                        + "}]\nparameters: {weight: 1}\n---\n"
                        + "name: half\nmerge_method: linear\nmodels: [{model: " + path("base") + "}, {model: "
                        + path("tuned")
                        + "}]\nparameters: {weight: 1}\n");
        Ran ran = Ran.cw("merge", file.toString(), path("out"), "--cuda", "-v");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("--cuda, -v: mergekit's, without meaning here and passed over");
        String name = "lm_head.weight";
        Tensor expected = read("base").getOrDefault(name, Tensors.zeros(1)).mul(Tensors.scalar(0.75));
        assertTensor(read("out").get(name))
                .isCloseTo(Tensors.add(expected, read("tuned").getOrDefault(name, expected), 0.25), 1e-6, 1e-6);
        try (var left = Files.list(root)) {
            assertThat(left.map(each -> String.valueOf(each.getFileName())))
                    .noneMatch(each -> each.contains("documents"));
        }
    }
}
