package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.counterweight.config.Configs;
import org.counterweight.engine.Seed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Money, per cent and dates are the numbers that they stand for, in a run, in predictions, judgements and weights. */
class WrittenNumbersTest {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("dd/MM/yyyy", Locale.ROOT);

    @TempDir
    private Path root;

    private Sandbox sandbox;

    /** The same rows, once with plain numbers and once as people write them. */
    @BeforeEach
    void write() {
        sandbox = Sandbox.in(root);
        for (String part : List.of("train", "test")) {
            SplittableRandom random = new Seed(part.hashCode()).random();
            var plain = new StringBuilder("area,built,share,town,price\n");
            var written = new StringBuilder(plain);
            for (int i = 0; i < 80; i++) {
                double area =
                        Math.round(100 * (500 + 2000 * random.nextDouble() + (part.equals("test") ? 400 : 0))) / 100.0;
                LocalDate built = LocalDate.of(1990, 1, 1).plusDays(random.nextInt(9000));
                double share = random.nextInt(1000) / 10.0;
                String town = random.nextInt(2) == 0 ? "Oslo" : "Rome";
                double price = Math.round(100 * (area / 10 + built.toEpochDay() / 100.0 + share)) / 100.0;
                boolean isMissing = i % 11 == 0;
                plain.append(String.format(
                        Locale.ROOT,
                        "%s,%d,%.1f,%s,%.2f%n",
                        isMissing ? "" : area,
                        built.toEpochDay(),
                        share,
                        town,
                        price));
                written.append(String.format(
                        Locale.ROOT,
                        "%s,%s,%.1f %%,%s,\"%s\"%n",
                        isMissing ? "NA" : String.format(Locale.ROOT, "\"%,.2f\"", area),
                        DATE.format(built),
                        share,
                        town,
                        String.format(Locale.ROOT, price < 0 ? "($%,.2f)" : "$%,.2f", Math.abs(price))));
            }
            sandbox.write("plain-" + part + ".csv", plain.toString());
            sandbox.write("written-" + part + ".csv", written.toString());
        }
    }

    private Ran run(String rows) {
        sandbox.write(rows + ".yaml", """
                task: regression
                model: {architecture: {type: mlp, hidden: [6]}}
                data: {train: "%1$s/%2$s-train.csv", test: "%1$s/%2$s-test.csv", label: price}
                train: {epochs: 5, batch_size: 16, lr: 1e-2, precision: float32}
                output: {directory: "%1$s/%2$s"}
                """.formatted(root, rows));
        return succeeds("run", root.resolve(rows + ".yaml").toString());
    }

    private static Ran succeeds(String... words) {
        Ran ran = Ran.cw(words);
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran;
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }

    @Test
    void theyAreTheNumbersThatTheyStandFor() throws IOException {
        run("plain");
        Ran ran = run("written");
        assertThat(ran.err())
                .containsPattern("written-train.csv: area: 72 numbers, written as \\d,\\d{3}\\.\\d\\d: with thousands")
                .containsPattern("written-train.csv: built: 80 dates, written as ../../...., the day first")
                .containsPattern("written-train.csv: share: 80 numbers, written as [\\d.]+ %: in %")
                .containsPattern("written-train.csv: price: 80 numbers, written as \\$[\\d,]+\\.\\d\\d.*in \\$");
        assertThat(Configs.read(root.resolve("written/result.json")).get("test"))
                .isEqualTo(Configs.read(root.resolve("plain/result.json")).get("test"));

        List<String> answers = new ArrayList<>();
        List<JsonNode> figures = new ArrayList<>();
        for (String rows : List.of("plain", "written")) {
            String model = path(rows + "/merged");
            String table = path(rows + "-test.csv");
            answers.add(succeeds("predict", model, "--input", table).out());
            figures.add(Configs.JSON
                    .readTree(succeeds(
                                    "evaluate",
                                    model,
                                    "--input",
                                    table,
                                    "--label",
                                    "price",
                                    "--resamples",
                                    "0",
                                    "--json")
                            .out())
                    .get("figures"));
        }
        assertThat(answers.get(1)).isEqualTo(answers.get(0));
        assertThat(figures.get(1)).isEqualTo(figures.get(0));
        JsonNode form = Configs.read(root.resolve("written/merged/table_config.json"));
        assertThat(form.at("/features/0/written").toString())
                .isEqualTo("{\"decimal\":\".\",\"grouping\":\",\",\"unit\":\"\"}");
        assertThat(form.at("/features/1/written/dates").asString()).isEqualTo("day_first");
    }

    /** Rows to be predicted are read as those that were learnt from: what is written otherwise is refused by row. */
    @Test
    void whatIsWrittenOtherwiseIsRefusedByRow() {
        run("written");
        sandbox.write("other.csv", "area,built,share,town\n\"1.234,50\",31/01/2004,5 %,Oslo\n7,2004-01-31,6,Rome\n");
        Ran ran = Ran.cw("predict", path("written/merged"), "--input", path("other.csv"));
        assertThat(ran.status()).isEqualTo(2);
        assertThat(ran.err())
                .contains(
                        "other.csv: 2 rows are broken, the first at line 2, then 3: area is 1.234,50; expected a number"
                                + " written as 1,234.5");
    }

    /** The order that no row shows is asked for where the column was named, and else the column is left out. */
    @Test
    void whatCanBeReadInTwoWaysIsAskedFor() throws IOException {
        for (String part : List.of("train", "test")) {
            String table = sandbox.read("plain-" + part + ".csv");
            String dated = table.replaceAll("(?m)^([^,]*),\\d+,(.*)$", "$1,02/03/2004,$2")
                    .replaceFirst("02/03", "03/02");
            sandbox.write("plain-" + part + ".csv", dated);
        }
        assertThat(run("plain").err())
                .contains(
                        "left out built (dates such as 03/02/2004 may have the day first or the month, in every row; say"
                                + " which (data.format.dates: day_first or month_first, --dates))");
        Ran named = Ran.cw("run", path("plain.yaml"), "--set", "data.features=[built, area]", "--overwrite");
        assertThat(named.status()).isEqualTo(2);
        assertThat(named.err())
                .contains("plain-train.csv: built: dates such as 03/02/2004 may have the day first or the month");
        Ran said = succeeds(
                "run",
                path("plain.yaml"),
                "--set",
                "data.features=[built, area]",
                "--set",
                "data.format.dates=day_first",
                "--overwrite");
        assertThat(said.err()).contains("built: 80 dates, written as 03/02/2004, the day first");
    }

    /** Weights of two tables do not depend on how their numbers are written. */
    @Test
    void weightsAreThoseOfTheNumbers() throws IOException {
        for (String rows : List.of("plain", "written")) {
            Ran ran = succeeds(
                    "weigh",
                    "density_ratio",
                    path(rows + "-train.csv"),
                    "--target",
                    path(rows + "-test.csv"),
                    "--features",
                    "area,built,share",
                    "--output",
                    path("weights-" + rows));
            if (rows.equals("written")) {
                assertThat(ran.err()).contains("built: 160 dates, written as ", "area: 144 numbers, written as ");
            }
        }
        List<String> plain = Files.readAllLines(root.resolve("weights-plain/weighted.csv"));
        List<String> written = Files.readAllLines(root.resolve("weights-written/weighted.csv"));
        assertThat(written).hasSameSizeAs(plain);
        for (int row = 1; row < plain.size(); row++) {
            assertThat(last(written.get(row))).isCloseTo(last(plain.get(row)), within(1e-9));
        }
    }

    private static double last(String row) {
        return Double.parseDouble(row.substring(row.lastIndexOf(',') + 1));
    }
}
