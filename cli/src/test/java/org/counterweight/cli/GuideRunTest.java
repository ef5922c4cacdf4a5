package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** {@code cw guide} tells a schedule, and writes it for other programs. */
class GuideRunTest {
    @TempDir
    private Path root;

    @Test
    void theWeightOfEveryStepIsToldInBothConventions() {
        Ran ran = Ran.cw("guide", "linear", "--weight", "6", "--steps", "4", "--grid", "inclusive");
        assertThat(ran.status()).isZero();
        assertThat(ran.out())
                .contains("     0  1.000    0.0000    1.0000  1\n")
                .contains("     1  0.667    4.0000    5.0000  2\n")
                .contains("     3  0.000   12.0000   13.0000  2\n")
                .contains("mean weight 6.0000 in omega, 7 evaluations in 4 steps");
    }

    @Test
    void theFileHoldsWhatOtherProgramsTake() throws Exception {
        Path file = root.resolve("schedule.json");
        Ran ran = Ran.cw(
                "guide",
                "cosine",
                "--weight",
                "7.5",
                "--convention",
                "scale",
                "--clamp",
                "2",
                "--steps",
                "3",
                "--output",
                file + "");
        assertThat(ran.status()).isZero();
        ObjectNode json = Configs.json(Files.readString(file), file + "");
        assertThat(json.required("guidance_schedule").size()).isEqualTo(3);
        assertThat(json.required("guidance_schedule").get(0).asDouble()).isEqualTo(2);
        assertThat(json.required("guidance_schedule").get(1).asDouble())
                .isEqualTo(7.5 * (1 + Math.cos(Math.PI * 2 / 3)), within(1e-12));
        assertThat(json.required("omega").get(0).asDouble()).isEqualTo(1);
        assertThat(json.required("evaluations").get(0).asInt()).isEqualTo(2);
        assertThat(json.required("settings").required("schedule").asString()).isEqualTo("cosine");

        Ran again = Ran.cw("guide", "--output", file + "");
        assertThat(again.status()).isEqualTo(2);
        assertThat(again.err()).contains("is there already; name another, or add --overwrite");
        assertThat(Configs.json(Files.readString(file), file + "")).isEqualTo(json);
        assertThat(Ran.cw("guide", "--output", file + "", "--overwrite").status())
                .isZero();
    }

    @Test
    void stepsOutsideAnIntervalAskTheModelOnce() {
        Ran ran = Ran.cw(
                "guide",
                "interval",
                "--from",
                "0.28",
                "--to",
                "5.42",
                "--steps",
                "20",
                "--grid",
                "timesteps",
                "--weight",
                "2");
        assertThat(ran.status()).isZero();
        long guided =
                ran.out().lines().filter(line -> line.endsWith("  3.0000  2")).count();
        long free =
                ran.out().lines().filter(line -> line.endsWith("  1.0000  1")).count();
        assertThat(guided).isPositive();
        assertThat(free).isPositive();
        assertThat(guided + free).isEqualTo(20);
        assertThat(ran.out()).contains(2 * guided + free + " evaluations in 20 steps");
    }

    @Test
    void guidanceThatDoesNothingIsSaid() {
        assertThat(Ran.cw("guide", "static", "--weight", "1", "--convention", "scale", "--steps", "3")
                        .out())
                .contains("This guides nothing");
    }
}
