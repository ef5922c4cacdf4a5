package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.counterweight.config.Configs;
import org.counterweight.weights.ModelDirectory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** From a few examples to a classifier, stage by stage. */
class GenerateRunTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void few() {
        sandbox = Sandbox.in(root).few();
    }

    private Ran generate(String... settings) {
        Ran ran = Ran.cw(sandbox.generate(settings).toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String read(String name) throws IOException {
        return Files.readString(root.resolve("out").resolve(name));
    }

    private List<ObjectNode> lines(String name) throws IOException {
        return read(name).lines().map(line -> Configs.json(line, name)).toList();
    }

    @Test
    void whatIsWrittenIsCountedTaughtAndTold() throws IOException {
        Ran ran = generate();
        assertThat(ran.out()).contains("12 texts kept", "the few examples", "and these repeated", "and written texts");
        JsonNode figures = Configs.json(read("figures.json"), "figures");
        List<ObjectNode> written = lines("texts.jsonl");
        List<ObjectNode> told = lines("synthetic.jsonl");
        assertThat(told).hasSameSizeAs(written);
        List<ObjectNode> kept = told.stream().filter(line -> line.has("belief")).toList();
        assertThat(kept).hasSize(12);
        for (String label : List.of("plant", "animal")) {
            Set<String> texts = kept.stream()
                    .filter(line -> line.get("label").asString().equals(label))
                    .map(line -> line.get("text").asString().strip())
                    .collect(Collectors.toSet());
            assertThat(texts).hasSize(6).noneMatch(text -> text.isEmpty() || text.contains("\n"));
            assertThat(sandbox.read("few.csv"))
                    .doesNotContain(
                            texts.stream().map(text -> "\n" + text + ",").toList());
            assertThat(figures.at("/labels/" + label + "/accepted").asInt()).isEqualTo(6);
        }
        assertThat(kept.stream()
                        .mapToDouble(line -> line.get("weight").asDouble())
                        .average()
                        .orElse(0))
                .isCloseTo(1, within(1e-9));
        assertThat(told).filteredOn(line -> !line.has("belief")).allSatisfy(line -> {
            assertThat(line.get("weight").asDouble()).isZero();
            assertThat(line.get("fate").asString()).isNotEqualTo("accepted");
        });
        assertThat(read("report.html")).contains("What was written, by rule", "The few repeated as often", "L_disc");
        JsonNode official = Configs.JSON.readTree(read("gen-train.json"));
        assertThat(official).hasSize(12);
        assertThat(official.path(0).path("label").asString()).isEqualTo("plant");
        assertThat(official.path(1).path("label").asString()).isEqualTo("animal");

        // one order of labels everywhere: the recipe's
        JsonNode config = Configs.json(read("merged/config.json"), "config");
        assertThat(config.at("/id2label/0").asString()).isEqualTo("plant");
        assertThat(List.copyOf(((ObjectNode) figures.get("labels")).propertyNames()))
                .containsExactly("plant", "animal");
        assertAnswered(figures.get("with_written_texts").asDouble());
    }

    /** The classifier is a masked language model, in both stages and when it is asked again; its files stay what they were. */
    @Test
    void aMaskedModelIsAskedByWords() throws IOException {
        sandbox.model("m", "BertForMaskedLM", Map.of());
        String words =
                "classifier_prompt={template: \"*cls**sent_0*_the*mask*,*sep+*\", mapping: {plant: tree, animal: cat}}";
        generate(
                "classifier.name=" + sandbox.path("m"),
                words,
                "fewgen.learn.few_shot_lr=0.03",
                "fewgen.learn.few_shot_steps=60",
                "fewgen.learn.lr=0.01");
        JsonNode figures = Configs.json(read("figures.json"), "figures");
        assertThat(figures.get("few_shot").asDouble()).isEqualTo(1);
        assertThat(read("report.html")).contains("How the classifier is asked", "*cls**sent_0*_the*mask*,*sep+*");
        JsonNode config = Configs.json(read("merged/config.json"), "config");
        assertThat(config.at("/architectures/0").asString()).isEqualTo("BertForMaskedLM");
        assertThat(config.at("/id2label/0").asString()).isEqualTo("plant");
        assertThat(Configs.json(read("merged/prompt.json"), "prompt")
                        .at("/mapping/animal")
                        .asString())
                .isEqualTo("cat");
        try (ModelDirectory before = ModelDirectory.open(sandbox.path("m"));
                ModelDirectory after = ModelDirectory.open(root.resolve("out/merged"))) {
            assertThat(after.tensors().keySet()).isEqualTo(before.tensors().keySet());
        }
        assertAnswered(figures.get("with_written_texts").asDouble());

        Ran judged = Ran.cw("evaluate", root.resolve("out/merged") + "", "--input", sandbox.path("texts.csv") + "");
        assertThat(judged.status()).as(judged.err()).isZero();
        Ran resumed = Ran.cw(sandbox.generate(
                        "classifier.name=" + sandbox.path("m"), words.replace("plant: tree", "plant: sat"), "--resume")
                .toArray(String[]::new));
        assertThat(resumed.err()).contains("classifier_prompt is not as in", "add --from learn");
    }

    /** As many of the texts are told rightly as the figure says. */
    private void assertAnswered(double share) {
        Ran asked = Ran.cw("predict", root.resolve("out/merged").toString(), "--input", sandbox.path("texts.csv") + "");
        assertThat(asked.status()).as(asked.err()).isZero();
        long right = asked.out()
                .lines()
                .filter(line -> line.contains("cat") == line.contains("\"label\":\"animal\""))
                .count();
        assertThat(right / 40.0).isCloseTo(share, within(1e-9));
    }

    /** A run that was broken off in the middle of writing gives the same texts, and the same classifier. */
    @Test
    void brokenOffItGoesOnAsIfItHadNotBeen() throws IOException {
        generate();
        String texts = read("texts.jsonl");
        String figures = read("figures.json");
        byte[] model = Files.readAllBytes(root.resolve("out/learnt.safetensors"));
        for (String file :
                List.of("few-shot.safetensors", "repeated.safetensors", "learnt.safetensors", "texts.jsonl")) {
            Files.delete(root.resolve("out").resolve(file));
        }
        sandbox.write("out/texts.part.jsonl", texts.substring(0, texts.length() * 2 / 3));
        generate("--resume");
        assertThat(read("texts.jsonl")).isEqualTo(texts);
        assertThat(read("figures.json")).isEqualTo(figures);
        assertThat(Files.readAllBytes(root.resolve("out/learnt.safetensors"))).isEqualTo(model);
        assertThat(root.resolve("out/texts.part.jsonl")).doesNotExist();
    }

    /** Another run between two of one recipe, in the same process, changes nothing of the second. */
    @Test
    void aRunDoesNotDependOnRunsBeforeIt() throws IOException {
        generate();
        String texts = read("texts.jsonl");
        byte[] model = Files.readAllBytes(root.resolve("out/learnt.safetensors"));
        generate("--overwrite", "fewgen.seed=99");
        assertThat(read("texts.jsonl")).isNotEqualTo(texts);
        generate("--overwrite");
        assertThat(read("texts.jsonl")).isEqualTo(texts);
        assertThat(Files.readAllBytes(root.resolve("out/learnt.safetensors"))).isEqualTo(model);
    }

    @Test
    void aStageIsDoneAnewWithOtherSettings() throws IOException {
        generate();
        String tuned = read("recipe.yaml");
        byte[] prefixes = Files.readAllBytes(root.resolve("out/generator.safetensors"));
        Ran refused =
                Ran.cw(sandbox.generate("--resume", "fewgen.write.texts=3").toArray(String[]::new));
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("fewgen.write is not as in", "add --from write");
        assertThat(read("recipe.yaml")).isEqualTo(tuned);
        generate("--resume", "--from=write", "fewgen.write.texts=3");
        assertThat(Files.readAllBytes(root.resolve("out/generator.safetensors")))
                .isEqualTo(prefixes);
        assertThat(lines("synthetic.jsonl").stream().filter(line -> line.has("belief")))
                .hasSize(6);
    }

    /** Where nothing is kept of a label, the rules that turned its texts away are told, and what was written stays to look at. */
    @Test
    void whatNeverMeetsTheRulesIsTold() throws IOException {
        Ran ran = Ran.cw(
                sandbox.generate("fewgen.tune.lr=0", "fewgen.write.max_tries=2").toArray(String[]::new));
        assertThat(ran.status()).isPositive();
        assertThat(ran.err())
                .contains("plant: 0 texts of 6 wanted were kept of 12 written (12 no_end)", "fewgen.write.max_tokens");
        assertThat(lines("texts.part.jsonl")).hasSize(24);
    }

    /** The example's recipes hold, and its vocabulary is learnt. */
    @Test
    void theExamplesAreGood() throws IOException {
        Ran language = Ran.cw("run", "examples/generate/language.yaml", "--check");
        assertThat(language.status()).as(language.err()).isZero();
        Path gpt = TinyGpt.in(Files.createDirectories(root.resolve("gpt")));
        Ran check = Ran.cw(
                "generate",
                "examples/generate/fewgen.yaml",
                "--check",
                "--set",
                "generator=" + gpt,
                "--set",
                "classifier.name=" + gpt);
        assertThat(check.status()).as(check.err()).isZero();
        assertThat(check.out()).contains("weight_net_decay", "repetition_penalty");
        Ran vocabulary = Ran.cw(
                "tokenizer",
                "examples/generate/language.txt",
                "--vocab-size",
                "400",
                "--output",
                root.resolve("v") + "");
        assertThat(vocabulary.status()).as(vocabulary.err()).isZero();
        assertThat(vocabulary.out()).startsWith("400 tokens from 3").contains("bytes a token");
        assertThat(root.resolve("v/tokenizer_config.json")).exists();
    }

    @Test
    void secondSentencesAreWrittenToFirstOnes() throws IOException {
        var few = new StringBuilder("text,second,label\n");
        var firsts = new StringBuilder("text\n");
        for (String word : List.of("sat", "ran", "hid", "ate", "fed", "fell", "left", "won")) {
            few.append("cat ").append(word).append(",it did,animal\n");
            few.append("tree ").append(word).append(",it no,plant\n");
            firsts.append("one ").append(word).append('\n');
        }
        sandbox.write("few.csv", few.toString());
        sandbox.write("firsts.csv", firsts.toString());
        sandbox.spoil("fewgen.yaml", "prompt: \"leaf:\"", "prompt: \"leaf:\", infix: \"so\"")
                .spoil("fewgen.yaml", "prompt: \"paws:\"", "prompt: \"paws:\", infix: \"so\"")
                .spoil(
                        "fewgen.yaml",
                        "dev: \"" + root + "/texts.csv\", test: \"" + root + "/texts.csv\"",
                        "pair: second");
        Ran ran = generate(
                "texts.unlabelled=" + sandbox.path("firsts.csv"),
                "fewgen.tune.first_limit=10",
                "fewgen.write.texts=20");
        assertThat(ran.err()).contains("there are no more first sentences in", "There is no data.dev to choose by");
        List<ObjectNode> kept = lines("synthetic.jsonl").stream()
                .filter(line -> line.has("belief"))
                .toList();
        assertThat(kept).isNotEmpty().allSatisfy(line -> {
            assertThat(line.get("text1").asString()).startsWith("one ");
            assertThat(line.get("text2").asString()).isNotBlank();
        });
        assertThat(Configs.json(read("figures.json"), "figures")
                        .get("judged_by")
                        .isNull())
                .isTrue();
    }

    @Test
    void anEmptyFileToChooseByKeepsTheLastWeights() throws IOException {
        sandbox.write("dev.csv", "text,label\n");
        sandbox.spoil("fewgen.yaml", "dev: \"" + root + "/texts.csv\"", "dev: \"" + root + "/dev.csv\"");
        assertThat(generate().err()).contains("dev.csv, has no rows to choose by: the last weights are kept");
        assertThat(Configs.json(read("figures.json"), "figures")
                        .get("judged_by")
                        .asString())
                .endsWith("texts.csv");
    }
}
