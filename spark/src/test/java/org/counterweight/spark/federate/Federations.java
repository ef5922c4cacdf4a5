package org.counterweight.spark.federate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.counterweight.config.Configs;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.federate.FederateJob;
import org.counterweight.jobs.federate.Sites;
import org.counterweight.jobs.recipe.program.FederateRecipe;
import org.counterweight.weights.ModelDirectory;

/** Small federations of tables below a directory, done here or on a cluster. */
record Federations(Path root) {
    /** So many sources, named after their numbers, and the target {@code mine}; {@code more} says how each fails, by its number. */
    FederateRecipe recipe(int sources, List<String> more, String federate) throws IOException {
        var text = new StringBuilder("""
            threads: 1
            task: table_classification
            model: {architecture: {type: mlp, hidden: [6]}}
            clients:
            """);
        for (int i = 0; i < sources; i++) {
            String fault = i < more.size() ? more.get(i) : "";
            if (!fault.equals("absent")) {
                text.append(
                        "  - {name: client%d, data: {train: \"%s\", label: kind}%s}%n".formatted(i, rows(i), fault));
            }
        }
        text.append(
                "  - {name: mine, target: true, data: {train: \"%s\", label: kind, rows: 20}}%n".formatted(rows(-1)));
        text.append("federate: {source_batch_size: 8, target_batch_size: 4, ")
                .append(federate)
                .append("}\n");
        return FederateRecipe.of(Configs.yaml(text.toString(), "test"), "test");
    }

    private Path rows(int client) throws IOException {
        var lines = new StringBuilder("x,y,kind\n");
        var random = new Seed(5).child(client).random();
        for (int i = 0; i < 40; i++) {
            double x = random.nextDouble();
            double y = random.nextDouble() + client * 0.01;
            String kind = x + y > 1 ? "a" : client == 1 && i % 7 == 0 ? "c" : "b";
            lines.append("%.4f,%.4f,%s%n".formatted(x, y, kind));
        }
        Path file = root.resolve("client" + client + ".csv");
        Files.writeString(file, lines.toString());
        return file;
    }

    Path directory(String name) {
        return root.resolve(name);
    }

    /** In this process. */
    String here(FederateRecipe recipe, String into) {
        return run(recipe, into, false, null);
    }

    /** @return what was told meanwhile */
    String on(Sites sites, FederateRecipe recipe, String into, boolean resume) {
        return run(recipe, into, resume, sites);
    }

    private String run(
            FederateRecipe recipe, String into, boolean resume, @org.jspecify.annotations.Nullable Sites sites) {
        var told = new StringWriter();
        var progress = new ProgressLine(new PrintWriter(told), false);
        int threads = Engine.threads();
        try {
            var job = new FederateJob(recipe.into(directory(into)), Fetcher.ofUser(progress::say), progress);
            FederateJob.Outcome outcome = (sites == null ? job : job.at(sites)).run(resume);
            assertThat(outcome.ways())
                    .isNotEmpty()
                    .allSatisfy(way -> assertThat(way.ended()).isNull());
        } finally {
            Engine.setThreads(threads);
        }
        return told.toString();
    }

    String figures(String name) throws IOException {
        return Files.readString(directory(name).resolve(FederateJob.FIGURES));
    }

    /** Both directories have the same model, to the last bit. */
    void sameModel(String one, String other) {
        try (var scope = Scope.open();
                ModelDirectory first = ModelDirectory.open(directory(one).resolve(FederateJob.MERGED));
                ModelDirectory second = ModelDirectory.open(directory(other).resolve(FederateJob.MERGED))) {
            assertThat(second.tensors().keySet()).isEqualTo(first.tensors().keySet());
            first.tensors()
                    .keySet()
                    .forEach(name -> assertThat(first.tensor(name).equal(Objects.requireNonNull(second.tensor(name))))
                            .as(name)
                            .isTrue());
        }
    }
}
