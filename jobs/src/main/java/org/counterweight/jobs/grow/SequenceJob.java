package org.counterweight.jobs.grow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.LabelledDataset;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.incremental.run.GrowthStep;
import org.counterweight.incremental.sequence.SequenceResult;
import org.counterweight.incremental.sequence.TaskResult;
import org.counterweight.incremental.sequence.TaskSequence;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.InEffect;
import org.counterweight.jobs.Interrupt;
import org.counterweight.jobs.Occupied;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.WrittenModel;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.program.GrowRecipe;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.model.Params;
import org.counterweight.model.config.Classes;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.train.TrainingListener;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WrittenFiles;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A classifier learns the classes of a data set task by task, and reports the result after each. */
public record SequenceJob(GrowRecipe recipe, Fetcher fetcher, ProgressLine progress) {
    /** The accuracies of a sequence. */
    public static final String FIGURES = "sequence.json";
    /** The page beside them. */
    public static final String REPORT = "report.html";

    private static final String RECIPE = "recipe.yaml";
    static final String MERGED = "merged";

    /**
     * The result.
     *
     * @param signal the number of the signal that asked it to end; 0 if none did
     * @param tasks that were finished
     */
    public record Outcome(Path directory, int signal, List<TaskResult> tasks) {}

    /** Refuses what can be refused without fetching or computing anything. */
    public void check() {
        String name = recipe.recipe().model().name();
        if (name != null) {
            Sources.checkModel(name);
        }
        RunTask.of(recipe.recipe()).checkData();
    }

    /** Refuses to write over another run. */
    public void checkDirectory(boolean resume, boolean overwrite) {
        Path directory = recipe.recipe().directory();
        Destination.check(directory, "--output");
        Occupied.check(directory);
        boolean begun = Files.exists(directory.resolve(RECIPE));
        if (resume && !begun) {
            throw new ConfigException(directory + " has no " + RECIPE + " to resume from; start without --resume");
        }
        if (resume || !Staged.wouldReplace(directory)) {
            return;
        }
        List<String> foreign = foreign(directory);
        if (!overwrite || !foreign.isEmpty()) {
            throw new ConfigException(directory + " is not empty; "
                    + (foreign.isEmpty() ? "go on with --resume, add --overwrite, or " : "")
                    + "name another with --output"
                    + (foreign.isEmpty()
                            ? ""
                            : "; it holds " + WrittenFiles.named(foreign) + ", which no sequence of tasks wrote"));
        }
    }

    /** What lies there that no sequence wrote. */
    private List<String> foreign(Path directory) {
        var own =
                new ArrayList<>(List.of(RECIPE, InEffect.FILE, FIGURES, REPORT, MERGED, Exemplars.FILE, Occupied.FILE));
        try (var entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> !own.contains(name) && !name.matches("(sequence|task-\\d+)\\.safetensors"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** Learns all tasks, or continues them. */
    public Outcome run(boolean resume) {
        Recipe work = recipe.recipe();
        Path directory = work.directory();
        work.work().prepareEngine();
        var seed = new Seed(work.train().seed());
        try (var scope = Scope.open()) {
            String name = work.model().name();
            Path origin = name == null ? null : Sources.model(name, fetcher);
            RunTask kind = RunTask.of(work);
            Prepared rows = kind.rows(origin, fetcher, progress, seed);
            recipe.grow().sizes(rows.labels().size());
            recipe.grow().classes(rows.labels());
            try (BaseModel base = base(origin, kind, rows, seed)) {
                TaskSequence sequence = sequence(base, rows);
                try (var occupied = Occupied.take(directory);
                        var interrupt = new Interrupt(progress::say)) {
                    begin(directory, resume);
                    SequenceResult result = sequence.run(directory, following(interrupt));
                    progress.end();
                    Ledger ledger = ledger(origin, rows);
                    if (!result.tasks().isEmpty()) {
                        tell(directory, result, ledger);
                    }
                    if (!result.interrupted()) {
                        write(directory, base, rows, result, ledger);
                        for (String file : sequence.files()) {
                            Files.deleteIfExists(directory.resolve(file));
                        }
                    }
                    return new Outcome(directory, result.interrupted() ? interrupt.signal() : 0, result.tasks());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private TaskSequence sequence(BaseModel base, Prepared rows) {
        Recipe work = recipe.recipe();
        return new TaskSequence(
                recipe.grow(),
                base.model(),
                base.weights(),
                (LabelledDataset) rows.split().train(),
                (LabelledDataset) rows.split().test(),
                work.train(),
                work.data().augment());
    }

    private BaseModel base(@Nullable Path origin, RunTask kind, Prepared rows, Seed seed) {
        Recipe work = recipe.recipe();
        Device device = Engine.device(work.work().device());
        FreshModel fresh = work.model().architecture();
        return fresh != null
                ? BaseModel.fresh(fresh.config(rows.shape()), kind, rows.labels(), seed, device)
                : BaseModel.open(Objects.requireNonNull(origin), work.model(), kind, rows.labels(), seed, device);
    }

    private void begin(Path directory, boolean resume) throws IOException {
        if (!resume) {
            try (var entries = Files.list(directory)) {
                for (Path entry : entries.filter(file -> file.toString().endsWith(".safetensors"))
                        .toList()) {
                    Files.delete(entry); // another sequence's, which nobody is to take for this one's
                }
            }
        }
        Files.writeString(directory.resolve(RECIPE), Configs.yaml(recipe.tree()));
    }

    private GrowthStep.Following following(Interrupt interrupt) {
        return new GrowthStep.Following() {
            @Override
            public TrainingListener listener() {
                return progress;
            }

            @Override
            public void stops(Runnable work) {
                interrupt.stops(work);
            }

            @Override
            public Consumer<String> remarks() {
                return progress::say;
            }
        };
    }

    private Ledger ledger(@Nullable Path origin, Prepared rows) {
        var inputs = new ArrayList<Ledger.Input>();
        if (origin != null) {
            inputs.add(new Ledger.Input(recipe.model(), Ledger.digest(origin)));
        }
        rows.files().forEach(file -> inputs.add(new Ledger.Input(file.toString(), Ledger.digest(file))));
        return Ledger.of(
                "weight_aligning",
                recipe.tree(),
                inputs,
                recipe.recipe().train().seed(),
                Engine.threads());
    }

    /** Figures and page of the tasks so far. */
    private void tell(Path directory, SequenceResult result, Ledger ledger) throws IOException {
        ObjectNode figures = Configs.JSON.createObjectNode();
        figures.put("method", "weight_aligning");
        figures.set("classes", Configs.JSON.valueToTree(result.labels()));
        figures.put("average_incremental", result.after().average());
        if (result.tasks().size() > 1) {
            figures.put("average_incremental_without_first", result.after().averageWithoutFirst());
            figures.put("forgetting", result.after().forgetting());
        }
        figures.put("last", result.after().last());
        figures.put("average_incremental_before_alignment", result.before().average());
        figures.put("last_before_alignment", result.before().last());
        figures.set("exemplars", Configs.JSON.valueToTree(result.exemplars()));
        figures.set("tasks", Configs.JSON.valueToTree(result.tasks()));
        Files.writeString(directory.resolve(FIGURES), figures.toPrettyString() + "\n");
        new SequencePage(recipe, result, ledger).page().write(directory.resolve(REPORT));
    }

    /** The model of all tasks, and the recipe as it took effect. */
    private void write(Path directory, BaseModel base, Prepared rows, SequenceResult result, Ledger ledger)
            throws IOException {
        ObjectNode config = Classes.named(base.config(), result.labels());
        Map<String, Tensor> weights = new LinkedHashMap<>(result.weights());
        try (Staged staged = Staged.output(directory.resolve(MERGED))) {
            new WrittenModel(config, base.companions(), rows.beside(), Params.of(weights), ledger.metadata())
                    .into(staged.path());
            Exemplars<String> kept = Exemplars.of(rows.split().train(), result);
            if (kept.rows() > 0) {
                TextGrowth.write(kept, staged.path());
            }
            staged.commit();
        }
        Recipe work = recipe.recipe();
        InEffect.of(
                        recipe.tree(),
                        work.name(),
                        Engine.device(work.work().device()),
                        ledger,
                        rows.facts(base.companions()))
                .write(directory);
    }
}
