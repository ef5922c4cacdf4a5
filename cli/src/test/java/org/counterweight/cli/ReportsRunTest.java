package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runs of a table, and one that was broken off, side by side. */
class ReportsRunTest {
    private static final String RECIPE = """
        task: table_classification
        model: {architecture: {type: mlp, hidden: [4]}}
        data: {train: "%1$s/rows.csv", kind: table}
        train: {epochs: %3$d, batch_size: 8, lr: %2$s, precision: float32, best_by: macro_f1}
        output: {directory: "%1$s/runs/%4$s", merged: false}
        """;

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void run() {
        sandbox = Sandbox.in(root);
        sandbox.write("rows.csv", "x,y,label\n" + "1,0,a\n0,1,b\n1,1,a\n0,0,b\n".repeat(12));
        trained("first", "1e-4", 1);
        trained("better/second", "5e-2", 12);
    }

    private void trained(String name, String rate, int epochs) {
        String there = root.toString().replace('\\', '/');
        Path recipe = sandbox.write("recipe.yaml", RECIPE.formatted(there, rate, epochs, name));
        Ran ran = Ran.cw("run", recipe.toString());
        assertThat(ran.status()).as(ran.err()).isZero();
    }

    @Test
    void theBestStandsFirstAndOnlyWhatDiffersIsShown() throws IOException {
        sandbox.write("runs/broken/recipe.yaml", "task: table_classification\n");
        sandbox.write("runs/broken/metrics.jsonl", "");
        sandbox.write("runs/distilled/recipe.yaml", "distill: {}\n");
        Path page = root.resolve("reports.html");
        Ran ran = reports("--output", page.toString());
        assertThat(ran.err()).contains("broken: is unfinished and left out; cw run --resume continues it");
        assertThat(ran.err()).doesNotContain("distilled");
        List<String> lines = ran.out().lines().toList();
        assertThat(lines.get(0).split("\\s+")).startsWith("run", "macro_f1").endsWith("trained", "time");
        assertThat(lines.get(1)).startsWith("better");
        assertThat(lines.get(2)).isEqualTo("    train.epochs=12 train.lr=0.05");
        assertThat(lines.get(3)).startsWith("first");
        assertThat(lines.get(4)).isEqualTo("    train.epochs=1 train.lr=1.0E-4");
        assertThat(Files.readString(page))
                .contains("By macro-F1 the best is better/second: ", "first", "train.lr", "Macro-F1");
    }

    /** Figures of different tasks stand on no one axis and in no one table. */
    @Test
    void runsOfAnotherTaskStandByThemselves() throws IOException {
        sandbox.write("prices.csv", "x,price\n" + "1,3\n0,1\n2,5\n".repeat(12));
        sandbox.write("prices.yaml", """
            task: regression
            model: {architecture: {type: mlp, hidden: [8]}}
            data: {train: "%1$s/prices.csv", label: price}
            train: {epochs: 1, batch_size: 8, precision: float32, best_by: rmse}
            output: {directory: "%1$s/runs/prices", merged: false}
            """.formatted(root.toString().replace('\\', '/')));
        assertThat(Ran.cw("run", root.resolve("prices.yaml").toString()).status())
                .isZero();
        Path page = root.resolve("reports.html");
        List<String> lines = reports("--by", "accuracy", "--output", page.toString())
                .out()
                .lines()
                .toList();
        assertThat(lines).contains("task: table_classification", "task: regression");
        assertThat(lines.get(lines.indexOf("task: table_classification") + 1).split("\\s+"))
                .startsWith("run", "accuracy")
                .doesNotContain("rmse");
        assertThat(lines.get(lines.indexOf("task: regression") + 1).split("\\s+"))
                .startsWith("run", "rmse")
                .doesNotContain("accuracy");
        assertThat(Files.readString(page))
                .contains("Settings and figures of regression", "Settings and figures of table_classification")
                .contains("The best run of each task comes first. One run each")
                .contains(
                        "<div class=\"label\">regression</div>",
                        "<div class=\"under\">RMSE, prices, the only run</div>",
                        "<div class=\"under\">Accuracy, better/second, the best of 2</div>");
    }

    /** Less loss is better, more accuracy is. */
    @Test
    void theOrderIsOfTheFigure() {
        for (String figure : List.of("loss", "accuracy")) {
            List<Double> values = reports("--by", figure)
                    .out()
                    .lines()
                    .skip(1)
                    .filter(line -> !line.startsWith(" "))
                    .map(line -> Configs.JSON
                            .readTree(root.resolve("runs")
                                    .resolve(line.split(" ")[0])
                                    .resolve("result.json")
                                    .toFile())
                            .at("/test/" + figure)
                            .asDouble())
                    .toList();
            assertThat(values)
                    .isSortedAccordingTo((a, b) -> figure.equals("loss") ? Double.compare(a, b) : Double.compare(b, a));
        }
    }

    private Ran reports(String... words) {
        Ran ran = Ran.cw(Stream.concat(Stream.of("reports", root.resolve("runs").toString()), Stream.of(words))
                .toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }
}
