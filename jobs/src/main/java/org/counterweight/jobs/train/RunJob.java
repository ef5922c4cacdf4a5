package org.counterweight.jobs.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.Interrupt;
import org.counterweight.jobs.Occupied;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.process.Companions;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.train.Divisible;
import org.counterweight.train.MetricsFile;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingResult;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.group.ProcessGroup;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.Run;
import org.counterweight.train.state.TrainingException;
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
            RunSetup.device(recipe.work()); // says what to do where there is none
        }
        ModelDescription described = modelCheck().ofRecipe();
        if (described != null && recipe.work().processes() > 1) {
            Divisible.check(described.model());
        }
        task().checkData();
        return Stream.ofNullable(described == null ? null : described.foreign()).toList();
    }

    private ModelCheck modelCheck() {
        return new ModelCheck(recipe, task());
    }

    private RunTask task() {
        return RunTask.of(recipe);
    }

    /** Refuses to write over another run, and, whatever the options, over what no run wrote. */
    public void checkDirectory(boolean resume, boolean overwrite) {
        Path directory = recipe.directory();
        var there = new RunDirectory(directory);
        Destination.check(directory, "--output");
        Occupied.check(directory);
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
        recipe.work().prepareEngine();
        try (var scope = Scope.open()) {
            String name = recipe.model().name();
            Path modelDirectory = name == null ? null : Sources.model(name, fetcher);
            if (modelDirectory != null) {
                modelCheck().of(modelDirectory);
            }
            RunTask kind = task();
            var remarks = new ArrayList<String>();
            progress.during("reading the rows");
            Prepared rows = progress.hearing(remarks, () -> kind.rows(modelDirectory, fetcher, progress, seed));
            try (BaseModel base = RunSetup.base(recipe, modelDirectory, kind, rows, seed)) {
                var setup = new RunSetup(recipe, kind, rows, base, seed, progress);
                Adaptation adapted = setup.adapted();
                progress.say(adapted.summary() + "; " + adapted.share() + " of the parameters train");
                new Outputs(recipe, kind, base, adapted, modelDirectory, rows.files()).check(progress);
                setup.check(adapted);
                try (@Nullable Companions beside = companions()) {
                    return run(setup, adapted, modelDirectory, remarks, new RunContext(resume, begun, beside));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** The other processes, which make ready in the meantime; null where this one works alone. */
    private @Nullable Companions companions() {
        int processes = recipe.work().processes();
        return processes == 1
                ? null
                : Companions.start(FollowingRun.class, Configs.yaml(recipe.tree()), processes, threadsOfEach());
    }

    private int threadsOfEach() {
        return Math.max(1, Engine.threads() / recipe.work().processes());
    }

    /**
     * How a run goes.
     *
     * @param begun when, in nanoseconds
     * @param beside the other processes that take part
     */
    private record RunContext(
            boolean resume, long begun, @Nullable Companions beside) {}

    private Outcome run(
            RunSetup setup, Adaptation adapted, @Nullable Path modelDirectory, List<String> remarks, RunContext way)
            throws IOException {
        Path directory = recipe.directory();
        RunTask kind = setup.kind();
        BaseModel base = setup.base();
        Prepared rows = setup.rows();
        Baseline baseline =
                recipe.output().baseline() ? kind.baseline(base, adapted, rows, setup.seed(), progress) : null;
        List<PartReport> beside = setup.decayBaseline(adapted);
        Adaptation adaptation = setup.reparametrized(adapted); // of the head that the baseline may have put there
        setup.checkGroups(adaptation);
        var outputs = new Outputs(recipe, kind, base, adaptation, modelDirectory, rows.files());
        Run plain = setup.plain(adaptation);
        try (var occupied = Occupied.take(directory);
                var interrupt = new Interrupt(progress::say)) {
            begin(directory, way.resume());
            Run run = plain.joinedBy(recipe.parts());
            TrainingResult result = train(run, way, interrupt);
            double seconds = (System.nanoTime() - way.begun()) / 1e9;
            if (result.interrupted()) {
                return new Outcome(directory, interrupt.signal(), null, null, seconds);
            }
            progress.during("judging by the test rows");
            Evaluation test = kind.evaluator(rows, rows.split().test()).evaluate(base.model(), adaptation.params());
            var outcome = new Outcome(directory, 0, test, baseline, seconds);
            progress.say("writing " + directory);
            outputs.write(
                    outcome,
                    rows,
                    Stream.concat(run.reports().stream(), beside.stream()).toList(),
                    remarks);
            Files.deleteIfExists(directory.resolve(RunDirectory.CHECKPOINT));
            return outcome.askedBy(interrupt.signal());
        }
    }

    private void begin(Path directory, boolean resume) throws IOException {
        if (!resume) {
            Files.deleteIfExists(directory.resolve(
                    RunDirectory.CHECKPOINT)); // another run's, which nobody is to take for this one's
        }
        Files.writeString(directory.resolve(RunDirectory.RECIPE), Configs.yaml(recipe.tree()));
    }

    private TrainingResult train(Run run, RunContext way, Interrupt interrupt) {
        List<PartReport> parts = run.reports();
        parts.stream().map(PartReport::announcement).filter(Objects::nonNull).forEach(progress::say);
        progress.inTurn(parts.stream().mapToInt(PartReport::models).max().orElse(1));
        try {
            TrainingResult result = way.beside() == null
                    ? train(run, way.resume(), interrupt, ProcessGroup.ALONE)
                    : together(run, way.resume(), interrupt, way.beside());
            parts.forEach(part -> part.warnings().forEach(progress::say));
            return result;
        } finally {
            run.task().events().forEach(TrainingEvents::close);
        }
    }

    private TrainingResult together(Run run, boolean resume, Interrupt interrupt, Companions beside) {
        int threads = Engine.threads();
        try (var group = beside.join()) {
            int each = threadsOfEach();
            progress.say(group.size() + " processes take each step together; threads of each: " + each);
            Engine.setThreads(each);
            return train(run, resume, interrupt, group);
        } catch (TrainingException e) {
            throw beside.explained(e);
        } finally {
            Engine.setThreads(threads);
        }
    }

    private TrainingResult train(Run run, boolean resume, Interrupt interrupt, ProcessGroup group) {
        Path directory = recipe.directory();
        TrainConfig config = run.config();
        var relay = new LateListener();
        Path checkpoint = directory.resolve(RunDirectory.CHECKPOINT);
        try (var trainer = new Trainer(run.task(), config, relay, checkpoint, group)) {
            interrupt.stops(trainer::stop);
            if (resume) {
                trainer.resume();
                progress.say("resumed after step " + trainer.step());
            }
            if (trainer.settledAfter() > 0 && config.keepBest()) {
                progress.say("evaluations count from step " + trainer.settledAfter() + " on: until then "
                        + run.task().events().stream()
                                .filter(event -> event.settledAfter() > 0)
                                .map(TrainingEvents::unsettled)
                                .collect(Collectors.joining(", and ")));
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
