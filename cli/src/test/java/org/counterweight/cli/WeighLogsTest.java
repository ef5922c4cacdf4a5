package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.counterweight.engine.Seed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records of A/B tests are weighed from the command line, with a verdict where the test allows one. */
class WeighLogsTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void fill() {
        sandbox = Sandbox.in(root);
    }

    private String path(String name) {
        return sandbox.path(name) + "";
    }

    /** A log of so many records an arm; users are numbered. */
    private String log(int treated, int controlled, String firstOfControl) {
        SplittableRandom random = new Seed(8).random();
        var rows = new StringBuilder("user,arm,x,stay,version\n");
        for (int i = 0; i < treated + controlled; i++) {
            boolean isTreated = i < treated;
            String user = i == treated && !firstOfControl.isEmpty() ? firstOfControl : "u" + i;
            rows.append(user).append(isTreated ? ",t," : ",c,");
            rows.append(random.nextDouble() + (isTreated ? 0.2 : 0)).append(',').append(random.nextDouble());
            rows.append(",v").append(i % 2).append('\n');
        }
        return rows.toString();
    }

    private Ran log(String... more) {
        return new Weighed(sandbox)
                .by(Stream.concat(
                                Stream.of(
                                        "ab_weighted_training",
                                        path("log.csv"),
                                        "--arm",
                                        "arm",
                                        "--outcome",
                                        "stay",
                                        "--overwrite",
                                        "--set",
                                        "weight_model=logistic",
                                        "--output",
                                        path("out")),
                                Arrays.stream(more))
                        .toArray(String[]::new));
    }

    /** A picture of the parts that have rows enough; of fewer the table says so alone. */
    @ParameterizedTest
    @CsvSource({"100, false", "1000, true"})
    void calibrationIsDrawnWhereThereAreRowsEnough(int records, boolean isDrawn) {
        sandbox.write("log.csv", log(records, records, ""));
        log("--unit", "user", "--ignore", "version");
        String page = sandbox.read("out/report.html");
        assertThat(page).contains("Calibration of the probabilities");
        assertThat(page.contains("Calibration of the probabilities, in figures"))
                .isEqualTo(isDrawn);
    }

    @Test
    void aVerdictIsWithheldWhereTheTestIsBroken() {
        sandbox.write("log.csv", log(100, 100, ""));
        assertThat(log("--unit", "user", "--ignore", "version").out()).doesNotContain("Withheld");
        assertThat(sandbox.read("out/report.html")).contains("The treatment's effect");
        assertThat(log("--unit", "user", "--set", "columns.setting=version").out())
                .contains("Withheld", "something was changed in mid-run");
        assertThat(new Weighed(sandbox).figures("out").at("/tables/0/rows/0/4").asString())
                .isEqualTo("withheld");
        assertThat(log("--unit", "user", "--ignore", "version", "--set", "p=0.7")
                        .out())
                .contains("Withheld", "share of 0.7 was planned");
        sandbox.write("log.csv", log(100, 100, "u3"));
        assertThat(log("--unit", "user", "--ignore", "version").out())
                .contains("Withheld", "1 units have records in both arms");
        assertThat(log("--ignore", "version,user").out()).contains("Doubt", "No column names the units");
    }

    @Test
    void eachArmMayHaveATableOfItsOwn() throws IOException {
        sandbox.write("t.csv", "x,stay\n" + "0.9,1\n0.8,3\n0.4,2\n".repeat(20));
        sandbox.write("c.csv", "x,stay\n" + "0.1,1\n0.2,1\n0.6,2\n".repeat(20));
        new Weighed(sandbox)
                .by(
                        "ab_weighted_training",
                        path("t.csv"),
                        "--target",
                        path("c.csv"),
                        "--outcome",
                        "stay",
                        "--set",
                        "weight_model=logistic",
                        "--output",
                        path("out"));
        List<String> lines = Files.readAllLines(sandbox.path("out/weighted.csv"));
        assertThat(lines.get(0)).isEqualTo("x,stay,arm,weight_treatment,weight_control");
        assertThat(lines).hasSize(121);
        double[] weights = new Weighed(sandbox).column("out/weighted.csv", "weight_treatment");
        assertThat(weights[0]).isGreaterThan(1.5);
        assertThat(weights[60]).isLessThan(0.5);
    }
}
