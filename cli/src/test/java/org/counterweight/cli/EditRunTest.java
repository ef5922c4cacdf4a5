package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.model.EditsDirectory;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ledger.Ledger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** A model's wrong answers are put right from the command line, and it answers with its edits. */
class EditRunTest {
    private static final List<String> TEXTS =
            List.of("the cat sat", "a tree grew", "the tree sat, a cat grew", "a cat", "the the tree");

    @TempDir
    private Path root;

    private Sandbox sandbox;

    /** Two layers, and weights large enough that texts differ. */
    @BeforeEach
    void makeAModel() {
        sandbox = Sandbox.in(root).model("c", "BertForSequenceClassification", Map.of("num_hidden_layers", 2));
        try (var scope = Scope.open()) {
            var weights = new LinkedHashMap<>(Architectures.of(Configs.json(sandbox.read("c/config.json"), "config"))
                    .initialize(new Seed(3).generator()));
            weights.replaceAll((name, tensor) -> tensor.dim() < 2 ? tensor : Tensors.times(tensor, 12));
            sandbox.weights("c/model.safetensors", weights);
        }
    }

    private Ran cw(List<String> words) {
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private List<ObjectNode> asked(String... more) {
        var words = new ArrayList<>(List.of("predict", path("c")));
        TEXTS.forEach(text -> words.addAll(List.of("--text", text)));
        words.addAll(List.of(more));
        return cw(words).out().lines().map(line -> Configs.json(line, "answer")).toList();
    }

    private String path(String name) {
        return sandbox.path(name).toString();
    }

    private static String other(ObjectNode answer) {
        return answer.path("label").asString("").equals("animal") ? "plant" : "animal";
    }

    private String request(ObjectNode answer, String rephrased) {
        ObjectNode line = Configs.JSON.createObjectNode();
        line.put("text", answer.path("text").asString()).put("label", other(answer));
        if (!rephrased.isEmpty()) {
            line.put("rephrase_prompt", rephrased);
            line.putArray("locality").add(TEXTS.get(4)).add(TEXTS.get(3));
        }
        return line + "\n";
    }

    @Test
    void wrongAnswersArePutRightAndOthersAreLeftAlone() throws IOException {
        List<ObjectNode> before = asked();
        String digest = Ledger.digest(sandbox.path("c"));
        sandbox.write(
                "edits.jsonl",
                request(before.get(0), "the cat sat sat")
                        + request(before.get(1), "a a tree grew")
                        + request(before.get(2), ""));
        Ran ran = cw(sandbox.edit(
                "c",
                "--layer",
                "layer.0.output.dense",
                "--set",
                "eps=0.01",
                "--period",
                "2",
                "--upstream",
                path("texts.csv")));
        assertThat(ran.out())
                .contains("Edits      3 made of 3, 3 entries", "Right      100.0 %  of the edits", "Upstream ");
        assertThat(Ledger.digest(sandbox.path("c"))).isEqualTo(digest);

        List<ObjectNode> after = asked("--edits", path("out"));
        for (int i = 0; i < TEXTS.size(); i++) {
            if (i < 3) {
                assertThat(after.get(i).path("label").asString()).isEqualTo(other(before.get(i)));
                assertThat(after.get(i).path("edit").asInt()).isEqualTo(i);
            } else {
                assertThat(after.get(i)).isEqualTo(before.get(i));
            }
        }
        List<String> figures = Files.readAllLines(sandbox.path("out/figures.jsonl"));
        assertThat(figures).hasSize(2);
        ObjectNode last = Configs.json(figures.get(1), "figures");
        assertThat(last.path("retention").asDouble()).isEqualTo(1);
        assertThat(last.path("locality").asDouble()).isEqualTo(1);
        assertThat(sandbox.read("out/edits.jsonl")).contains("\"action\":\"add\"", "\"right\":true");
        assertThat(sandbox.read("out/report.html"))
                .contains("What holds as edits are made", "How far texts lie from edits", "After every period");
        assertThat(Ran.cw("verify", path("out")).status()).isZero();
    }

    /** Two streams one after the other are one stream, and what is deleted answers as the model did. */
    @Test
    void editsAreGoneOnWithListedDeletedUndoneAndMerged() {
        List<ObjectNode> before = asked();
        String[] layer = {"--layer", "layer.0.output.dense", "--set", "eps=0.01"};
        sandbox.write("edits.jsonl", request(before.get(0), "") + request(before.get(1), ""));
        cw(sandbox.edit("c", layer));
        List<String> half = sandbox.edit("c", layer);
        half.set(half.indexOf(path("out")), path("first"));
        sandbox.write("edits.jsonl", request(before.get(0), ""));
        cw(half);
        sandbox.write("edits.jsonl", request(before.get(1), ""));
        List<String> rest = sandbox.edit("c", "--edits", path("first"));
        rest.set(rest.indexOf(path("out")), path("second"));
        cw(rest);
        var whole = EditsDirectory.open(sandbox.path("out")).codebook().state().book();
        var joined =
                EditsDirectory.open(sandbox.path("second")).codebook().state().book();
        for (int j = 0; j < 2; j++) {
            assertThat(joined.entries().get(j).value())
                    .isEqualTo(whole.entries().get(j).value());
            assertThat(joined.entries().get(j).radius())
                    .isEqualTo(whole.entries().get(j).radius());
        }
        assertThat(cw(List.of("edits", path("out"))).out())
                .contains("2 entries at bert.encoder.layer.0.output.dense, of 2 edits", "the cat sat", "a tree grew");

        cw(List.of("edits", path("out"), "--delete", "0", "--output", path("fewer")));
        List<ObjectNode> fewer = asked("--edits", path("fewer"));
        assertThat(fewer.get(0)).isEqualTo(before.get(0));
        assertThat(fewer.get(1).path("edit").asInt()).isEqualTo(1);
        cw(List.of("edits", path("second"), "--rollback", "1", "--output", path("undone")));
        assertThat(EditsDirectory.open(sandbox.path("undone"))
                        .codebook()
                        .state()
                        .book())
                .usingRecursiveComparison()
                .isEqualTo(EditsDirectory.open(sandbox.path("first"))
                        .codebook()
                        .state()
                        .book());
        cw(List.of("edits", path("first"), "--merge", path("fewer"), "--output", path("merged")));
        assertThat(asked("--edits", path("merged"))).isEqualTo(asked("--edits", path("second")));
    }

    @Test
    void editsAreTheSameToTheBitInAnotherProcess() throws IOException, InterruptedException {
        List<ObjectNode> before = asked();
        sandbox.write("edits.jsonl", request(before.get(0), "") + request(before.get(2), ""));
        cw(sandbox.edit("c", "--layer", "layer.0.output.dense", "--set", "eps=0.01"));
        var words = new ArrayList<>(
                List.of("predict", path("c"), "--edits", path("out"), "--output", path("here.safetensors")));
        TEXTS.forEach(text -> words.addAll(List.of("--text", text)));
        cw(words);
        words.set(words.indexOf(path("here.safetensors")), path("there.safetensors"));
        Process there =
                KilledRunTest.java(Cw.class, List.of(), words).inheritIO().start();
        assertThat(there.waitFor()).isZero();
        assertThat(sandbox.path("there.safetensors")).hasSameBinaryContentAs(sandbox.path("here.safetensors"));
    }

    /** What GRACE is compared with edits the same stream, and leaves figures alone. */
    @ParameterizedTest
    @ValueSource(strings = {"ft", "ft_ewc", "ft_retrain", "defer", "memory"})
    void baselinesAreJudgedOnTheSameStream(String baseline) throws IOException {
        List<ObjectNode> before = asked();
        sandbox.write(
                "edits.jsonl",
                request(before.get(0), "the cat sat sat") + request(before.get(1), "") + request(before.get(2), ""));
        Ran ran = cw(sandbox.edit(
                "c",
                "--baseline",
                baseline,
                "--layer",
                "layer.0.output.dense",
                "--set",
                "retrain_every=2",
                "--period",
                "2",
                "--upstream",
                path("texts.csv")));
        assertThat(ran.out()).contains(" made of 3", "Upstream ");
        assertThat(sandbox.path("out/codebook.safetensors")).doesNotExist();
        assertThat(sandbox.path("out.unfinished")).doesNotExist();
        List<String> figures = Files.readAllLines(sandbox.path("out/figures.jsonl"));
        assertThat(figures).hasSize(2);
        assertThat(Configs.json(figures.get(1), "figures").path("success").asDouble())
                .isGreaterThan(0.6);
        assertThat(sandbox.read("out/edits.jsonl")).contains("\"action\":\"" + baseline + "\"");
        assertThat(sandbox.read("out/report.html")).contains("by " + baseline + ", to compare with GRACE");
    }

    /** Killed without a chance to tidy up, a stream goes on and ends with the numbers of one that was not. */
    @ParameterizedTest
    @ValueSource(strings = {"", "ft_ewc"})
    void aKilledStreamGoesOnWithTheSameNumbers(String baseline) throws IOException, InterruptedException {
        var lines = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            for (ObjectNode answer : asked()) {
                lines.append(request(answer, i == 0 ? "a tree" : ""));
            }
        }
        sandbox.write("edits.jsonl", lines.toString());
        var words = new ArrayList<>(sandbox.edit(
                "c",
                "--layer",
                "layer.0.output.dense",
                "--set",
                baseline.isEmpty() ? "eps=0.01" : "edit_lr=3e-3",
                "--set",
                "n_iter=100",
                "--force",
                "--period",
                "5"));
        if (!baseline.isEmpty()) {
            words.addAll(List.of("--baseline", baseline));
        }
        Process process = KilledRunTest.java(Cw.class, List.of(), words).start();
        try (BufferedReader said = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line; (line = said.readLine()) != null && !line.startsWith("15 edits"); ) {
                assertThat(line).doesNotContain("Exception");
            }
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
        assertThat(sandbox.path("out")).doesNotExist();
        Ran again = Ran.cw(words.toArray(String[]::new));
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.err()).contains("an earlier cw edit was stopped there after 1", "add --resume to go on");
        words.add("--resume");
        cw(words);
        assertThat(sandbox.path("out.unfinished")).doesNotExist();
        Ran whole = Ran.cw(words.toArray(String[]::new));
        assertThat(whole.status()).isEqualTo(2);
        assertThat(whole.err()).contains("--resume: the edits in " + path("out") + " are whole", "with --edits");
        words.remove("--resume");
        words.set(words.indexOf(path("out")), path("whole"));
        cw(words);
        for (String file : List.of("edits.jsonl", "figures.jsonl")) {
            assertThat(sandbox.read("out/" + file)).as(file).isEqualTo(sandbox.read("whole/" + file));
        }
        if (baseline.isEmpty()) {
            assertThat(asked("--edits", path("out"))).isEqualTo(asked("--edits", path("whole")));
        }
    }

    /** A model of eight numbers a word cannot be made to say every word. */
    @Test
    void decodersGoOnAsTheyWereTold() {
        ObjectNode config = TheirModels.config("GPT2LMHeadModel");
        config.put("n_layer", 3);
        new TheirModels(sandbox).model("g", config);
        try (var scope = Scope.open()) {
            var weights = new LinkedHashMap<>(Architectures.of(config).initialize(new Seed(4).generator()));
            weights.replaceAll((name, tensor) -> tensor.dim() < 2 ? tensor : Tensors.times(tensor, 12));
            sandbox.weights("g/model.safetensors", weights);
        }
        String learnt = "";
        for (String word : List.of("sat", "tree", "grew", "cat", "a")) {
            sandbox.write(
                    "edits.jsonl",
                    "{\"prompt\": \"the cat\", \"target_new\": \"" + word + "\", \"locality\": \"a tree\"}\n");
            Ran ran = cw(sandbox.edit(
                    "g",
                    "--layer",
                    "h.1.mlp.c_proj",
                    "--set",
                    "replacement=replace_last",
                    "--set",
                    "eps=0.01",
                    "--overwrite"));
            assertThat(ran.out()).contains("As before  100.0 %");
            if (ran.out().contains("Right      100.0 %  of the edits, unedited 0.0 %")) {
                learnt = word;
                break;
            }
        }
        assertThat(learnt).isNotEmpty();
        Ran asked = cw(List.of(
                "predict",
                path("g"),
                "--edits",
                path("out"),
                "--text",
                "the cat",
                "--text",
                "a tree",
                "--max-new-tokens",
                "1"));
        List<ObjectNode> answers =
                asked.out().lines().map(line -> Configs.json(line, "answer")).toList();
        assertThat(answers.get(0).path("continuation").asString().strip()).isEqualTo(learnt);
        assertThat(answers.get(0).path("edit").asInt(-1)).isZero();
        assertThat(answers.get(1).has("edit")).isFalse();
    }

    /** As a user of the first job would, but for the model. */
    @Test
    void theExampleRuns() {
        sandbox.model("six", "BertForSequenceClassification", Map.of("num_hidden_layers", 6));
        ObjectNode config = Configs.json(sandbox.read("six/config.json"), "config");
        ObjectNode labels = config.putObject("id2label");
        ObjectNode ids = config.putObject("label2id");
        List<String> names = List.of("animal", "feeling", "plant", "time");
        for (int i = 0; i < names.size(); i++) {
            labels.put(String.valueOf(i), names.get(i));
            ids.put(names.get(i), i);
        }
        sandbox.write("six/config.json", config.toString());
        try (var scope = Scope.open()) {
            sandbox.weights("six/model.safetensors", Architectures.of(config).initialize(new Seed(3).generator()));
        }
        Ran ran = cw(List.of(
                "edit",
                path("six"),
                "--input",
                Path.of("examples", "edit", "edits.jsonl").toString(),
                "--settings",
                Path.of("examples", "edit", "grace.yaml").toString(),
                "--output",
                path("out")));
        assertThat(ran.out()).contains("of 4, ", "Rephrased ", "As before ");
    }
}
