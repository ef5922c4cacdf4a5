package org.counterweight.jobs.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.text.TextClassification;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.fewgen.classify.Learner;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.InEffect;
import org.counterweight.jobs.Interrupt;
import org.counterweight.jobs.Occupied;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.generate.GenerateOutcome.Result;
import org.counterweight.jobs.generate.LearnStage.Compared;
import org.counterweight.jobs.generate.LearnStage.Learnt;
import org.counterweight.jobs.generate.LearnStage.Uses;
import org.counterweight.jobs.recipe.program.FewData;
import org.counterweight.jobs.recipe.program.GenerateRecipe;
import org.counterweight.model.Model;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WrittenFiles;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * FewGen from a few examples to a classifier: prefixes are tuned, texts written, the classifier learns. What each stage made
 * stands in the run's directory; it is gone on from there, or done anew from a stage on.
 */
public record GenerateJob(GenerateRecipe recipe, Fetcher fetcher, ProgressLine progress) {
    /** The page of the run. */
    public static final String REPORT = "report.html";
    /** Its figures. */
    public static final String FIGURES = "figures.json";
    /** All texts, each with its weight and its fate. */
    public static final String SYNTHETIC = "synthetic.jsonl";
    /** The classifier. */
    public static final String MERGED = "merged";

    private static final String RECIPE = "recipe.yaml";

    /** Refuses what can be refused without fetching or learning anything. */
    public void check() {
        Path generator = Path.of(recipe.generator());
        if (!Files.isDirectory(generator)) {
            throw new ConfigException("generator: " + generator
                    + " is no directory; no catalogue has a pretrained decoder, so train one on texts of the kind, as"
                    + " cw run examples/generate/language.yaml does, or give a Hugging Face directory");
        }
        Sources.checkModel(String.valueOf(recipe.classifier().name()));
        FewData data = recipe.data();
        var columns = new ArrayList<>(List.of(data.text(), data.label()));
        if (data.pair() != null) {
            columns.add(data.pair());
        }
        Stream.of(data.train(), dev(), data.test())
                .filter(Objects::nonNull)
                .forEach(file -> new TextFile(Path.of(file), data.format()).check(columns));
        String unlabelled = recipe.texts().unlabelled();
        if (unlabelled != null) {
            new TextFile(Path.of(unlabelled)).check(List.of(recipe.texts().column()));
        }
        FewRows examples =
                FewRows.read(data.train(), data, recipe.names(), remark -> {}).requireEach(data.train());
        Stream.of(dev(), data.test())
                .filter(Objects::nonNull)
                .forEach(file -> FewRows.read(file, data, recipe.names(), remark -> {}));
        try (var scope = Scope.open();
                OpenedGenerator opened = OpenedGenerator.open(generator, recipe)) {
            new TuneStage(recipe, opened, examples, progress).check();
        }
        if (isOfUser()) { // else it is fetched when the work begins, and looked at then
            OpenedClassifier.check(recipe, origin(), progress::say);
        }
    }

    /** The file to choose by; null where there is none, or no row in it. */
    private @Nullable String dev() {
        String file = recipe.data().dev();
        return file != null && new TextFile(Path.of(file), recipe.data().format()).hasRows() ? file : null;
    }

    private List<Path> files() {
        FewData data = recipe.data();
        return Stream.of(data.train(), data.dev(), data.test())
                .filter(Objects::nonNull)
                .map(Path::of)
                .distinct()
                .toList();
    }

    /**
     * Refuses to write over another run, and to go on with one of another recipe.
     *
     * @param from the stage from which all is done anew; null to go on where it was left
     */
    public void checkDirectory(boolean resume, @Nullable Stage from, boolean overwrite) {
        Path directory = recipe.directory();
        Destination.check(directory, "--output");
        Occupied.check(directory);
        Destination.checkHoldsNone(directory, inputs(), "--output");
        boolean begun = Files.exists(directory.resolve(RECIPE));
        if (resume && !begun) {
            throw new ConfigException(directory + " has no " + RECIPE + " to resume from; start without --resume");
        }
        if (resume) {
            Stage.checkSame(directory.resolve(RECIPE), recipe.tree(), from);
            if (from != null) {
                from.checkBefore(directory);
            }
            return;
        }
        if (!Staged.wouldReplace(directory)) {
            return;
        }
        List<String> foreign = Stage.foreign(directory);
        if (!foreign.isEmpty()) {
            throw new ConfigException(directory + " holds " + WrittenFiles.named(foreign)
                    + ", which cw generate did not write and does not replace; name another directory with --output");
        }
        if (!overwrite) {
            throw new ConfigException(
                    directory + " is not empty; go on with --resume, add --overwrite, or name another with --output");
        }
    }

    private List<Path> inputs() {
        return Stream.concat(Stream.of(Path.of(recipe.generator())), files().stream())
                .toList();
    }

    /** Does all stages that are not done. */
    public GenerateOutcome run(boolean resume, @Nullable Stage from) {
        Path directory = recipe.directory();
        var stop = new AtomicBoolean();
        try (var scope = Scope.open();
                var interrupt = new Interrupt(progress::say)) {
            interrupt.stops(() -> stop.set(true));
            if (!isOfUser()) {
                OpenedClassifier.check(recipe, origin(), progress::say); // before hours of work for it
            }
            try (var occupied = Occupied.take(directory)) {
                begin(directory, resume, from);
                Ledger ledger = ledger();
                Result result = stages(directory, stop::get, ledger);
                return new GenerateOutcome(directory, result == null ? interrupt.signal() : 0, result);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void begin(Path directory, boolean resume, @Nullable Stage from) throws IOException {
        Stage first = resume ? from : Stage.TUNE;
        if (first != null) {
            first.removeFrom(directory);
        }
        Files.writeString(directory.resolve(RECIPE), Configs.yaml(recipe.tree()));
    }

    private Ledger ledger() {
        List<Ledger.Input> inputs = inputs().stream()
                .map(file -> new Ledger.Input(file.toString(), Ledger.digest(file)))
                .toList();
        return Ledger.of("fewgen", recipe.tree(), inputs, recipe.fewgen().seed(), Engine.threads());
    }

    /** Null where it was stopped. */
    private @Nullable Result stages(Path directory, BooleanSupplier stops, Ledger ledger) throws IOException {
        FewData data = recipe.data();
        FewRows examples =
                FewRows.read(data.train(), data, recipe.names(), progress::say).requireEach(data.train());
        TuneStage.Curve curve;
        try (var scope = Scope.open();
                OpenedGenerator opened = OpenedGenerator.open(Path.of(recipe.generator()), recipe)) {
            Path tuned = directory.resolve(TuneStage.FILE);
            if (!Files.exists(tuned)
                    && !new TuneStage(recipe, opened, examples, progress).run(directory, stops, ledger)) {
                return null;
            }
            curve = TuneStage.restore(tuned, opened.generator(), recipe.names());
            if (!Files.exists(directory.resolve(WriteStage.FILE))
                    && !new WriteStage(recipe, opened, examples, progress).run(directory, stops)) {
                return null;
            }
        }
        WrittenTexts written = WrittenTexts.read(directory.resolve(WriteStage.FILE), recipe.names());
        return learn(directory, examples, written, curve, stops, ledger);
    }

    private @Nullable Result learn(
            Path directory,
            FewRows examples,
            WrittenTexts written,
            TuneStage.Curve curve,
            BooleanSupplier stops,
            Ledger ledger)
            throws IOException {
        var seed = new Seed(recipe.fewgen().seed()).child("learn");
        FewRows texts = written.interleaved(recipe.names());
        try (OpenedClassifier classifier = OpenedClassifier.open(recipe, origin(), seed)) {
            TextClassification dev = held(dev(), classifier);
            TextClassification test = held(recipe.data().test(), classifier);
            if (dev == null) {
                String file = recipe.data().dev();
                progress.say((file == null ? "There is no data.dev" : "data.dev, " + file + ", has no rows")
                        + " to choose by: the last weights are kept");
            }
            var stage = new LearnStage(
                    recipe.fewgen().learn(),
                    seed,
                    classifier.model(),
                    classifier.base().weights(),
                    classifier.read(examples),
                    classifier.read(texts),
                    dev,
                    progress,
                    stops);
            Compared compared = stage.run(directory);
            if (compared == null) {
                return null;
            }
            Uses uses = LearnStage.uses(directory);
            Model model = classifier.model();
            var judges = test == null
                    ? new Judges(model, dev(), dev)
                    : new Judges(model, recipe.data().test(), test);
            Result result = result(written, texts, uses, judges, compared);
            classifier.write(directory.resolve(MERGED), compared.written().weights(), ledger);
            new SyntheticTexts(recipe.names(), written, texts, uses).write(directory.resolve(SYNTHETIC));
            InEffect.of(recipe.tree(), "", Engine.device("cpu"), ledger, result.facts())
                    .write(directory);
            Files.writeString(directory.resolve(FIGURES), result.json().toPrettyString() + "\n");
            new GeneratePage(recipe, classifier.prompt(), result, curve, compared, uses, written, ledger)
                    .page()
                    .write(directory.resolve(REPORT));
            return result;
        }
    }

    /** Whether the classifier is a directory, and none of the catalogue's. */
    private boolean isOfUser() {
        return Files.isDirectory(Path.of(String.valueOf(recipe.classifier().name())));
    }

    private Path origin() {
        return Sources.model(String.valueOf(recipe.classifier().name()), fetcher);
    }

    /**
     * The rows to judge by.
     *
     * @param file they are of; null where there are none
     */
    private record Judges(
            Model model, @Nullable String file, @Nullable TextClassification rows) {
        int count() {
            return rows == null ? 0 : rows.size();
        }

        /** NaN without a row. */
        double accuracy(Learnt learnt) {
            return rows == null ? Double.NaN : Learner.accuracy(model, learnt.weights(), rows);
        }
    }

    private @Nullable TextClassification held(@Nullable String file, OpenedClassifier classifier) {
        return file == null ? null : classifier.read(FewRows.read(file, recipe.data(), recipe.names(), progress::say));
    }

    private Result result(WrittenTexts written, FewRows texts, Uses uses, Judges judges, Compared compared) {
        int labels = recipe.names().size();
        List<Integer> learnt = IntStream.range(0, labels)
                .mapToObj(label -> (int) IntStream.range(0, texts.size())
                        .filter(row -> texts.labels().get(row) == label && uses.times()[row] > 0)
                        .count())
                .toList();
        return new Result(
                recipe.names(),
                IntStream.range(0, labels).mapToObj(written::counts).toList(),
                texts.texts().stream().distinct().count(),
                written.underSeveralLabels(),
                learnt,
                judges.file(),
                judges.count(),
                judges.accuracy(compared.fewShot()),
                judges.accuracy(compared.repeated()),
                judges.accuracy(compared.written()));
    }
}
