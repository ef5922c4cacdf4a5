package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.recipe.program.GrowRecipe;
import org.counterweight.weights.SafetensorsFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** A served classifier of five classes learns three more, and a data set's classes are learnt task by task. */
class GrowRunTest {
    private static final List<String> TEXTS = List.of("the", "a", "cat", "tree", "sat", "grew", ", ,", "cat tree");
    private static final String HEAD = "classifier.weight";

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void serveFive() {
        sandbox = Sandbox.in(root).model("model", "BertModel", Map.of("hidden_size", 32));
        rows("old.csv", 0, 5, 16);
        rows("new.csv", 5, 8, 16);
        rows("all.csv", 0, 8, 3);
        sandbox.write("recipe.yaml", """
            model: {name: "%1$s/model"}
            data: {train: "%1$s/old.csv", max_length: 16}
            train: {epochs: 60, batch_size: 8, lr: 5e-3, precision: float32}
            output: {directory: "%1$s/served", baseline: false}
            """.formatted(root.toString().replace('\\', '/')));
        succeeds(sandbox.run());
    }

    /** So many rows of each of the classes from {@code from} on. */
    private void rows(String file, int from, int to, int each) {
        var rows = new StringBuilder("text,label\n");
        for (int i = 0; i < each; i++) {
            for (int c = from; c < to; c++) {
                rows.append('"')
                        .append(TEXTS.get(c))
                        .append("\",kind")
                        .append(c)
                        .append('\n');
            }
        }
        sandbox.write(file, rows.toString());
    }

    private Ran succeeds(List<String> words) {
        Ran ran = Ran.cw(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private Ran grown(String... more) {
        var words = new ArrayList<>(List.of(
                "grow",
                root.resolve("served/merged") + "",
                "--data",
                root.resolve("new.csv") + "",
                "--test",
                root.resolve("all.csv") + "",
                "--output",
                root.resolve("grown") + "",
                "--set",
                "train.epochs=40",
                "--set",
                "train.lr=5e-3",
                "--set",
                "train.batch_size=8",
                "--set",
                "train.precision=float32"));
        words.addAll(List.of(more));
        return succeeds(words);
    }

    private String[] remembering() {
        return new String[] {"--remember", root.resolve("old.csv") + "", "--set", "grow.memory.per_class=6"};
    }

    private List<String> asking(String model, String... more) {
        var words = new ArrayList<>(List.of("predict", root.resolve(model) + "", "--max-length", "16"));
        TEXTS.forEach(text -> words.addAll(List.of("--text", text)));
        words.addAll(List.of(more));
        return words;
    }

    @Test
    void fiveAndThreeAreEightInAnotherProcess() throws IOException, InterruptedException {
        Ran ran = grown(remembering());
        assertThat(ran.out()).contains("Classes  5 and 3: kind5, kind6, kind7", "Gamma ", "old classes");
        succeeds(asking("grown", "--output", root.resolve("here.safetensors") + ""));
        Process there = KilledRunTest.java(
                        Cw.class, List.of(), asking("grown", "--output", root.resolve("there.safetensors") + ""))
                .inheritIO()
                .start();
        assertThat(there.waitFor()).isZero();
        try (var scope = Scope.open()) {
            assertTensor(tensor("there.safetensors", "logits")).isEqualTo(tensor("here.safetensors", "logits"));
        }
        Process asked = KilledRunTest.java(Cw.class, List.of(), asking("grown")).start();
        String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(asked.waitFor()).isZero();
        List<String> labels = said.lines()
                .map(line -> Configs.json(line, "answer").path("label").asString())
                .toList();
        assertThat(labels)
                .isEqualTo(IntStream.range(0, 8).mapToObj(c -> "kind" + c).toList());
        assertThat(Files.readAllLines(root.resolve("grown/exemplars.jsonl"))).hasSize(8 * 6);
        ObjectNode figures = Configs.read(root.resolve("grown/grow.json"));
        assertThat(figures.at("/restricted").asBoolean())
                .as("a pooler's features are signed")
                .isFalse();
        assertThat(figures.at("/accuracy/2/head").asString()).isEqualTo("as written");
        assertThat(Files.readString(root.resolve("grown/report.html"))).contains("Old classes and new ones");
        assertThat(Ran.cw("inspect", root.resolve("grown") + "").out()).contains("weight_aligning");
        assertThat(Ran.cw("verify", root.resolve("grown") + "").status()).isZero();
    }

    @Test
    void whatWasKeptServesTheNextTimeAndMayBeDeleted() throws IOException {
        grown(remembering());
        sandbox.write("more.csv", "text,label\n" + "tree tree,kind8\n".repeat(16));
        var words = new ArrayList<>(List.of(
                "grow",
                root.resolve("grown") + "",
                "--data",
                root.resolve("more.csv") + "",
                "--output",
                root.resolve("again") + "",
                "--set",
                "grow.memory.total=36",
                "--set",
                "grow.memory.per_class=null"));
        Ran again = succeeds(words);
        assertThat(again.err()).contains("beside 8 that are known, of which 48 rows are kept");
        List<String> before = Files.readAllLines(root.resolve("grown/exemplars.jsonl"));
        List<String> after = Files.readAllLines(root.resolve("again/exemplars.jsonl"));
        assertThat(after).hasSize(9 * 4);
        assertThat(after.subList(0, 4)).as("a beginning of what was kept").isEqualTo(before.subList(0, 4));
        assertThat(Configs.read(root.resolve("again/grow.json"))
                        .at("/earlier/0/added/0")
                        .asString())
                .isEqualTo("kind5");

        Files.delete(root.resolve("grown/exemplars.jsonl"));
        words.add("--overwrite");
        assertThat(succeeds(words).err()).contains("no rows are kept of 8 of 8 old classes");
    }

    @Test
    void theOldHeadIsKeptWhereNothingIsLearnt() {
        grown("--set", "train.lr=1e-12", "--set", "train.max_steps=1", "--set", "train.weight_decay=0.0");
        try (var scope = Scope.open()) {
            Tensor old = tensor("served/merged/model.safetensors", HEAD);
            Tensor grown = tensor("grown/model.safetensors", HEAD);
            assertTensor(Tensors.slice(grown, 0, 0, 5)).isCloseTo(old, 0, 1e-9);
            assertThat(grown.size(0)).isEqualTo(8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"finetune", "replay", "icarl", "bic"})
    void whatItIsComparedWithGrowsToo(String method) throws IOException {
        var more = new ArrayList<>(List.of(remembering()));
        more.addAll(List.of("--set", "grow.method=" + method));
        grown(more.toArray(String[]::new));
        ObjectNode figures = Configs.read(root.resolve("grown/grow.json"));
        assertThat(figures.path("method").asString()).isEqualTo(method);
        assertThat(figures.path("gamma").isNull()).isTrue();
        assertThat(figures.path("alpha").isNumber()).isEqualTo(method.equals("bic"));
        assertThat(figures.at("/accuracy/2/young").asDouble()).isGreaterThan(0.5);
        assertThat(Files.exists(root.resolve("grown/exemplars.jsonl"))).isEqualTo(!method.equals("finetune"));
    }

    /**
     * Learning without Forgetting holds new classes against one another alone, so that nothing is said of new against old; of
     * the old ones it keeps on the new rows what the old model told, which fine-tuning does not.
     */
    @Test
    void withoutForgettingKeepsWhatTheOldModelMadeOfNewRows() throws IOException {
        grown("--set", "grow.method=lwf", "--set", "train.weight_decay=0.0", "--set", "train.epochs=160");
        assertThat(Files.exists(root.resolve("grown/exemplars.jsonl"))).isFalse();
        try (var scope = Scope.open()) {
            Tensor before = ofNewRows("served/merged");
            Tensor after = ofNewRows("grown");
            assertThat(Tensors.toLongs(Tensors.slice(after, 1, 5, 8).argmax(new LongOptional(1), false)))
                    .as("the new classes among themselves")
                    .containsExactly(0, 1, 2);
            assertThat(moved(before, after)).isLessThan(0.05);
            grown("--set", "grow.method=finetune", "--set", "train.weight_decay=0.0", "--overwrite");
            assertThat(moved(before, ofNewRows("grown"))).isGreaterThan(0.2);
        }
    }

    /** The logits of the three texts of new classes. */
    private Tensor ofNewRows(String model) throws IOException {
        Files.deleteIfExists(root.resolve("asked.safetensors"));
        succeeds(asking(model, "--output", root.resolve("asked.safetensors") + ""));
        return Tensors.slice(tensor("asked.safetensors", "logits"), 0, 5, 8);
    }

    /** How far what is told of the five old classes has moved, in probability at a temperature of 2. */
    private static double moved(Tensor before, Tensor after) {
        return torch.softmax(Tensors.times(Tensors.slice(after, 1, 0, 5), 0.5), 1)
                .sub(torch.softmax(Tensors.times(before, 0.5), 1))
                .abs()
                .max()
                .item_double();
    }

    private Tensor tensor(String file, String name) {
        try (SafetensorsFile source = SafetensorsFile.open(root.resolve(file))) {
            return source.tensor(name).clone();
        }
    }

    @Test
    void aRecipeLearnsItsClassesTaskByTask() throws IOException {
        rows("texts.csv", 0, 8, 20);
        sandbox.write("sequence.yaml", """
            model: {name: "%1$s/model"}
            data: {train: "%1$s/texts.csv", max_length: 16, test_share: 0.25}
            grow: {tasks: 4, learn: {memory: {per_class: 4}}}
            train: {epochs: 20, batch_size: 8, lr: 5e-3, precision: float32}
            output: {directory: "%1$s/sequence"}
            """.formatted(root.toString().replace('\\', '/')));
        List<String> words = List.of("grow", root.resolve("sequence.yaml") + "");
        Ran checked = Ran.cw("grow", root.resolve("sequence.yaml") + "", "--check");
        assertThat(checked.status()).as(checked.err()).isZero();
        assertThat(checked.out()).contains("grow:", "per_class:", "batch_size:");
        assertThat(root.resolve("sequence")).doesNotExist();
        Ran ran = succeeds(words);
        assertThat(ran.out()).contains("Task 1      2 classes", "Task 4      8 classes", "gamma");
        ObjectNode figures = Configs.read(root.resolve("sequence/sequence.json"));
        assertThat(figures.path("tasks").size()).isEqualTo(4);
        assertThat(figures.path("forgetting").isNumber()).isTrue();
        assertThat(Files.readString(root.resolve("sequence/report.html")))
                .contains("Average incremental accuracy", "Each task after each task", "What each task did");
        assertThat(Ran.cw(sandbox.predict("sequence/merged").toArray(String[]::new))
                        .status())
                .isZero();
        try (var files = Files.list(root.resolve("sequence"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "effective.yaml", "merged", "recipe.yaml", "report.html", "sequence.json");
        }
        assertThat(Ran.cw(words.toArray(String[]::new)).status())
                .as("it is not written over")
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wordnet", "clothes"})
    void theExamplesAreRecipes(String name) throws IOException {
        GrowRecipe recipe = GrowRecipe.read(Path.of("examples", "grow", name + ".yaml"), List.of());
        assertThat(recipe.grow().tasks()).isEqualTo(5);
    }
}
