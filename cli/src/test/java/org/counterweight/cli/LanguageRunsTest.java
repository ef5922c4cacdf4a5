package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.WeightsWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Runs of language models, and their results asked: a decoder that goes on, an encoder that fills gaps. */
class LanguageRunsTest {
    private static final String GPT2 = """
        {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "vocab_size": 257, "n_positions": 64,
         "n_embd": 16, "n_layer": 2, "n_head": 2, "resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0,
         "eos_token_id": 256}
        """;
    private static final String LLAMA = """
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 257, "hidden_size": 16,
         "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 24,
         "eos_token_id": [256]}
        """;
    private static final String BERT = """
        {"model_type": "bert", "architectures": ["BertForMaskedLM"], "vocab_size": 12, "hidden_size": 16,
         "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24, "max_position_embeddings": 32}
        """;

    @TempDir
    private Path root;

    @BeforeEach
    void makeModelsAndTexts() throws IOException {
        Path tokenizer = Path.of("examples", "models", "tiny-gpt", "tokenizer.json");
        model("gpt2", GPT2, "tokenizer.json", Files.readString(tokenizer));
        model("llama", LLAMA, "tokenizer.json", Files.readString(tokenizer));
        model("bert", BERT, "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\na\ncat\ntree\nsat\ngrew\n,\n");
        Files.writeString(
                root.resolve("texts.txt"), "the cat sat, the cat sat\n\na tree grew, a tree grew\n\n".repeat(30));
        Files.writeString(
                root.resolve("texts.jsonl"), "{\"text\": \"the cat sat\"}\n{\"text\": \"a tree grew\"}\n".repeat(40));
    }

    private void model(String name, String config, String tokenizer, String text) throws IOException {
        Path model = Files.createDirectories(root.resolve(name));
        Files.writeString(model.resolve("config.json"), config);
        Files.writeString(model.resolve(tokenizer), text);
        try (var scope = Scope.open()) {
            WeightsWriter.write(
                    model.resolve("model.safetensors"),
                    Architectures.of(Configs.json(config, "config")).initialize(new Seed(1).generator()),
                    Map.of());
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "gpt2, 'lora, r: 2, targets: [c_attn, c_proj]'",
        "gpt2, 'bone, r: 4, targets: [c_attn]'",
        "gpt2, 'bitfit'",
        "llama, 'bone, r: 4, targets: [q_proj, v_proj]'",
        "llama, 'dora, r: 2, targets: [all-linear]'",
        "llama, 'adalora, init_r: 3, target_r: 1, tinit: 1, tfinal: 1, targets: [q_proj, v_proj]'",
        "llama, 'compacter, phm_dim: 2, reduction_factor: 4, unfreeze_layer_norms: false'"
    })
    void aDecoderIsAdaptedAndGoesOn(String model, String adapter) throws IOException {
        succeeds("run", recipe("causal_lm", model, "texts.txt", "adapter: {method: " + adapter + "}"));
        Path config = root.resolve("out/adapter/adapter_config.json");
        if (Files.exists(root.resolve("out/adapter/adapter_model.safetensors"))) {
            assertThat(Configs.read(config).path("task_type").asString()).isEqualTo("CAUSAL_LM");
            assertThat(Configs.read(config).path("modules_to_save").isNull()).isTrue();
        }
        JsonNode result = Configs.read(root.resolve("out/result.json"));
        assertThat(result.at("/test/loss").asDouble())
                .isLessThan(result.at("/frozen_baseline/loss").asDouble());
        assertThat(result.at("/test/perplexity").asDouble())
                .isEqualTo(Math.exp(result.at("/test/loss").asDouble()));
        assertThat(Files.readString(root.resolve("out/report.html")))
                .contains("Perplexity", "before", "What it writes");

        String[] beside = {"predict", path(model), "--adapter", path("out/adapter"), "--text", "the cat"};
        assertThat(ask(beside, "--max-new-tokens", "6").get("tokens").asInt()).isBetween(1, 6);
        JsonNode likely = ask(beside, "--perplexity");
        assertThat(likely.get("tokens").asInt()).isEqualTo(6);
        if (Files.exists(root.resolve("out/merged"))) {
            JsonNode merged = ask(new String[] {"predict", path("out/merged"), "--text", "the cat"}, "--perplexity");
            assertThat(merged.get("loss").asDouble())
                    .isCloseTo(likely.get("loss").asDouble(), Offset.offset(1e-5));
        }
    }

    @Test
    void drawsAreRepeatedBySeed() throws IOException {
        String[] ask = {"predict", path("gpt2"), "--text", "a", "--text", "a", "--temperature", "1", "--seed"};
        String once = succeeds(joined(ask, "3")).out();
        assertThat(succeeds(joined(ask, "3")).out()).isEqualTo(once);
        assertThat(succeeds(joined(ask, "4")).out()).isNotEqualTo(once);
        assertThat(once.lines().distinct()).hasSize(2); // two texts alike are gone on with differently
    }

    /** Texts of unlike lengths at once are gone on with as each alone, and end before a word that is to stop them. */
    @Test
    void textsAreGoneOnWithTogetherAndStop() throws IOException {
        var texts = List.of("the cat", "a", "the dog saw a cat", "the");
        var all = new ArrayList<>(List.of("predict", path("gpt2"), "--max-new-tokens", "12"));
        texts.forEach(text -> all.addAll(List.of("--text", text)));
        List<String> together =
                succeeds(all.toArray(String[]::new)).out().lines().toList();
        for (int i = 0; i < texts.size(); i++) {
            String[] alone = {"predict", path("gpt2"), "--max-new-tokens", "12", "--text", texts.get(i)};
            assertThat(succeeds(alone).out().strip()).isEqualTo(together.get(i));
        }
        String whole = Configs.json(together.get(0), "line").get("continuation").asString();
        String word = whole.substring(whole.length() / 2, whole.length() / 2 + 2);
        String cut = whole.substring(0, whole.indexOf(word));
        String[] ask = {"predict", path("gpt2"), "--max-new-tokens", "12", "--text", "the cat", "--stop", word};
        assertThat(ask(ask).get("continuation").asString()).isEqualTo(cut);
        assertThat(succeeds(joined(ask, "--stream")).out()).isEqualTo(cut + System.lineSeparator());
    }

    /** What a chat model is asked is what its template makes of the messages, without tokens around it. */
    @Test
    void aChatModelIsAskedInItsOwnForm() throws IOException {
        Files.writeString(
                root.resolve("gpt2/chat_template.jinja"),
                "{% for m in messages %}\n{{ m.role }} {{ m.content }}\n{% endfor %}\n"
                        + "{% if add_generation_prompt %}the{% endif %}");
        String[] more = {"--max-new-tokens", "8"};
        JsonNode chat =
                ask(new String[] {"predict", path("gpt2"), "--chat", "--system", "a dog", "--text", "the cat"}, more);
        JsonNode plain = ask(new String[] {"predict", path("gpt2"), "--text", "system a dog\nuser the cat\nthe"}, more);
        assertThat(chat.get("answer").asString().strip())
                .isEqualTo(plain.get("continuation").asString().strip())
                .isNotEmpty();
        assertThat(chat.get("text").asString()).isEqualTo("the cat");
        Path file = Files.writeString(root.resolve("chats.jsonl"), """
                {"messages": [{"role": "system", "content": "a dog"}, {"role": "user", "content": "the cat"}]}
                {"messages": "the cat"}
                """);
        List<String> lines = succeeds(joined(
                        new String[] {"predict", path("gpt2"), "--chat", "--input", file + "", "--column", "messages"},
                        more))
                .out()
                .lines()
                .toList();
        assertThat(Configs.json(lines.get(0), "line").get("answer")).isEqualTo(chat.get("answer"));
        assertThat(Configs.json(lines.get(1), "line").get("answer")).isNotNull();
    }

    @Test
    void aModelBeginsAtRandomFromItsSizes() throws IOException {
        Files.delete(root.resolve("gpt2/model.safetensors"));
        Ran ran = succeeds(
                "run",
                recipe("causal_lm", "gpt2", "texts.jsonl", "device: cpu\nthreads: 1"),
                "--set",
                "model.from_scratch=true");
        assertThat(ran.err()).contains("training all ").doesNotContain("before training");
        assertThat(ran.out()).contains("perplexity", "trained").doesNotContain("frozen");
        assertThat(ask(new String[] {"predict", path("out/merged"), "--text", "the"}, "--max-new-tokens", "3")
                        .get("tokens")
                        .asInt())
                .isPositive();
        succeeds("verify", path("out/merged"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora, r: 2, targets: [query, value]", "bone, r: 2, targets: [dense]"})
    void anEncoderFindsHiddenWords(String adapter) throws IOException {
        succeeds("run", recipe("masked_lm", "bert", "texts.jsonl", "adapter: {method: " + adapter + "}"));
        assertThat(Configs.read(root.resolve("out/adapter/adapter_config.json"))
                        .path("task_type")
                        .isNull())
                .isTrue();
        JsonNode filled = ask(new String[] {"predict", path("out/merged"), "--text", "the [MASK] sat"});
        assertThat(filled.at("/masks/0")).hasSize(5);
        assertThat(ask(new String[] {
                    "predict", path("bert"), "--adapter", path("out/adapter"), "--text", "the [MASK] sat"
                }))
                .isEqualTo(filled);
    }

    @ParameterizedTest
    @CsvSource({"causal_lm, gpt2", "masked_lm, bert"})
    void rowsCanBeWeighedByTheirNumber(String task, String model) throws IOException {
        String more = "adapter: {method: bitfit}\nweigh: {method: group_dro, groups: 100, column: row}";
        succeeds("run", recipe(task, model, "texts.jsonl", more));
    }

    private String recipe(String task, String model, String texts, String more) throws IOException {
        String recipe = """
            task: %2$s
            model: {name: "%1$s/%3$s"}
            data: {train: "%1$s/%4$s", max_length: 16}
            train: {max_steps: 8, batch_size: 8, lr: 1e-2, precision: float32, best_by: perplexity}
            output: {directory: "%1$s/out"}
            %5$s
            """;
        Path file = root.resolve("recipe.yaml");
        Files.writeString(file, recipe.formatted(root.toString().replace('\\', '/'), task, model, texts, more));
        return file.toString();
    }

    private static JsonNode ask(String[] words, String... more) {
        return Configs.JSON.readTree(succeeds(joined(words, more)).out());
    }

    private static String[] joined(String[] words, String... more) {
        return Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new);
    }

    private static Ran succeeds(String... words) {
        Ran ran = Ran.cw(words);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
