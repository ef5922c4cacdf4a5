package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Digits are distilled, a network is trained on the set by cw run, and a distillation that is killed goes on. */
class DistillRunTest {
    private static final List<String> SMALL = List.of(
            "distill.experts.count=1",
            "distill.experts.epochs=9",
            "distill.trial.networks=2",
            "distill.trial.epochs=30",
            "distill.iterations=16",
            "distill.evaluate_every=7",
            "data.rows=300",
            "data.eval_rows=100");

    @TempDir
    private Path root;

    private static List<String> words(Path out, String... more) {
        var words = new ArrayList<>(List.of("distill", "examples/distill/digits.yaml", "--output", out.toString()));
        SMALL.forEach(setting -> words.addAll(List.of("--set", setting)));
        words.addAll(List.of(more));
        return words;
    }

    private static Ran succeeds(List<String> words) {
        int threads = Engine.threads();
        try {
            Ran ran = Ran.cw(words.toArray(String[]::new));
            assertThat(ran.status()).as(ran.err()).isZero();
            return ran;
        } finally {
            Engine.setThreads(threads);
        }
    }

    @Test
    void aKilledDistillationEndsWithTheSameSet() throws IOException, InterruptedException {
        Path whole = root.resolve("whole");
        Path broken = root.resolve("broken");
        Ran ran = succeeds(words(whole));
        assertThat(ran.out()).contains("ast", "random", "herding", "mtt", "accuracy");
        assertThat(ran.err()).contains("of memory at the highest", "step 14, held out: accuracy");
        Process process = KilledRunTest.java(KilledRunTest.class, List.of(), words(broken))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).as("the process came to step 14").isEqualTo("now");
        } finally {
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        }
        assertThat(broken.resolve("state-ast.safetensors")).exists();
        assertThat(broken.resolve("set")).doesNotExist();
        succeeds(words(broken, "--resume"));
        for (String file : List.of("set/images/3/000.png", "distilled.json")) {
            assertThat(Files.readAllBytes(broken.resolve(file)))
                    .as(file)
                    .isEqualTo(Files.readAllBytes(whole.resolve(file)));
        }
        try (var files = Files.list(broken)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "distilled.json",
                            "effective.yaml",
                            "experts",
                            "experts-plain",
                            "recipe.yaml",
                            "report.html",
                            "set");
        }
        tells(whole);
        isLearntFrom(whole.resolve("set"));
        Ran again = Ran.cw(words(whole).toArray(String[]::new));
        assertThat(again.status()).as("it is not written over").isEqualTo(2);
        Ran other = Ran.cw(words(whole, "--resume", "--set", "distill.ipc=2").toArray(String[]::new));
        assertThat(other.err()).contains("distill.ipc: 2, but", "has 1; resume with the same settings");
    }

    private static void tells(Path directory) throws IOException {
        ObjectNode figures = Configs.read(directory.resolve("distilled.json"));
        assertThat(figures.path("images").asInt()).isEqualTo(10);
        assertThat(figures.path("judged").size()).isEqualTo(4);
        assertThat(figures.path("looks").size()).isEqualTo(4);
        String page = Files.readString(directory.resolve("report.html"));
        assertThat(page)
                .contains(
                        "The images as they change", "after 14 steps", "src=\"data:image/png;base64,", "Learned rate");
        assertThat(page).doesNotContain("http:", "https:", "<script");
        assertThat(ImageIO.read(directory.resolve("set/images/3/000.png").toFile())
                        .getWidth())
                .isEqualTo(8);
    }

    /** By the protocol that was written beside it, without anything else of the distillation. */
    private void isLearntFrom(Path set) throws IOException {
        Path trained = root.resolve("trained");
        Ran ran = Ran.cw(
                "run",
                set.resolve("recipe.yaml").toString(),
                "--set",
                "train.epochs=200",
                "--output",
                trained.toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("10 rows to learn from");
        double accuracy = Configs.read(trained.resolve("result.json"))
                .at("/test/accuracy")
                .asDouble();
        assertThat(accuracy).as("chance is 0.1").isGreaterThan(0.3);
        assertThat(Configs.read(trained.resolve("merged/preprocessor_config.json"))
                        .path("image_std")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void theExampleIsShownWithEverySetting() {
        Ran ran = Ran.cw("distill", "examples/distill/digits.yaml", "--check");
        assertThat(ran.out()).contains("method: \"ast\"", "syn_steps: 10", "lambda_gp: 0.05");
        assertThat(ran.err()).isEmpty();
    }
}
