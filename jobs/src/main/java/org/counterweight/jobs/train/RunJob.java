package org.counterweight.jobs.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Device;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.LabelledDataset;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.Interrupt;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.baseline.DecayBaseline;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.Described;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.train.MetricsFile;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingResult;
import org.counterweight.train.augment.Augmentation;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WrittenFiles;
import org.jspecify.annotations.Nullable;

/** A model learns: what {@code cw run} does with a recipe, from the first check to the report. */
public record RunJob(Recipe recipe, Fetcher fetcher, ProgressLine progress) {
    /**
     * Refuses what can be refused without fetching or computing anything.
     *
     * @return what the run will write otherwise than other readers expect, one line each
     */
    public List<String> check() {
        if (recipe.work().device().startsWith("cuda")) {
            device(); // says what to do where there is none
        }
        Described described = modelCheck().ofRecipe();
        task().checkData();
        return Stream.ofNullable(described == null ? null : described.foreign()).toList();
    }

    private ModelCheck modelCheck() {
        return new ModelCheck(recipe, task());
    }

    private RunTask task() {
        return RunTask.of(recipe);
    }

    /** Where the work is done. */
    private Device device() {
        return Engine.device(recipe.work().device());
    }

    /** Refuses to write over another run, and, whatever the options, over what no run wrote. */
    public void checkDirectory(boolean resume, boolean overwrite) {
        Path directory = recipe.directory();
        var there = new RunDirectory(directory);
        Destination.check(directory, "--output");
        if (resume && !Files.exists(directory.resolve(RunDirectory.CHECKPOINT))) {
            throw new ConfigException(
                    directory + " has no " + RunDirectory.CHECKPOINT + " to resume from; start without --resume");
        }
        if (resume) {
            new BegunRun(directory.resolve(RunDirectory.RECIPE)).checkUnchanged(recipe);
            there.refuse(there.foreignInParts());
            return;
        }
        List<String> foreign = there.foreign();
        if (!overwrite && Staged.wouldReplace(directory)) {
            boolean broken = Files.exists(directory.resolve(RunDirectory.CHECKPOINT));
            throw new ConfigException(directory + " is not empty; " + (broken ? "go on with --resume, or " : "")
                    + (foreign.isEmpty() ? "add --overwrite, or " : "") + "name another with --output"
                    + (foreign.isEmpty() ? "" : "; it holds " + WrittenFiles.named(foreign) + ", which no run wrote"));
        }
        String name = recipe.model().name();
        if (name != null && Files.exists(Path.of(name))) {
            Destination.checkHoldsNone(directory, List.of(Path.of(name)), "--output");
        }
        there.refuse(foreign);
    }

    /** Does everything, and writes it into the recipe's directory. */
    public Outcome run(boolean resume) {
        long begun = System.nanoTime();
        Seed seed = new Seed(recipe.train().seed());
        Path directory = recipe.directory();
        if (recipe.work().deterministic()) {
            Engine.beDeterministic();
        }
        Integer threads = recipe.work().threads();
        if (threads != null) {
            Engine.setThreads(threads);
        }
        try (var scope = Scope.open()) {
            String name = recipe.model().name();
            Path modelDirectory = name == null ? null : Sources.model(name, fetcher);
            if (modelDirectory != null) {
                modelCheck().of(modelDirectory);
            }
            RunTask kind = task();
            var remarks = new ArrayList<String>();
            Prepared rows = progress.hearing(remarks, () -> kind.rows(modelDirectory, fetcher, progress, seed));
            try (BaseModel base = base(modelDirectory, kind, rows, seed)) {
                @Nullable Choice<Attachment> adapter = recipe.adapter();
                var adapted = Adaptation.of(base, adapter == null ? null : adapter.settings(), seed);
                progress.say(adapted.summary() + "; " + adapted.share() + " of the parameters train");
                new Outputs(recipe, kind, base, adapted, modelDirectory, rows.files()).check(progress);
                checkRun(adapted, kind, base, rows, seed);
                Baseline baseline =
                        recipe.output().baseline() ? kind.baseline(base, adapted, rows, seed, progress) : null;
                List<PartReport> beside = decayBaseline(kind, base, adapted, rows, seed);
                Adaptation adaptation =
                        reparametrized(base, adapted); // of the head that the baseline may have put there
                checkGroups(adaptation);
                var outputs = new Outputs(recipe, kind, base, adaptation, modelDirectory, rows.files());
                Run plain = plain(kind, base, adaptation, rows, seed);
                begin(directory, resume);
                try (var interrupt = new Interrupt(progress::say)) {
                    Run run = plain.joinedBy(recipe.parts());
                    TrainingResult result = train(run, resume, interrupt);
                    double seconds = (System.nanoTime() - begun) / 1e9;
                    if (result.interrupted()) {
                        return new Outcome(directory, interrupt.signal(), null, null, seconds);
                    }
                    Evaluation test =
                            kind.evaluator(rows, rows.split().test()).evaluate(base.model(), adaptation.params());
                    var outcome = new Outcome(directory, 0, test, baseline, seconds);
                    progress.say("writing " + directory);
                    outputs.write(
                            outcome,
                            rows,
                            Stream.concat(run.reports().stream(), beside.stream())
                                    .toList(),
                            remarks);
                    Files.deleteIfExists(directory.resolve(RunDirectory.CHECKPOINT));
                    return outcome.askedBy(interrupt.signal());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private BaseModel base(@Nullable Path directory, RunTask kind, Prepared rows, Seed seed) {
        FreshModel fresh = recipe.model().architecture();
        BaseModel base = fresh != null
                ? BaseModel.fresh(fresh.config(rows.shape()), kind, rows.labels(), seed, device())
                : BaseModel.open(
                        Objects.requireNonNull(directory), recipe.model(), kind, rows.labels(), seed, device());
        base.beginWith(kind.start(rows));
        return base;
    }

    private Adaptation reparametrized(BaseModel base, Adaptation adapted) {
        return recipe.reparametrize() == null
                ? adapted
                : adapted.reparametrized(base, recipe.reparametrize().settings(), progress::say);
    }

    /** What plain weights reach, where the recipe asks for it: one report or none. */
    private List<PartReport> decayBaseline(RunTask kind, BaseModel base, Adaptation adapted, Prepared rows, Seed seed) {
        List<Double> decays = recipe.reparametrize() == null
                ? List.of()
                : recipe.reparametrize().settings().plainDecays();
        if (decays.isEmpty()) {
            return List.of();
        }
        Run plain = plain(kind, base, adapted, rows, seed);
        if (recipe.weigh() != null) {
            plain = plain.with(plain.task().weighedBy(recipe.weigh().settings().create()));
        }
        return List.of(DecayBaseline.of(
                plain, decays, kind.evaluator(rows, rows.split().test()), progress));
    }

    /** Refuses what only the names of what is trained, or the data, tell to be wrong. */
    private void checkRun(Adaptation adaptation, RunTask kind, BaseModel base, Prepared rows, Seed seed) {
        if (recipe.reparametrize() == null) { // else the names of what is trained are others, later
            checkGroups(adaptation);
        }
        Run plain = plain(kind, base, adaptation, rows, seed);
        recipe.parts().forEach(part -> part.check(plain));
    }

    private void checkGroups(Adaptation adaptation) {
        recipe.train().rates().check(adaptation.params().trainables().keySet());
    }

    private void begin(Path directory, boolean resume) throws IOException {
        Files.createDirectories(directory);
        if (!resume) {
            Files.deleteIfExists(directory.resolve(
                    RunDirectory.CHECKPOINT)); // another run's, which nobody is to take for this one's
        }
        Files.writeString(directory.resolve(RunDirectory.RECIPE), Configs.yaml(recipe.tree()));
    }

    /** What is trained, before its parts join it. */
    private Run plain(RunTask kind, BaseModel base, Adaptation adaptation, Prepared rows, Seed seed) {
        Seed order = seed.child("order");
        Task task = Task.of(base.model(), adaptation.params(), batches(rows, order), kind.objective())
                .evaluatedBy(kind.evaluator(rows, rows.split().dev()));
        var begun = new Run(task, recipe.train(), i -> batches(rows, order.child(i)), progress);
        Run run = rows.domains() == null ? begun : begun.with(rows.domains());
        return rows.split().train() instanceof LabelledDataset learnt
                        && !rows.labels().isEmpty()
                ? run.with(new ClassRows(
                        learnt,
                        kind.evaluator(rows, rows.split().test()),
                        sampler -> changed(rows, sampler.over(learnt), order)))
                : run;
    }

    private BatchSource batches(Prepared rows, Seed order) {
        return changed(rows, recipe.train().batches(rows.split().train(), order), order);
    }

    /** Batches as the model sees them. */
    private BatchSource changed(Prepared rows, BatchSource planned, Seed order) {
        return Augmentation.over(rows.seen().apply(planned), recipe.data().augment(), order.child("augment"));
    }

    private TrainingResult train(Run run, boolean resume, Interrupt interrupt) {
        List<PartReport> parts = run.reports();
        parts.stream().map(PartReport::announcement).filter(Objects::nonNull).forEach(progress::say);
        progress.inTurn(parts.stream().mapToInt(PartReport::models).max().orElse(1));
        try {
            TrainingResult result = train(run.task(), run.config(), resume, interrupt);
            parts.forEach(part -> part.warnings().forEach(progress::say));
            return result;
        } finally {
            run.task().events().forEach(TrainingEvents::close);
        }
    }

    private TrainingResult train(Task task, TrainConfig config, boolean resume, Interrupt interrupt) {
        Path directory = recipe.directory();
        var relay = new LateListener();
        try (var trainer = new Trainer(task, config, relay, directory.resolve(RunDirectory.CHECKPOINT))) {
            interrupt.stops(trainer::stop);
            if (resume) {
                trainer.resume();
                progress.say("resumed after step " + trainer.step());
            }
            if (trainer.settledAfter() > 0 && config.keepBest()) {
                progress.say(
                        "evaluations count from step " + trainer.settledAfter()
                                + " on: until then ranks are taken away, and weights with more of them are not to be kept as best");
            }
            try (var metrics = new MetricsFile(directory.resolve(RunDirectory.METRICS), trainer.step())) {
                relay.to(metrics.and(progress));
                TrainingResult result = trainer.run();
                progress.end();
                return result;
            }
        }
    }
}
