package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Classes, numbers and any number of classes are learnt from tables and texts, and told of rows that a file has. */
class TableRunsTest {
    private static final String RECIPE = """
        task: %2$s
        model: {%3$s}
        data: {train: "%1$s/%4$s"}
        train: {epochs: 30, batch_size: 16, lr: 1e-2, precision: float32}
        output: {directory: "%1$s/out"}
        """;
    private static final String MLP = "architecture: {type: mlp, hidden: [16]}";

    @TempDir
    private Path root;

    private Sandbox sandbox;

    /** Prices that follow from rooms, area and town; a shop or a home by them; and which of two things each has. */
    @BeforeEach
    void write() {
        sandbox = Sandbox.in(root);
        SplittableRandom random = new Seed(1).random();
        var rows = new StringBuilder("id,rooms,area,town,note,empty,price,use,has\n");
        for (int i = 0; i < 120; i++) {
            int rooms = 1 + random.nextInt(6);
            double area = 20 + 100 * random.nextDouble();
            String town = List.of("Oslo", "Rome", "Lima").get(random.nextInt(3));
            double price = 1000 * area + 20_000 * rooms + (town.equals("Rome") ? 50_000 : 0);
            rows.append(String.format(
                    Locale.ROOT,
                    "h%d,%s,%.2f,%s,text %d,,%.1f,%s,%s%n",
                    i,
                    i % 10 == 0 ? "NA" : String.valueOf(rooms),
                    area,
                    town,
                    i,
                    price,
                    price > 150_000 ? "shop" : "home",
                    area > 70
                            ? town.equals("Rome") ? "stairs|garden" : "stairs"
                            : town.equals("Rome") ? "garden" : ""));
        }
        sandbox.write("houses.csv", rows.toString());
    }

    @Test
    void classesAreLearntAndTold() throws IOException {
        Ran run = succeeds(
                recipe("table_classification", MLP, "houses.csv"),
                "data.label=use",
                "data.columns={id: id}",
                "data.features=[rooms, area, town]",
                "train.metrics=[balanced_accuracy]",
                "train.sampler=class_balanced");
        assertThat(run.err())
                .contains("3 columns become 6 numbers; categories: town 3")
                .contains("missing among 120 rows: rooms 12; a number counts as the mean")
                .contains("84 rows to learn from, 12 to choose by, 24 to judge by, in 2 classes");
        assertThat(run.out()).contains("majority class", "trained");
        JsonNode result = Configs.read(root.resolve("out/result.json"));
        assertThat(result.at("/test/accuracy").asDouble())
                .isGreaterThan(0.85)
                .isGreaterThan(result.at("/majority_baseline/accuracy").asDouble());
        List<JsonNode> lines = ask("--input", path("houses.csv"), "--id", "id");
        assertThat(lines).hasSize(120);
        List<JsonNode> judged = Files.readAllLines(root.resolve("out/predictions.jsonl")).stream()
                .map(Configs.JSON::readTree)
                .map(line -> (JsonNode) ((ObjectNode) line).remove(List.of("truth", "loss")))
                .toList();
        assertThat(judged)
                .as("the same are told of the rows to judge by")
                .hasSize(24)
                .allMatch(lines::contains);
        assertThat(lines.get(7).get("id").asString()).isEqualTo("h7");
        assertThat(lines.get(7).get("label").asString()).isIn("home", "shop");
        assertThat(ask("--input", path("houses.csv")).get(7).get("row").asInt()).isEqualTo(8);
    }

    /** What is standardised is told in the data's units, also of a file in another form and with a town that is not known. */
    @Test
    void numbersAreLearntAndToldInTheirUnits() throws IOException {
        Ran run = succeeds(
                recipe("regression", MLP, "houses.csv"),
                "data.label=price",
                "data.columns={id: id}",
                "train.best_by=rmse",
                "train.epochs=60");
        assertThat(run.err()).contains("houses.csv: left out note (texts of 120 kinds), empty (the same in every row)");
        assertThat(run.out()).contains("rmse", "pearson", "spearman", "mean");
        JsonNode result = Configs.read(root.resolve("out/result.json"));
        double mean = result.at("/mean_baseline/rmse").asDouble();
        assertThat(mean).isGreaterThan(20_000);
        assertThat(result.at("/test/rmse").asDouble()).isLessThan(mean / 2);
        assertThat(result.at("/test/pearson").asDouble()).isGreaterThan(0.9);
        assertThat(Files.readString(root.resolve("out/report.html"))).contains("RMSE", "Pearson");
        sandbox.write("ask.jsonl", """
            {"area": 70, "rooms": 3, "town": "Rome", "use": "home", "has": ""}
            {"area": 70, "rooms": null, "town": "Paris", "use": "shop", "has": "garden"}
            """);
        Ran asked = Ran.cw("predict", path("out/merged"), "--input", path("ask.jsonl"));
        assertThat(asked.status()).as(asked.err()).isZero();
        assertThat(asked.err())
                .contains("rows with categories that the model has not learnt, and that count as none: town 1");
        assertThat(lines(asked).get(0).get("score").asDouble()).isCloseTo(180_000, Offset.offset(40_000.0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"houses.csv", "houses.jsonl"})
    void anyNumberOfClassesIsLearntAndTold(String file) throws IOException {
        asJson();
        Ran run = succeeds(
                recipe("multi_label_classification", MLP, file),
                "data.label=has",
                "data.kind=table",
                "data.features=[area, town]",
                "train.best_by=micro_f1");
        assertThat(run.err()).contains("any number of 2 classes each");
        assertThat(run.out()).contains("micro-F1", "macro-F1", "exact", "usual classes");
        assertThat(Configs.read(root.resolve("out/result.json"))
                        .at("/test/micro_f1")
                        .asDouble())
                .isGreaterThan(0.9);
        JsonNode line = ask("--input", path(file)).get(0);
        assertThat(line.get("labels").isArray()).isTrue();
        assertThat(line.get("probabilities").propertyNames()).containsExactly("garden", "stairs");
    }

    /** The same rows with lists as JSON has them. */
    private void asJson() {
        String lines = sandbox.read("houses.csv")
                .lines()
                .skip(1)
                .map(line -> {
                    String[] cells = line.split(",", -1);
                    String has = cells[8].isEmpty() ? "" : '"' + cells[8].replace("|", "\",\"") + '"';
                    return "{\"area\": " + cells[2] + ", \"town\": \"" + cells[3] + "\", \"has\": [" + has + "]}\n";
                })
                .reduce("", String::concat);
        sandbox.write("houses.jsonl", lines);
    }

    @Test
    void aTrainedModelReadsRowsAsItLearntThemAndLearnsOn() throws IOException {
        String recipe = recipe("regression", MLP, "houses.csv");
        succeeds(recipe, "data.label=price", "data.features=[rooms, area, town]");
        byte[] form = Files.readAllBytes(root.resolve("out/merged/table_config.json"));
        Ran run = succeeds(
                recipe("regression", "name: \"" + file("out/merged") + "\"", "houses.csv"),
                "data.label=price",
                "data.rows=40",
                "output.directory=" + path("on"),
                "adapter={method: lora, r: 2, targets: [layers.0]}");
        assertThat(run.out()).contains("frozen model", "lora");
        assertThat(Files.readAllBytes(root.resolve("on/merged/table_config.json")))
                .isEqualTo(form);
    }

    @ParameterizedTest
    @CsvSource({"'{method: lora, r: 4, targets: [dense]}', 3e-2", "null, 1e-2"})
    void textsHaveScores(String adapter, String rate) throws IOException {
        sandbox.write("stars.csv", "id,text,stars\n" + "a,the cat sat,4.5\nb,a tree grew,1.25\n".repeat(30));
        Ran run = succeeds(
                recipe("regression", "name: \"" + file("model") + "\"", "stars.csv"),
                "data.kind=texts",
                "data.label=stars",
                "data.max_length=16",
                "data.columns={id: id}",
                "train.lr=" + rate,
                "adapter=" + adapter);
        assertThat(run.out()).contains("frozen model", "rmse");
        JsonNode config = Configs.read(root.resolve("out/merged/config.json"));
        assertThat(config.path("problem_type").asString()).isEqualTo("regression");
        assertThat(config.path("id2label").propertyNames()).hasSize(1);
        JsonNode result = Configs.read(root.resolve("out/result.json"));
        assertThat(result.at("/frozen_baseline/rmse").asDouble())
                .as("at least as good as the mean, from which it begins")
                .isLessThan(1.7);
        assertThat(result.at("/test/rmse").asDouble()).isLessThan(0.5);
        assertThat(ask("--text", "the cat sat").get(0).get("score").asDouble()).isCloseTo(4.5, Offset.offset(0.6));
        assertThat(Files.readAllLines(root.resolve("out/predictions.jsonl")))
                .hasSize(12)
                .allSatisfy(line -> {
                    JsonNode told = Configs.JSON.readTree(line);
                    double stars = told.get("id").asString().equals("a") ? 4.5 : 1.25;
                    assertThat(told.get("score").asDouble()).isCloseTo(stars, Offset.offset(0.6));
                });
    }

    /** Whether the rows to judge by are held out or have a file of their own. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClassifierOfTextsNamesItsRows(boolean hasFile) throws IOException {
        sandbox.write("named.csv", "id,text,label\n" + "a,the cat sat,animal\nb,a tree grew,plant\n".repeat(20));
        sandbox.write("test.csv", "id,text,label\nx,a tree grew,plant\ny,the cat sat,animal\n");
        succeeds(
                recipe("text_classification", "name: \"" + file("model") + "\"", "named.csv"),
                "data.columns={id: id}",
                "data.max_length=16",
                "data.test=" + (hasFile ? path("test.csv") : "null"));
        List<String> ids = Files.readAllLines(root.resolve("out/predictions.jsonl")).stream()
                .map(line -> Configs.JSON.readTree(line).get("id").asString()
                        + Configs.JSON.readTree(line).get("label").asString().charAt(0))
                .toList();
        if (hasFile) {
            assertThat(ids).containsExactly("xp", "ya");
        } else {
            assertThat(ids).hasSize(8).containsOnly("aa", "bp");
        }
    }

    @Test
    void textsHaveAnyNumberOfClasses() throws IOException {
        String lines = "{\"text\": \"the cat sat\", \"label\": [\"animal\", \"still\"], \"w\": 1}\n"
                + "{\"text\": \"a tree grew\", \"label\": [\"plant\"], \"w\": 2}\n"
                + "{\"text\": \"the\", \"label\": [], \"w\": 1}\n";
        sandbox.write("texts.jsonl", lines.repeat(20));
        succeeds(
                recipe("multi_label_classification", "name: \"" + file("model") + "\"", "texts.jsonl"),
                "data.max_length=16",
                "data.columns={weight: w}",
                "weigh={method: column}",
                "train.epochs=80"); // half of the weight is a plant's, which a row without any has to outlearn
        JsonNode config = Configs.read(root.resolve("out/merged/config.json"));
        assertThat(config.path("problem_type").asString()).isEqualTo("multi_label_classification");
        JsonNode line = ask("--text", "the cat sat").get(0);
        assertThat(line.get("labels").toString()).isEqualTo("[\"animal\",\"still\"]");
        assertThat(ask("--text", "the").get(0).get("labels")).isEmpty();
    }

    /** What a head's outputs are, its config says: scores of others, any number of classes, or one of them. */
    @Test
    void modelsAreAnsweredAsTheirConfigsSay() throws IOException {
        sandbox.classifier("out/merged").problem("out/merged", "regression");
        assertThat(ask("--text", "the cat").get(0).get("scores").propertyNames())
                .containsExactly("animal", "plant");
        sandbox.classifier("out/merged").problem("out/merged", "multi_label_classification");
        JsonNode sets = ask("--text", "the cat").get(0);
        assertThat(sets.get("probabilities").propertyNames()).containsExactly("animal", "plant");
        sandbox.oneScore("out/merged");
        assertThat(ask("--text", "the cat").get(0).get("score").isNumber()).isTrue();
    }

    private String recipe(String task, String model, String train) {
        return sandbox.write("recipe.yaml", RECIPE.formatted(file(""), task, model, train))
                .toString();
    }

    private static Ran succeeds(String recipe, String... settings) {
        Ran ran = Ran.cw(Stream.concat(
                        Stream.of("run", recipe), Stream.of(settings).flatMap(setting -> Stream.of("--set", setting)))
                .toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private List<JsonNode> ask(String... words) {
        Ran ran = Ran.cw(Stream.concat(Stream.of("predict", path("out/merged")), Stream.of(words))
                .toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return lines(ran);
    }

    private static List<JsonNode> lines(Ran ran) {
        return ran.out().lines().map(Configs.JSON::readTree).toList();
    }

    private String file(String name) {
        return root.resolve(name).toString().replace('\\', '/');
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
