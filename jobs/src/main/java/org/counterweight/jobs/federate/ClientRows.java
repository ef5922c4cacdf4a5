package org.counterweight.jobs.federate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.LabelledDataset;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.federate.run.Participant;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.program.ClientSection;
import org.counterweight.jobs.recipe.program.FederateRecipe;
import org.counterweight.jobs.task.RunTask;
import org.jspecify.annotations.Nullable;

/**
 * The rows of all clients. Each reads its own; what they share is the names of the classes, and how the target's rows are seen:
 * the shape of its images, the form of its tables.
 *
 * @param target as it was read
 * @param whole all rows of the target to learn from, where its section takes fewer
 * @param sources as they were read, by name
 * @param labels all classes: the target's first, then those that only sources know
 */
record ClientRows(
        FederateRecipe recipe, Prepared target, Dataset whole, Map<String, Prepared> sources, List<String> labels) {
    /**
     * Reads them all.
     *
     * @param model its directory; null of one that begins at random
     */
    static ClientRows read(
            FederateRecipe recipe, @Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        String name = recipe.target().section().name();
        Prepared target = read(name, recipe.shared(), model, fetcher, progress, seed);
        boolean needsAll = recipe.hasOracle() && recipe.shared().data().rows() != null;
        Dataset whole = needsAll
                ? read(name + ", all its rows", recipe.target().whole(), model, fetcher, progress, seed)
                        .split()
                        .train()
                : target.split().train();
        var sources = new LinkedHashMap<String, Prepared>();
        var labels = new LinkedHashSet<>(target.labels());
        Path form = model == null ? form(target) : null;
        try {
            for (FederateRecipe.Client client : recipe.sources()) {
                String source = client.section().name();
                Prepared rows = read(
                        source, client.recipe(), model == null ? form : model, fetcher, progress, seed.child(source));
                sources.put(source, rows);
                labels.addAll(rows.labels());
            }
        } finally {
            if (form != null) {
                remove(form);
            }
        }
        return new ClientRows(recipe, target, whole, sources, List.copyOf(labels));
    }

    private static Prepared read(
            String client, Recipe recipe, @Nullable Path model, Fetcher fetcher, ProgressLine progress, Seed seed) {
        progress.say("client " + client + ":");
        return of(client, () -> RunTask.of(recipe).rows(model, fetcher, progress, seed));
    }

    /** What is refused is told with the client's name. */
    static <T> T of(String client, Supplier<T> work) {
        try {
            return work.get();
        } catch (ConfigException e) {
            throw new ConfigException("client " + client + ": " + e.getMessage(), e);
        } catch (DataException e) {
            throw new DataException("client " + client + ": " + e.getMessage(), e);
        }
    }

    /** A directory as it would lie beside a model that has learnt the target's rows; null where nothing would. */
    private static @Nullable Path form(Prepared target) {
        if (target.beside().isEmpty()) {
            return null;
        }
        try {
            Path directory = Files.createTempDirectory("cw-form");
            for (var file : target.beside().entrySet()) {
                Files.writeString(
                        directory.resolve(file.getKey()), file.getValue().toString());
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary directory can be written: " + e.getMessage(), e);
        }
    }

    private static void remove(Path directory) {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be removed: " + e.getMessage(), e);
        }
    }

    /** Rows in the federation's numbering of the classes. */
    LabelledDataset named(Dataset rows) {
        return NamedRows.of((LabelledDataset) rows, labels);
    }

    private static Participant participant(ClientSection section, LabelledDataset rows) {
        int fails = section.failsFrom() == null ? 0 : section.failsFrom();
        return new Participant(section.name(), rows, new Participant.Rehearsal(fails, section.delaySeconds()));
    }

    Participant ofTarget() {
        return participant(recipe.target().section(), named(target.split().train()));
    }

    List<Participant> ofSources() {
        var found = new ArrayList<Participant>();
        for (FederateRecipe.Client client : recipe.sources()) {
            Prepared rows = sources.get(client.section().name());
            if (rows != null) {
                found.add(participant(client.section(), named(rows.split().train())));
            }
        }
        return found;
    }

    /** What was found out of them, a line each, those of the target first. */
    List<String> facts(List<Path> readWith) {
        var lines = new ArrayList<String>();
        target.facts(readWith)
                .forEach(line -> lines.add(recipe.target().section().name() + ", " + line));
        sources.forEach((name, rows) -> rows.facts(List.of()).forEach(line -> lines.add(name + ", " + line)));
        lines.add("all classes: " + String.join(", ", labels));
        return lines;
    }

    /** Every file that was read, by whom. */
    Map<String, Path> files() {
        var files = new LinkedHashMap<String, Path>();
        target.files().forEach(file -> files.put(file.toString(), file));
        sources.values().forEach(rows -> rows.files().forEach(file -> files.put(file.toString(), file)));
        return files;
    }
}
