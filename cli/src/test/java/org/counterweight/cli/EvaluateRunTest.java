package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Models are judged by rows whose answers are known: the figures are those of their own answers, counted again here. */
class EvaluateRunTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void write() {
        sandbox = Sandbox.in(root).classifier("model2");
        sandbox.write(
                "judge.csv",
                "text,label,by\n" + "the cat sat,animal,ann\na tree grew,plant,bob\nthe tree,animal,ann\n".repeat(7));
    }

    @Test
    void figuresAreThoseOfTheAnswers() throws IOException {
        List<JsonNode> answers = Ran.cw(
                        "predict", path("model2"), "--input", path("judge.csv"), "--top", "all", "--keep", "label,by")
                .out()
                .lines()
                .map(Configs.JSON::readTree)
                .toList();
        assertThat(answers.get(0).get("probabilities").propertyNames()).containsExactlyInAnyOrder("animal", "plant");
        assertThat(answers.get(0).at("/columns/by").asString()).isEqualTo("ann");
        double accuracy = answers.stream()
                        .filter(line -> line.get("label").equals(line.at("/columns/label")))
                        .count()
                / 21.0;
        double logLoss = answers.stream()
                .mapToDouble(line -> -Math.log(
                        line.at("/probabilities/" + line.at("/columns/label").asString())
                                .asDouble()))
                .average()
                .orElseThrow();

        Ran ran = evaluate("--output", path("out"), "--group", "by", "--resamples", "200");
        JsonNode figures = Configs.read(root.resolve("out/figures.json"));
        assertThat(figures.at("/figures/accuracy/value").asDouble()).isCloseTo(accuracy, within(1e-12));
        assertThat(figures.at("/figures/log_loss/value").asDouble()).isCloseTo(logLoss, within(1e-3));
        assertThat(figures.at("/figures/accuracy/interval")).hasSize(2);
        assertThat(figures.at("/baseline/accuracy").asDouble()).isCloseTo(14 / 21.0, within(1e-12));
        assertThat(figures.at("/groups/ann/rows").asInt()).isEqualTo(14);
        assertThat(figures.at("/groups/bob/figures/accuracy").has("interval"))
                .as("seven rows are too few")
                .isFalse();
        assertThat(ran.out()).contains("21 rows", "accuracy", "by = ann: 14 rows", "by = bob: 7 rows, too few to tell");
        assertThat(Files.readAllLines(root.resolve("out/predictions.jsonl")))
                .hasSize(21)
                .allMatch(line -> Configs.JSON.readTree(line).has("loss"));
        assertThat(Files.readString(root.resolve("out/report.html")))
                .contains("Where it errs most", "By group", "How often answers of a probability are right");
    }

    /** The same rows twice, in another order, are as good; the seed alone moves the intervals. */
    @Test
    void figuresAreOfTheRowsAndIntervalsOfTheSeed() {
        JsonNode first = json("--resamples", "200");
        assertThat(json("--resamples", "200")).isEqualTo(first);
        JsonNode other = json("--resamples", "200", "--seed", "5");
        assertThat(other.at("/figures/log_loss/value")).isEqualTo(first.at("/figures/log_loss/value"));
        assertThat(other.at("/figures/log_loss/interval")).isNotEqualTo(first.at("/figures/log_loss/interval"));
        assertThat(json("--resamples", "0").at("/figures/accuracy").has("interval"))
                .isFalse();
    }

    /** Classes that nobody named are numbers in the file, and are said to be. */
    @Test
    void numbersOfClassesAreTakenForTheClasses() {
        JsonNode named = json("--resamples", "0");
        String numbers = sandbox.read("judge.csv").replace(",animal,", ",0,").replace(",plant,", ",1,");
        sandbox.write("judge.csv", numbers);
        Ran ran = evaluate("--json", "--resamples", "0");
        assertThat(ran.err()).contains("taken for those of the model's classes: 0 is animal, 1 is plant");
        assertThat(Configs.JSON.readTree(ran.out()).get("figures")).isEqualTo(named.get("figures"));
        sandbox.write(
                "judge.csv", numbers.replace(",0,", ",0.0,").replace(",1,", ",1.0,")); // pandas, where some are missing
        assertThat(json("--resamples", "0").get("figures")).isEqualTo(named.get("figures"));
    }

    @Test
    void setsOfClassesAndScoresHaveFiguresOfTheirOwn() {
        sandbox.problem("model2", "multi_label_classification");
        sandbox.write("judge.csv", "text,label\nthe cat sat,animal|plant\na tree grew,\n");
        assertThat(json().get("figures").propertyNames()).containsExactly("micro_f1", "macro_f1", "exact_match");
        sandbox.oneScore("model2");
        sandbox.write("judge.csv", "text,label\n" + "the cat sat,\"1,5\"\na tree grew,2\n".repeat(6));
        JsonNode scores = json();
        assertThat(scores.get("figures").propertyNames()).containsExactly("rmse", "mae", "pearson", "spearman");
        assertThat(scores.at("/baseline/rmse").asDouble()).isCloseTo(0.25, within(1e-12));
    }

    /** As a run leaves them out: what is true of a row is what it is judged by. */
    @Test
    void rowsWithoutAnAnswerAreLeftOutWhereEmptyRowsAre() {
        sandbox.write("judge.csv", "text,label\nthe cat sat,animal\na tree grew,\nthe tree,plant\n");
        Ran classes = evaluate("--json", "--skip-empty-rows");
        assertThat(classes.err()).contains("skipped 1 row without a value, at line 3: no label");
        assertThat(Configs.JSON.readTree(classes.out()).get("rows").asInt()).isEqualTo(2);
        sandbox.oneScore("model2");
        sandbox.write("judge.csv", "text,label\n" + "the cat sat,1.5\na tree grew,\n".repeat(6));
        assertThat(json("--skip-empty-rows").get("rows").asInt()).isEqualTo(6);
    }

    /** What is chosen is the best of all thresholds, is kept beside the model, and is what predict and serve keep to. */
    @Test
    void thresholdsAreChosenKeptAndObeyed() throws IOException {
        sandbox.write(
                "judge.csv",
                "text,label\n" + "the cat sat,animal\n".repeat(7) + "a tree grew,plant\nthe tree,plant\ncat,animal\n"
                        + "tree,animal\n");
        List<JsonNode> rows = predicted("--top", "all", "--keep", "label");
        double best = 0;
        for (JsonNode from : rows) {
            best = Math.max(best, f1(rows, row -> share(row) >= share(from)));
        }
        Ran ran = evaluate("--threshold", "f1", "--json");
        assertThat(ran.err()).contains("plant: from 0.", "wrote " + path("model2") + "/thresholds.json");
        JsonNode kept = Configs.read(root.resolve("model2/thresholds.json"));
        double threshold = kept.at("/thresholds/plant").asDouble();
        assertThat(Configs.JSON.readTree(ran.out()).at("/thresholds/plant").asDouble())
                .isEqualTo(threshold);

        Ran told = Ran.cw("predict", path("model2"), "--input", path("judge.csv"), "--keep", "label");
        assertThat(told.err()).contains("thresholds chosen by f1 on 11 rows: plant from 0.");
        List<JsonNode> answers = told.out().lines().map(Configs.JSON::readTree).toList();
        assertThat(f1(answers, row -> row.path("label").asString().equals("plant")))
                .as("shares are told with four digits, which part fewer rows than they have")
                .isGreaterThanOrEqualTo(best);
        assertThat(Configs.JSON.readTree(evaluate("--json").out()).at("/figures/accuracy/value"))
                .as("judged by what is told")
                .isEqualTo(Configs.JSON.readTree(ran.out()).at("/figures/accuracy/value"));

        evaluate("--threshold", "recall=1", "--positive", "animal");
        assertThat(predicted().stream()
                        .filter(line -> line.path("label").asString().equals("animal")))
                .hasSizeGreaterThanOrEqualTo(9);
        assertThat(Ran.cw("evaluate", path("model2"), "--input", path("judge.csv"), "--threshold", "precision=2")
                        .err())
                .contains("--threshold: \"precision=2\" is not allowed; expected f1, precision=P or recall=R");
    }

    @Test
    void eachOfAnyNumberOfClassesHasAThreshold() throws IOException {
        sandbox.problem("model2", "multi_label_classification");
        sandbox.write("judge.csv", "text,label\nthe cat sat,animal|plant\na tree grew,\nthe cat,animal\n");
        evaluate("--threshold", "f1");
        assertThat(Configs.read(root.resolve("model2/thresholds.json"))
                        .path("thresholds")
                        .propertyNames())
                .containsExactly("animal", "plant");
        assertThat(json().at("/figures/micro_f1/value").asDouble()).isGreaterThan(0.5);
    }

    /** What a file says, standard input says too, several files one after the other, and a table of a database. */
    @Test
    void rowsComeFromWherePredictTakesThem() throws IOException, SQLException {
        JsonNode whole = json("--resamples", "0");
        Ran piped = Ran.given(
                sandbox.read("judge.csv").getBytes(StandardCharsets.UTF_8),
                "evaluate",
                path("model2"),
                "--input",
                "-",
                "--json",
                "--resamples",
                "0");
        assertThat(piped.status()).as(piped.err()).isZero();
        assertThat(Configs.JSON.readTree(piped.out()).get("input").asString()).isEqualTo("standard input");
        assertThat(Configs.JSON.readTree(piped.out()).get("figures")).isEqualTo(whole.get("figures"));

        List<String> lines = Files.readAllLines(root.resolve("judge.csv"));
        sandbox.write("part-1.csv", String.join("\n", lines.subList(0, 9)) + "\n");
        sandbox.write("part-2.csv", lines.get(0) + "\n" + String.join("\n", lines.subList(9, lines.size())) + "\n");
        assertThat(figuresOf(path("part-*.csv"))).isEqualTo(whole.get("figures"));

        Path database = root.resolve("shop.duckdb");
        try (var connection = DriverManager.getConnection("jdbc:duckdb:" + database);
                var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE judged AS SELECT * FROM read_csv('" + path("judge.csv") + "')");
        }
        assertThat(figuresOf(database + "#judged")).isEqualTo(whole.get("figures"));
    }

    @Test
    void whatIsWrongWithStandardInputIsSaidOfIt() {
        byte[] rows = "text,label\nthe cat,animal\na tree,plnt\n".getBytes(StandardCharsets.UTF_8);
        Ran wrong = Ran.given(rows, "evaluate", path("model2"), "--input", "-");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err()).contains("standard input: label: row 2 has \"plnt\"");
        Ran lines = Ran.given("the cat\n".getBytes(StandardCharsets.UTF_8), "evaluate", path("model2"), "--input", "-");
        assertThat(lines.err()).contains("standard input: has no column \"label\"");
    }

    /** Ids, columns that pass through and probabilities stand in the answers, as those of predict. */
    @Test
    void answersAreToldAsPredictTellsThem() throws IOException {
        List<JsonNode> wanted = predicted("--id", "by", "--keep", "by,label", "--top", "all");
        evaluate("--id", "by", "--keep", "by", "--top", "all", "--output", path("out"));
        List<ObjectNode> written = Files.readAllLines(root.resolve("out/predictions.jsonl")).stream()
                .map(line -> (ObjectNode) Configs.JSON.readTree(line))
                .toList();
        written.forEach(line -> line.remove(List.of("truth", "loss")));
        assertThat(written).isEqualTo(wanted);
    }

    /** Two LoRAs are one sum, for predict as for evaluate. */
    @Test
    void severalAdaptersAreOne() {
        String lora = "{\"peft_type\": \"LORA\", \"r\": 1, \"lora_alpha\": 1, \"target_modules\": [\"query\"]}";
        for (String name : List.of("one", "two")) {
            String module = "base_model.model.bert.encoder.layer.0.attention.self.query.";
            sandbox.adapter(
                    name,
                    lora,
                    Map.of(module + "lora_A.weight", new long[] {1, 8}, module + "lora_B.weight", new long[] {8, 1}));
        }
        JsonNode plain = json("--resamples", "0");
        assertThat(json("--resamples", "0", "--adapter", path("one"), "--adapter", path("two"))
                        .get("figures"))
                .as("they are of zeros")
                .isEqualTo(plain.get("figures"));
        Ran refused = Ran.cw(
                "evaluate",
                path("model2"),
                "--input",
                path("judge.csv"),
                "--adapter",
                path("one"),
                "--adapter",
                path("two"),
                "--threshold",
                "f1");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("--threshold is kept beside the adapter, and there are 2");
    }

    private JsonNode figuresOf(String input) {
        Ran ran = Ran.cw("evaluate", path("model2"), "--input", input, "--json", "--resamples", "0");
        assertThat(ran.status()).as(ran.err()).isZero();
        return Configs.JSON.readTree(ran.out()).get("figures");
    }

    private static double share(JsonNode line) {
        return line.at("/probabilities/plant").asDouble();
    }

    private static double f1(List<JsonNode> rows, Predicate<JsonNode> plant) {
        double hits = 0;
        double marked = 0;
        for (JsonNode row : rows) {
            boolean is = row.at("/columns/label").asString().equals("plant");
            boolean told = plant.test(row);
            hits += is && told ? 1 : 0;
            marked += (is ? 1 : 0) + (told ? 1 : 0);
        }
        return 2 * hits / marked;
    }

    private List<JsonNode> predicted(String... words) {
        Ran ran = Ran.cw(
                Stream.concat(Stream.of("predict", path("model2"), "--input", path("judge.csv")), Stream.of(words))
                        .toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran.out().lines().map(Configs.JSON::readTree).toList();
    }

    private JsonNode json(String... words) {
        return Configs.JSON.readTree(
                evaluate(Stream.concat(Stream.of("--json"), Stream.of(words)).toArray(String[]::new))
                        .out());
    }

    private Ran evaluate(String... words) {
        Ran ran = Ran.cw(
                Stream.concat(Stream.of("evaluate", path("model2"), "--input", path("judge.csv")), Stream.of(words))
                        .toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
