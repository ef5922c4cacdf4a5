package org.counterweight.jobs.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.jobs.findings.RunHistory;
import tools.jackson.databind.JsonNode;

/**
 * A run that came to its end, as its directory tells it.
 *
 * @param directory where it lies
 * @param name its place below the directory that was looked through
 * @param settings of its recipe by their dotted paths, {@code train.lr}, as they are written
 * @param figures on the rows to judge by
 * @param seconds that it took
 * @param trained how many numbers were trained
 */
record FinishedRun(
        Path directory,
        String name,
        Map<String, String> settings,
        Map<String, Double> figures,
        double seconds,
        long trained,
        RunHistory history) {
    private static final int DEPTH = 5;
    private static final String RECIPE = "recipe.yaml";
    private static final String RESULT = "result.json";
    private static final String METRICS = "metrics.jsonl";

    FinishedRun {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
    }

    /**
     * All of a directory, at most five levels down, by the alphabet.
     *
     * @param remarks takes which runs are left out, since they did not come to an end
     * @throws DataException if there are none
     */
    static List<FinishedRun> below(Path directory, Consumer<String> remarks) {
        if (!Files.isDirectory(directory)) {
            throw new DataException(directory + ": there is no such directory; name one with runs of cw run");
        }
        var runs = new ArrayList<FinishedRun>();
        try (Stream<Path> all = Files.walk(directory, DEPTH)) {
            for (Path recipe :
                    all.filter(path -> path.endsWith(RECIPE)).sorted().toList()) {
                Path run = recipe.resolveSibling("");
                if (Files.isRegularFile(run.resolve(RESULT)) && Files.isRegularFile(run.resolve(METRICS))) {
                    runs.add(read(directory, run));
                } else if (Files.isRegularFile(run.resolve(METRICS))) { // other programs have recipes too
                    remarks.accept(run + ": is unfinished and left out; cw run --resume continues it");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be looked through: " + e.getMessage(), e);
        }
        if (runs.isEmpty()) {
            throw new DataException(directory
                    + ": holds no run that came to its end; name the directory above the outputs of" + " cw run");
        }
        return runs;
    }

    private static FinishedRun read(Path root, Path run) throws IOException {
        JsonNode result = Configs.read(run.resolve(RESULT));
        var settings = new LinkedHashMap<String, String>();
        gather("", Configs.read(run.resolve(RECIPE)), settings);
        var figures = new LinkedHashMap<String, Double>();
        result.path("test")
                .properties()
                .forEach(
                        figure -> figures.put(figure.getKey(), figure.getValue().asDouble()));
        Path name = root.toAbsolutePath().relativize(run.toAbsolutePath());
        return new FinishedRun(
                run,
                name.toString().isEmpty() ? String.valueOf(run.toAbsolutePath().getFileName()) : name.toString(),
                settings,
                figures,
                result.path("seconds").asDouble(),
                result.path("trained_parameters").asLong(),
                RunHistory.read(run.resolve(METRICS)));
    }

    private static void gather(String path, JsonNode node, Map<String, String> into) {
        if (node.isObject() && !node.isEmpty()) {
            node.properties()
                    .forEach(entry -> gather(
                            path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue(), into));
        } else {
            into.put(path, node.isString() ? node.asString() : node.toString());
        }
    }
}
