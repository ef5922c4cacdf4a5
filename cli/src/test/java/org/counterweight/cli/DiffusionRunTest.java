package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.counterweight.config.Configs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Networks learn to tell noise from pictures. */
class DiffusionRunTest {
    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void draw() {
        sandbox = new Sandbox(root);
        Pictures.idx(sandbox, "train", 30);
    }

    private String recipe(String architecture, String more) {
        return sandbox.write("recipe.yaml", """
            task: diffusion
            threads: 1
            model: {architecture: %s}
            data: {train: "%s/train-images.idx"}
            train: {epochs: 8, batch_size: 8, lr: 3e-3, precision: float32, average: {kind: ema, decay: 0.9}, eval_every: 10}
            %s
            output: {directory: "%s/out"}
            """.formatted(
                                architecture,
                                root.toString().replace('\\', '/'),
                                more,
                                root.toString().replace('\\', '/')))
                .toString();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "{type: unet, width: 8, multipliers: [1, 2], heads: 2} |",
                "{type: unet, width: 8, multipliers: [1], heads: 2, dropout: 0.1} | diffusion: {prediction_type: epsilon, betas:"
                        + " scaled_linear}",
                "{type: dit, width: 16, depth: 2, heads: 2, ratio: 2} | diffusion: {told: flow, label_drop: 0.3,"
                        + " samples: 2}"
            })
    void aNetworkLearnsAndShowsWhatItDraws(String architecture, String more) throws IOException {
        Ran run = Ran.cw("run", recipe(architecture, more == null ? "" : more));
        assertThat(run.status()).as(run.err()).isZero();
        JsonNode result = Configs.read(root.resolve("out/result.json"));
        double last = result.at("/test/loss").asDouble();
        double first = Configs.json(
                        Files.readAllLines(root.resolve("out/metrics.jsonl")).stream()
                                .filter(line -> line.contains("evaluation"))
                                .findFirst()
                                .orElseThrow(),
                        "metrics")
                .at("/evaluation/loss")
                .asDouble();
        assertThat(last).isPositive().isLessThan(first);
        assertThat(result.at("/test/loss_at_5").asDouble()).isPositive();
        assertThat(Files.readString(root.resolve("out/report.html")))
                .contains(
                        "Loss by level of noise", "What it draws", "data:image/png;base64", "cw guide linear --model");
        assertThat(root.resolve("out/merged/diffusion.json")).exists();
        JsonNode config = Configs.read(root.resolve("out/merged/config.json"));
        assertThat(config.path("architectures").path(0).asString()).endsWith("ForImageGeneration");

        Ran asked = Ran.cw("predict", root.resolve("out/merged").toString(), "--image", "no.png");
        assertThat(asked.status()).isEqualTo(2);
        assertThat(asked.err()).contains("tells noise in images, and answers no question");
        assertThat(Ran.cw("verify", root.resolve("out/merged").toString()).status())
                .isZero();
    }

    @Test
    void imagesAreDrawnWithTheScheduleThatIsAskedForAndItIsKept() throws IOException {
        String recipe = recipe("{type: unet, width: 8, multipliers: [1, 2], heads: 2}", "");
        assertThat(Ran.cw("run", recipe, "--set", "train.epochs=1").status()).isZero();
        String run = root.resolve("out").toString();
        Path drawn = root.resolve("drawn");
        Ran ran = Ran.cw(
                "guide",
                "interval_index",
                "--from",
                "1",
                "--to",
                "2",
                "--weight",
                "3",
                "--convention",
                "scale",
                "--model",
                run,
                "--classes",
                "1",
                "--count",
                "3",
                "--steps",
                "5",
                "--sampler",
                "dpm",
                "--output",
                drawn.toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out().lines().filter(line -> line.endsWith("  3.0000  2")))
                .hasSize(2);
        assertThat(ran.out().lines().filter(line -> line.endsWith("  1.0000  1")))
                .hasSize(3);
        assertThat(ran.out()).contains("7 evaluations in 5 steps");
        var sheet = ImageIO.read(drawn.resolve("samples.png").toFile());
        assertThat(new int[] {sheet.getWidth(), sheet.getHeight()}).containsExactly(3 * 9 - 1, 8);
        JsonNode told = Configs.read(drawn.resolve("guidance.json"));
        assertThat(told.at("/evaluations").toString()).isEqualTo("[1,2,2,1,1]");
        assertThat(told.at("/draw/sampler").asString()).isEqualTo("dpm");
        byte[] first = Files.readAllBytes(drawn.resolve("samples.png"));

        Ran again = Ran.cw(
                "guide", "--model", run, "--classes", "1", "--count", "3", "--output", root.resolve("same") + "");
        assertThat(again.status()).as(again.err()).isZero();
        assertThat(again.out()).as("what was chosen is the default").contains("7 evaluations in 5 steps");
        assertThat(Files.readAllBytes(root.resolve("same/samples.png"))).isEqualTo(first);

        Ran neutral = Ran.cw(
                "guide",
                "static",
                "--weight",
                "1.0000009",
                "--model",
                run,
                "--count",
                "1",
                "--steps",
                "3",
                "--output",
                root.resolve("neutral") + "");
        assertThat(neutral.out()).contains("3 evaluations in 3 steps", "This guides nothing");
        assertThat(Ran.cw("run", recipe, "--set", "train.epochs=1", "--overwrite")
                        .status())
                .isZero();
    }

    @Test
    void shapesAreHeldAgainstOneAnotherInOnePage() throws IOException {
        String recipe = recipe("{type: dit, width: 8, depth: 1, heads: 2, ratio: 1}", "diffusion: {samples: 0}");
        assertThat(Ran.cw("run", recipe, "--set", "train.epochs=2").status()).isZero();
        Path swept = root.resolve("swept");
        Ran ran = Ran.cw(
                "guide",
                "--model",
                root.resolve("out") + "",
                "--sweep",
                "static,linear,PCS (s=2.0)",
                "--weights",
                "0,2",
                "--count",
                "20",
                "--steps",
                "3",
                "--output",
                swept + "");
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains(
                        "unguided",
                        "linear 0.0, guides nothing",
                        "linear 2.0",
                        "pcs 3.0, convention scale, s 2.0",
                        "Fréchet");
        assertThat(Files.readString(swept.resolve("sweep.html")))
                .contains("Fréchet distance", "data:image/png;base64", "linear 2.0");
        JsonNode rows = Configs.read(swept.resolve("sweep.json")).path("rows");
        assertThat(rows.size()).isEqualTo(7);
        assertThat(rows.at("/0/evaluations").asInt()).isEqualTo(3);
        assertThat(rows.at("/1/evaluations").asInt()).isEqualTo(3);
        assertThat(rows.at("/1/frechet").asDouble())
                .isEqualTo(rows.at("/0/frechet").asDouble());
        assertThat(rows.at("/2/evaluations").asInt()).isEqualTo(6);
        for (JsonNode row : rows) {
            assertThat(row.path("frechet").asDouble()).isPositive();
            for (String share : new String[] {"accuracy", "precision", "recall"}) {
                assertThat(row.path(share).asDouble()).isBetween(0.0, 1.0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ddim", "ddpm", "dpm", "edm", "flow"})
    void everySamplerDrawsFromEveryNetworkThatItCan(String sampler) throws IOException {
        for (String told : new String[] {"v", "epsilon", "flow"}) {
            String recipe = recipe(
                    "{type: dit, width: 8, depth: 1, heads: 2, ratio: 1}",
                    "diffusion: {told: " + told + ", samples: 0}");
            assertThat(Ran.cw("run", recipe, "--set", "train.max_steps=2", "--overwrite")
                            .status())
                    .isZero();
            Ran ran = Ran.cw(
                    "guide",
                    "linear",
                    "--model",
                    root.resolve("out") + "",
                    "--count",
                    "1",
                    "--steps",
                    "3",
                    "--sampler",
                    sampler,
                    "--output",
                    root.resolve("drawn-" + told) + "");
            if (told.equals("epsilon") && sampler.equals("flow")) {
                assertThat(ran.status()).isEqualTo(2);
                assertThat(ran.err()).contains("take the sampler ddim, ddpm, dpm or edm");
                assertThat(root.resolve("drawn-" + told)).doesNotExist();
            } else {
                assertThat(ran.status()).as(ran.err()).isZero();
            }
        }
    }

    private Ran guide(String... more) {
        var words =
                new ArrayList<>(List.of("guide", "--model", root.resolve("out") + "", "--count", "1", "--steps", "4"));
        words.addAll(List.of(more));
        return Ran.cw(words.toArray(String[]::new));
    }

    private JsonNode drawn(String name, String... more) throws IOException {
        var words = new ArrayList<>(List.of(more));
        words.addAll(List.of("--output", root.resolve(name) + ""));
        Ran ran = guide(words.toArray(String[]::new));
        assertThat(ran.status()).as(ran.err()).isZero();
        return Configs.read(root.resolve(name + "/guidance.json"));
    }

    @Test
    void everyRuleDrawsAndIsKept() throws IOException {
        String recipe = recipe("{type: dit, width: 8, depth: 1, heads: 2, ratio: 1}", "diffusion: {samples: 0}");
        assertThat(Ran.cw("run", recipe, "--set", "train.max_steps=2").status()).isZero();
        JsonNode apg = drawn("apg", "static", "--weight", "2", "--rule", "apg", "--eta", "0.5", "--norm", "3");
        assertThat(apg.path("evaluations").toString()).isEqualTo("[2,2,2,2]");
        assertThat(apg.at("/draw/eta").asDouble()).isEqualTo(0.5);
        assertThat(apg.at("/draw/momentum").asDouble()).isEqualTo(-0.5);
        assertThat(drawn("kept").path("draw")).isEqualTo(apg.path("draw"));
        assertThat(drawn("other", "--rule", "zero_star", "--zero-steps", "1")
                        .at("/draw/eta")
                        .isNull())
                .isTrue();
        for (String sampler : new String[] {"ddim", "edm", "flow"}) {
            JsonNode plus = drawn(
                    "plus-" + sampler,
                    "static",
                    "--weight",
                    "1",
                    "--convention",
                    "scale",
                    "--rule",
                    "cfg_pp",
                    "--sampler",
                    sampler);
            assertThat(plus.path("evaluations").toString())
                    .as("its neutral weight is none")
                    .isEqualTo("[2,2,2,2]");
            assertThat(plus.path("guides_nothing").asBoolean()).isFalse();
        }
        assertThat(guide("linear", "--output", root.resolve("no") + "").err())
                .contains("guidance.weight: rule: cfg_pp takes 0 to 1 in scale, and step 3 has 1.5");
        assertThat(guide("static", "--weight", "0.5", "--stop", "0.5", "--output", root.resolve("no") + "")
                        .err())
                .contains("draw.rule: cfg_pp guides every step");
        assertThat(guide("static", "--weight", "0.5", "--sampler", "dpm", "--output", root.resolve("no") + "")
                        .err())
                .contains("take the sampler ddim, edm or flow");
        assertThat(root.resolve("no")).doesNotExist();
        JsonNode heun = drawn(
                "heun",
                "interval_index",
                "--rule",
                "plain",
                "--sampler",
                "edm",
                "--corrector",
                "own_time",
                "--from",
                "1",
                "--to",
                "1",
                "--weight",
                "3",
                "--convention",
                "scale");
        assertThat(heun.path("evaluations").toString()).isEqualTo("[3,3,2,1]");
    }

    @Test
    void guidanceFromNothingIsRefused() throws IOException {
        String recipe = recipe(
                "{type: dit, width: 8, depth: 1, heads: 2, ratio: 1}", "diffusion: {samples: 0, label_drop: 0.0}");
        assertThat(Ran.cw("run", recipe, "--set", "train.max_steps=2").status()).isZero();
        Ran refused = guide("static", "--weight", "2", "--output", root.resolve("no") + "");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("label_drop: 0.0", "guidance has nothing to go away from");
        assertThat(root.resolve("no")).doesNotExist();
        assertThat(drawn("plain", "static", "--weight", "0")
                        .path("guides_nothing")
                        .asBoolean())
                .isTrue();
    }
}
