package org.counterweight.spark.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.counterweight.data.DataException;
import org.counterweight.jobs.recipe.program.FederateRecipe;
import org.counterweight.spark.Sessions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients as tasks of Spark make the model of threads in one process; who fails or is late is left out; a killed driver goes on. */
class FederationOnSparkTest {
    private static final String MASTER = "local[6,2]"; // a task may fail twice
    private static final int DYING = 3;
    private static final int SLOW = 2;

    @TempDir
    private Path root;

    private static SparkSession session;

    private Federations federations;

    @BeforeAll
    static void start() {
        session = Sessions.quiet(MASTER).getOrCreate();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    @BeforeEach
    void fill() {
        federations = new Federations(root);
    }

    private static SparkSites sites() {
        return new SparkSites(JavaSparkContext.fromSparkContext(session.sparkContext()));
    }

    /** Weights estimated from one number and from all steps, own heads, an early end, the target after the others. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "baselines: [fedavg, fedrep, oracle]",
                "beta_rule: fedgp_thresh, target_epochs: 2, part_rate: 0.7, early_stop: 1, baselines: []",
                "mean_first: true, batch_norm: local, baselines: [source_only, knn_per]"
            })
    void theModelIsThatOfThreads(String settings) throws Exception {
        FederateRecipe recipe = federations.recipe(3, List.of(), "rounds: 2, warmup_rounds: 1, " + settings);
        federations.here(recipe, "here");
        federations.on(sites(), recipe, "spark", false);
        assertThat(federations.figures("spark")).isEqualTo(federations.figures("here"));
        federations.sameModel("here", "spark");
    }

    private static List<String> faults(String slow) {
        var faults = new ArrayList<>(Collections.nCopies(DYING, ", fails_from: 2"));
        faults.addAll(Collections.nCopies(SLOW, slow));
        return faults;
    }

    private FederateRecipe twenty(String slow, String more) throws Exception {
        return federations.recipe(19, faults(slow), "rounds: 2, warmup_rounds: 0, baselines: []" + more);
    }

    /** Begins with what the test asks for in a process of its own, and says when the first round is over. */
    static final class Driver {
        private Driver() {}

        public static void main(String[] words) throws Exception {
            var federations = new Federations(Path.of(words[0]));
            FederateRecipe recipe = federations.recipe(
                    19,
                    faults(", delay_seconds: 3600"),
                    "rounds: 2, warmup_rounds: 0, baselines: []," + " round_seconds: 3.0");
            var watching = new Thread(() -> {
                Path state = federations.directory("spark").resolve("state-fedgp.safetensors");
                while (!Files.exists(state)) {
                    Thread.onSpinWait();
                }
                System.out.println("now");
            });
            watching.setDaemon(true);
            watching.start();
            try (SparkSession own = Sessions.quiet(MASTER).getOrCreate()) {
                federations.on(
                        new SparkSites(JavaSparkContext.fromSparkContext(own.sparkContext())), recipe, "spark", false);
            }
        }
    }

    /** Of twenty, three die in the middle of each round from the second on and two are never in time; the driver is killed. */
    @Test
    void aKilledDriverGoesOnFromTheLastRound() throws Exception {
        federations.here(twenty("absent", ""), "here"); // the slow ones add nothing
        Process process = new ProcessBuilder(command())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).as("the first round is over").isEqualTo("now");
        } finally {
            process.destroyForcibly(); // SIGKILL
            process.waitFor();
        }
        assertThat(federations.directory("spark").resolve("merged")).doesNotExist();
        String told = federations.on(sites(), twenty(", delay_seconds: 3600", ", round_seconds: 3.0"), "spark", true);
        assertThat(told)
                .contains("fedgp, round 2: continued with 15 clients; without client0 (it died in mid-round, as its"
                        + " rehearsal says, 2 times)")
                .contains("client3 (late), client4 (late)");
        federations.sameModel("here", "spark");
    }

    private List<String> command() {
        var words = new ArrayList<String>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String opened : List.of("lang", "lang.invoke", "io", "net", "nio", "util", "util.concurrent")) {
            words.add("--add-opens=java.base/java." + opened + "=ALL-UNNAMED");
        }
        words.addAll(List.of("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED", "-Xmx512m", "-XX:+UseSerialGC"));
        words.add("-XX:TieredStopAtLevel=1");
        words.addAll(List.of("-cp", System.getProperty("java.class.path")));
        words.addAll(List.of(Driver.class.getName(), root.toString()));
        return words;
    }

    @Test
    void rowsThatAnExecutorCannotReadAreRefused() throws Exception {
        FederateRecipe recipe = federations.recipe(2, List.of(), "rounds: 1, baselines: []");
        Files.delete(root.resolve("client1.csv"));
        assertThatThrownBy(() -> federations.on(sites(), recipe, "spark", false))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("client client1: ")
                .hasMessageContaining("client1.csv")
                .hasMessageContaining("write paths from the root");
        assertThat(federations.directory("spark")).doesNotExist();
    }
}
