package org.counterweight.spark.federate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.counterweight.jobs.recipe.program.FederateRecipe;
import org.counterweight.spark.Sessions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An executor that is killed while clients train in it: Spark tries these again, and nothing else changes. */
class LostExecutorTest {
    private static final int SLOTS = 4;

    @TempDir
    private Path root;

    private static Set<Long> processes(JavaSparkContext spark) {
        List<Integer> many = IntStream.range(0, 4 * SLOTS).boxed().toList();
        return new TreeSet<>(spark.parallelize(many, many.size())
                .map(unused -> ProcessHandle.current().pid())
                .collect());
    }

    @Test
    void aLostExecutorCostsItsOwnClientsWorkAlone() throws Exception {
        var federations = new Federations(root);
        String settings = "rounds: 2, warmup_rounds: 1, baselines: []";
        federations.here(federations.recipe(3, List.of(), settings), "here");
        FederateRecipe slow = federations.recipe(3, List.of(", delay_seconds: 1"), settings);
        try (SparkSession session =
                Sessions.processes("local-cluster[2,2,1024]").getOrCreate()) {
            var spark = JavaSparkContext.fromSparkContext(session.sparkContext());
            Set<Long> before = processes(spark);
            assertThat(before).hasSize(2).doesNotContain(ProcessHandle.current().pid());
            Path state = federations.directory("spark").resolve("state-fedgp.safetensors");
            CompletableFuture<Void> killer = CompletableFuture.runAsync(() -> {
                while (!Files.exists(state)) {
                    pause(20);
                }
                pause(300); // in the next round, while its slow client waits
                before.forEach(process -> ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly));
            });
            federations.on(new SparkSites(spark), slow, "spark", false);
            killer.join();
            assertThat(processes(spark)).as("others took their place").doesNotContainAnyElementsOf(before);
        }
        assertThat(federations.figures("spark")).as("nobody is missing").isEqualTo(federations.figures("here"));
        federations.sameModel("here", "spark");
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
