package org.counterweight.jobs.federate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.data.LabelledDataset;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.federate.call.Participant;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.TemporaryDirectory;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.program.ClientSection;
import org.counterweight.jobs.recipe.program.FederateRecipe;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.model.Model;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a federation's clients by its recipe, each where it is called: on this machine, or on the one that keeps
 * them. What it makes belongs to the open scope.
 *
 * @param form of the target's rows, texts by the name of a file that lies beside a model that has learnt them: the form of its
 *     images or of its tables, in which sources are seen too
 */
public record ClientReader(FederateRecipe recipe, Map<String, String> form, Fetcher fetcher, ProgressLine progress) {
    public ClientReader {
        form = Map.copyOf(form);
    }

    /** Before the target was read. */
    public static ClientReader of(FederateRecipe recipe, Fetcher fetcher, ProgressLine progress) {
        return new ClientReader(recipe, Map.of(), fetcher, progress);
    }

    /** With the form of the target's rows. */
    ClientReader like(Prepared target) {
        var files = new LinkedHashMap<String, String>();
        target.beside().forEach((name, json) -> files.put(name, json.toString()));
        return new ClientReader(recipe, files, fetcher, progress);
    }

    /** The directory of the model that all begin with; null of one that starts from random weights. */
    public @Nullable Path model() {
        String name = recipe.shared().model().name();
        return name == null ? null : Sources.model(name, fetcher);
    }

    /** The model itself, without weights. */
    public Model described(List<Integer> shape, List<String> labels) {
        RunTask kind = RunTask.of(recipe.shared());
        Path origin = model();
        FreshModel fresh = recipe.shared().model().architecture();
        if (fresh != null || origin == null) {
            return kind.describe(
                            Path.of("model.architecture"),
                            Objects.requireNonNull(fresh).config(shape),
                            labels)
                    .model();
        }
        try (ModelDirectory files = ModelDirectory.withoutWeights(origin)) {
            return kind.describe(files.path(), files.config(), labels).model();
        }
    }

    private Seed seed() {
        return new Seed(recipe.shared().train().seed());
    }

    /** The target's rows. */
    Prepared target() {
        return read(recipe.target().section().name(), recipe.shared(), model(), seed());
    }

    /** The target's, where its section takes fewer than there are. */
    Prepared whole() {
        String name = recipe.target().section().name();
        return read(name + ", all its rows", recipe.target().whole(), model(), seed());
    }

    /** A source's rows. */
    Prepared source(FederateRecipe.Client client) {
        String name = client.section().name();
        Path model = model();
        if (model != null || form.isEmpty()) {
            return read(name, client.recipe(), model, seed().child(name));
        }
        try (TemporaryDirectory beside = TemporaryDirectory.create("cw-form")) {
            for (var file : form.entrySet()) {
                Files.writeString(beside.path().resolve(file.getKey()), file.getValue());
            }
            return read(name, client.recipe(), beside.path(), seed().child(name));
        } catch (IOException e) {
            throw new UncheckedIOException("a temporary directory cannot be used: " + e.getMessage(), e);
        }
    }

    private FederateRecipe.Client named(String client) {
        return recipe.clients().stream()
                .filter(one -> one.section().name().equals(client))
                .findFirst()
                .orElseThrow();
    }

    /**
     * A client's rows.
     *
     * @param whole whether the target has all that there are
     */
    public Prepared rows(String client, boolean whole) {
        FederateRecipe.Client found = named(client);
        return !found.section().target() ? source(found) : whole ? whole() : target();
    }

    /**
     * A client with its rows to learn from.
     *
     * @param labels all classes of the federation
     */
    public Participant participant(String client, Prepared rows, List<String> labels) {
        return participant(named(client).section(), rows, labels);
    }

    static Participant participant(ClientSection section, Prepared rows, List<String> labels) {
        int fails = section.failsFrom() == null ? 0 : section.failsFrom();
        return new Participant(
                section.name(),
                NamedRows.of((LabelledDataset) rows.split().train(), labels),
                new Participant.Rehearsal(fails, section.delaySeconds()));
    }

    private Prepared read(String client, Recipe own, @Nullable Path model, Seed seed) {
        progress.say("client " + client + ":");
        return toldOf(client, () -> RunTask.of(own).rows(model, fetcher, progress, seed));
    }

    /** What is refused is told with the client's name. */
    static <T> T toldOf(String client, Supplier<T> work) {
        try {
            return work.get();
        } catch (ConfigException e) {
            throw new ConfigException("client " + client + ": " + e.getMessage(), e);
        } catch (DataException e) {
            throw new DataException("client " + client + ": " + e.getMessage(), e);
        }
    }
}
