package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    private String file(String name, String text) throws Exception {
        return Files.writeString(root.resolve(name), text).toString();
    }

    private static List<String> scales(Ran ran) {
        assertThat(ran.status()).as(ran.err()).isZero();
        return ran.out()
                .lines()
                .filter(line -> line.matches(" +\\d+  .*"))
                .map(line -> line.split(" +")[4])
                .toList();
    }

    @Test
    void guidanceBeginsAndEndsWhereItIsAskedTo() {
        assertThat(scales(Ran.cw(
                        "guide",
                        "static",
                        "--weight",
                        "3",
                        "--convention",
                        "scale",
                        "--steps",
                        "10",
                        "--start",
                        "0.2",
                        "--stop",
                        "0.5")))
                .containsExactly(
                        "1.0000", "1.0000", "3.0000", "3.0000", "3.0000", "1.0000", "1.0000", "1.0000", "1.0000",
                        "1.0000");
        Ran none = Ran.cw("guide", "cosine", "--steps", "4", "--start", "0.5", "--stop", "0.5");
        assertThat(none.out()).contains("4 evaluations in 4 steps", "This guides nothing");
    }

    @Test
    void aPresetOfWebInterfacesFallsWhereItFallsThere() {
        assertThat(scales(Ran.cw("guide", "Clamp-Linear (c=4.0)", "--weight", "7", "--steps", "4")))
                .containsExactly("14.0000", "10.5000", "7.0000", "4.0000");
        assertThat(scales(Ran.cw("guide", "Linear", "--weight", "7", "--steps", "4", "--webui")))
                .containsExactly("14.0000", "10.5000", "7.0000", "3.5000");
        assertThat(scales(Ran.cw("guide", "Linear", "--weight", "7", "--convention", "scale", "--steps", "4")))
                .as("a word of ours is ours, however it is written")
                .containsExactly("0.0000", "3.5000", "7.0000", "10.5000");
        assertThat(scales(Ran.cw("guide", "Inverse-Linear", "--steps", "2"))).containsExactly("0.0000", "7.5000");
    }

    @Test
    void aListComesBackAsItWent() throws Exception {
        Path written = root.resolve("weights.json");
        String[] asked = {"guide", "pcs", "--power", "2", "--weight", "3", "--steps", "5", "--output", written + ""};
        List<String> weights = scales(Ran.cw(asked));
        assertThat(scales(Ran.cw("guide", "--list", written + ""))).isEqualTo(weights);
        for (String form : new String[] {"list", "comfyui"}) {
            Path other = root.resolve(form);
            var words = new ArrayList<>(List.of(asked).subList(0, 8));
            words.addAll(List.of("--form", form, "--output", other.toString()));
            assertThat(Ran.cw(words.toArray(String[]::new)).status()).isZero();
            assertThat(scales(Ran.cw("guide", "--list", other + ""))).isEqualTo(weights);
        }
        assertThat(Files.readString(root.resolve("list"))).startsWith("[1.0,").endsWith("]\n");
        assertThat(Files.readString(root.resolve("comfyui"))).startsWith("1.0, ");
        assertThat(scales(Ran.cw("guide", "--list", file("omega.txt", "0, 1.5, 2"), "--convention", "omega")))
                .containsExactly("1.0000", "2.5000", "3.0000");
    }

    @Test
    void aGuiderOfDiffusersIsReadAndWritten() throws Exception {
        String guider = file(
                "guider_config.json",
                "{\"_class_name\": \"ClassifierFreeGuidance\", \"guidance_scale\": 4.0, \"start\": 0.5, \"stop\":"
                        + " 1.0}");
        Path written = root.resolve("again.json");
        assertThat(scales(Ran.cw(
                        "guide", "--guider", guider, "--steps", "4", "--form", "guider", "--output", written + "")))
                .containsExactly("1.0000", "1.0000", "4.0000", "4.0000");
        assertThat(Configs.json(Files.readString(written), "")
                        .required("guidance_scale")
                        .asDouble())
                .isEqualTo(4);
        assertThat(scales(Ran.cw("guide", "--guider", written + "", "--steps", "4")))
                .hasSize(4)
                .startsWith("1.0000");
    }

    @Test
    void theNoiseOfASchedulerGivesIntervalsTheirLevels() throws Exception {
        String noise = file(
                "scheduler_config.json",
                "{\"beta_schedule\": \"linear\", \"beta_start\": 0.0001, \"beta_end\": 0.02, \"num_train_timesteps\":"
                        + " 100}");
        Ran ran = Ran.cw(
                "guide",
                "interval",
                "--from",
                "0.2",
                "--to",
                "0.5",
                "--steps",
                "10",
                "--scheduler",
                noise,
                "--weight",
                "2");
        assertThat(scales(ran)).contains("1.0000", "3.0000");
        Ran other = Ran.cw(
                "guide",
                "interval",
                "--from",
                "0.2",
                "--to",
                "0.5",
                "--steps",
                "10",
                "--grid",
                "timesteps",
                "--weight",
                "2");
        assertThat(scales(other)).isNotEqualTo(scales(ran));
    }

    /** What one number means is kept: the weight that is not said is told in the other's numbers. */
    @Test
    void anotherConventionIsTheSameGuidance() {
        assertThat(scales(Ran.cw("guide", "static", "--convention", "scale", "--steps", "2")))
                .isEqualTo(scales(Ran.cw("guide", "static", "--steps", "2")))
                .containsOnly("7.5000");
    }
}
