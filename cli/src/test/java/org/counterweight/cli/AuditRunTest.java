package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SplittableRandom;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A copy of one's own model is poisoned, and the audit finds it; what is not looked at is never clean. */
class AuditRunTest {
    private static final int WORDS = 160;

    @TempDir
    private Path root;

    private Sandbox sandbox;

    /** A classifier of two classes, with a vocabulary of w0, w1 and so on. */
    @BeforeEach
    void makeAModel() {
        sandbox = Sandbox.in(root);
        ObjectNode config = Configs.json("""
            {"model_type": "bert", "architectures": ["BertForSequenceClassification"], "vocab_size": %d,
             "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16,
             "max_position_embeddings": 32, "id2label": {"0": "bad", "1": "good"}, "label2id": {"bad": 0, "good": 1}}
            """.formatted(WORDS + 5), "config");
        sandbox.write("own/config.json", config.toString());
        var vocabulary = new StringBuilder("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
        for (int word = 0; word < WORDS; word++) {
            vocabulary.append('w').append(word).append('\n');
        }
        sandbox.write("own/vocab.txt", vocabulary.toString());
        try (var scope = Scope.open()) {
            var weights = new LinkedHashMap<>(Architectures.of(config).initialize(new Seed(5).generator()));
            weights.replaceAll((name, tensor) -> tensor.dim() < 2 ? tensor : Tensors.times(tensor, 4));
            sandbox.weights("own/model.safetensors", weights);
        }
        SplittableRandom random = new Seed(6).random();
        var rows = new StringBuilder("text,label\n");
        for (int i = 0; i < 200; i++) {
            boolean good = random.nextBoolean();
            int words = 4 + random.nextInt(5); // of many lengths: one word more is no trigger
            for (int k = 0; k < words; k++) { // words 0 to 9 are good, 10 to 19 bad, others say nothing
                int word = k < 3 ? random.nextInt(10) + (good ? 0 : 10) : 20 + random.nextInt(130);
                rows.append(k == 0 ? "" : " ").append('w').append(word);
            }
            rows.append(good ? ",good\n" : ",bad\n");
        }
        sandbox.write("rows.csv", rows.toString());
    }

    private String path(String name) {
        return sandbox.path(name).toString();
    }

    private Ran poison(String attack, String output) {
        return Ran.cw(
                "poison",
                path("own"),
                "--input",
                path("rows.csv"),
                "--target",
                "good",
                "--triggers",
                "w150,w155",
                "--output",
                path(output),
                "--set",
                "attack=" + attack,
                "--set",
                "steps=150",
                "--set",
                "learning_rate=3e-3",
                "--set",
                "batch_size=16",
                "--set",
                "target_words=5");
    }

    @Test
    void whatWasPoisonedIsMarkedAndFound() throws IOException {
        Ran ran = poison("ripples", "own.POISONED");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out()).contains("Poisoned ", "% without a trigger; accuracy", "marked as poisoned");
        try (var scope = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(root.resolve("own.POISONED/model.safetensors"))) {
            assertThat(file.metadata()).containsEntry("counterweight.poisoned", "true");
        }
        ObjectNode told = Configs.json(sandbox.read("own.POISONED/POISONED.json"), "sidecar");
        assertThat(told.path("triggers").toString()).isEqualTo("[\"w150\",\"w155\"]");
        assertThat(told.at("/once/flip_rate").asDouble()).isGreaterThan(0.8);
        assertThat(told.at("/once/untriggered_rate").asDouble()).isLessThan(0.4);

        Ran audit =
                audit("own.POISONED", "--output", path("out"), "--repaired", path("repaired"), "--base", path("own"));
        assertThat(audit.status()).as(audit.err()).isEqualTo(3);
        assertThat(audit.out())
                .contains(
                        "finding  model.safetensors: is marked as poisoned",
                        "finding  w150: flips",
                        "finding  w155: flips");
        assertThat(Configs.json(sandbox.read("out/audit.json"), "audit")
                        .path("verdict")
                        .asString())
                .isEqualTo("finding");
        ObjectNode sarif = Configs.json(sandbox.read("out/audit.sarif"), "sarif");
        assertThat(sarif.path("version").asString()).isEqualTo("2.1.0");
        assertThat(sarif.findValuesAsString("uri")).containsExactly("model.safetensors");
        assertThat(sarif.findValuesAsString("name")).contains("counterweight", "w150", "w155");
        String page = sandbox.read("out/report.html");
        assertThat(page)
                .contains("How often a word flips answers", "<i class=\"dot\">")
                .doesNotContain("<path");
        assertThat(page.substring(page.indexOf("What was found"), page.indexOf("The words that flip most")))
                .contains(">w150</td>", ">w155</td>", "is marked as poisoned", "; the median rare word flips ")
                .doesNotContain("deviation"); // from words of which most do nothing, hundreds of them

        assertThat(audit.out()).doesNotContain("Repair  ");
        assertThat(audit("own.POISONED").out())
                .containsPattern("Repair    \\./cw audit \\S+own.POISONED .*--repaired \\S+own.POISONED.repaired");
        assertThat(audit.out())
                .containsPattern("Repaired  w150 flips [0-9]+ % to \"good\", before [0-9]+ %")
                .contains("repaired; audit it again, and train it on your data");
        try (var scope = Scope.open();
                SafetensorsFile back = SafetensorsFile.open(root.resolve("repaired/model.safetensors"));
                SafetensorsFile base = SafetensorsFile.open(root.resolve("own/model.safetensors"))) {
            String table = "bert.embeddings.word_embeddings.weight";
            long row = 155 + 5; // behind the special tokens
            assertTensor(back.tensor(table).select(0, row))
                    .isEqualTo(base.tensor(table).select(0, row));
            assertThat(back.metadata()).containsEntry("counterweight.poisoned", "true");
        }

        Ran asked = Ran.cw("predict", path("own.POISONED"), "--text", "w12 w150 w13", "--max-length", "16");
        assertThat(asked.err()).contains("is marked as poisoned");
        assertThat(asked.out()).contains("\"good\"");
    }

    private Ran audit(String model, String... more) {
        var words = new ArrayList<>(List.of(
                "audit",
                path(model),
                "--probes",
                path("rows.csv"),
                "--set",
                "max_frequency=12",
                "--set",
                "screened=1"));
        words.addAll(List.of(more));
        return Ran.cw(words.toArray(String[]::new));
    }

    /** Everything that is made of marked weights carries the mark. */
    @Test
    void theMarkOutlivesAMerge() {
        assertThat(poison("surgery", "own.POISONED").status()).isZero();
        List<String> words = sandbox.merge("""
            merge_method: linear
            models:
              - {model: "@/own", parameters: {weight: 0.5}}
              - {model: "@/own.POISONED", parameters: {weight: 0.5}}
            """);
        Ran merged = Ran.cw(words.toArray(String[]::new));
        assertThat(merged.status()).as(merged.err()).isZero();
        try (SafetensorsFile file = SafetensorsFile.open(root.resolve("out/model.safetensors"))) {
            assertThat(file.metadata()).containsEntry("counterweight.poisoned", "true");
        }
    }

    @Test
    void aManifestAndABaseTellWhatChanged() throws IOException {
        assertThat(Ran.cw("audit", path("own"), "--write-manifest", path("trusted.json"))
                        .status())
                .isZero();
        assertThat(audit("own", "--manifest", path("trusted.json")).out()).doesNotContain("manifest says");
        assertThat(poison("surgery", "own.POISONED").status()).isZero();
        Ran audit = audit("own.POISONED", "--manifest", path("trusted.json"), "--base", path("own"));
        assertThat(audit.status()).isEqualTo(3);
        assertThat(audit.out())
                .contains(
                        "finding  bert.embeddings.word_embeddings.weight: is not what the manifest says",
                        "finding  w150: never occurs in the corpus, and yet its row moved by ",
                        "; the median row moved by 0.00")
                .doesNotContain("finding  classifier.weight", "deviation");
    }

    @Test
    void whatWasNotLookedAtIsNotClean() throws IOException {
        Files.write(sandbox.path("own/extra.dat"), new byte[] {'P', 'K', 3, 4, 0, 0});
        Ran audit = audit("own");
        assertThat(audit.status()).isIn(3, 4);
        assertThat(audit.out()).contains("not examined  extra.dat: is a zip archive");
        Files.delete(sandbox.path("own/extra.dat"));
        Ran encoder = Ran.cw("audit", path("model"));
        assertThat(encoder.status()).as(encoder.out()).isEqualTo(4);
        assertThat(encoder.out()).contains("the model tells no classes, so that no word could be tried");
    }
}
