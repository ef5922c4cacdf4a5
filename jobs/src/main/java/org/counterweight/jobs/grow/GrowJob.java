package org.counterweight.jobs.grow;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.incremental.GrownHead;
import org.counterweight.incremental.run.GrowConfig;
import org.counterweight.incremental.run.GrowthStep;
import org.counterweight.incremental.run.HeldOut;
import org.counterweight.incremental.run.StepRows;
import org.counterweight.incremental.run.Teacher;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.predict.TextClassifier;
import org.counterweight.jobs.recipe.ModelSection;
import org.counterweight.jobs.recipe.program.GrowSettings;
import org.counterweight.model.Params;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;

/**
 * A served classifier and rows of new classes become a classifier of both, without the rows of the old classes but for the
 * few that were kept.
 *
 * @param model directory of the served model
 * @param source the rows
 */
public record GrowJob(Path model, Source source, GrowSettings settings, ProgressLine progress) {
    /** What a grown model's directory says of how it grew. */
    public static final String FIGURES = "grow.json";
    /** The page beside it. */
    public static final String REPORT = "report.html";

    /** Where the rows are. */
    public sealed interface Source {
        /** Rows of the new classes. */
        Path added();

        /** Rows of old classes to pick from what is kept of them; null for what lies beside the model. */
        @Nullable
        Path remember();

        /** Rows of both to judge by, or null. */
        @Nullable
        Path test();
    }

    /**
     * Files with texts and their classes.
     *
     * @param format how the files are written
     * @param text and {@code label}: names of columns
     * @param maxLength tokens of a text that the user allowed; null for what the model was trained with
     */
    public record Texts(
            Path added,
            @Nullable Path remember,
            @Nullable Path test,
            TableFormat format,
            String text,
            String label,
            @Nullable Integer maxLength)
            implements Source {}

    /** Pictures: directories with one for each class, or idx files beside which the classes lie. */
    public record Pictures(
            Path added, @Nullable Path remember, @Nullable Path test) implements Source {
        /** Whether a path holds pictures, and no texts. */
        public static boolean areAt(Path path) {
            return Files.isDirectory(path) || (Files.isRegularFile(path) && ImageSet.isIdx(path));
        }
    }

    /** Refuses a file that cannot be read before any model is. */
    public void check() {
        for (Path file : new Path[] {source.added(), source.remember(), source.test()}) {
            if (file == null) {
                continue;
            }
            if (source instanceof Texts texts) {
                new TextFile(file, texts.format()).check(List.of(texts.text(), texts.label()));
            } else {
                PictureGrowth.check(file);
            }
        }
    }

    /** The model before. */
    private record Served(AdaptedModel adapted, List<String> labels) {}

    /** Grows, and writes the model's directory, whole or not at all. */
    public GrownReport write(Path output) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(model)) {
            AdaptedModel adapted = AdaptedModel.of(files, null);
            var served = new Served(adapted, ModelDescription.labels(adapted.config()));
            try (GrowthKind<?> kind = kind(adapted)) {
                LinearHead.name(adapted.model(), "cw grow");
                return grown(served, kind, output);
            }
        }
    }

    private GrowthKind<?> kind(AdaptedModel adapted) {
        boolean seesImages = ModelDescription.isOfImages(adapted.config());
        if (seesImages != source instanceof Pictures) {
            throw new ConfigException(source.added() + ": " + (seesImages ? "has texts" : "has pictures") + ", but "
                    + model + " tells classes of " + (seesImages ? "images" : "texts") + "; name "
                    + (seesImages ? "a directory with one for each class, or an idx file" : "a file of rows"));
        }
        return source instanceof Texts texts
                ? TextGrowth.open(model, adapted, texts, progress::say)
                : PictureGrowth.open(model);
    }

    private void checkNew(List<String> known, List<String> added) {
        List<String> both = added.stream().filter(known::contains).toList();
        if (!both.isEmpty()) {
            throw new DataException(source.added() + ": has rows of classes that the model knows already: "
                    + String.join(", ", both) + "; leave them out, or train the model on with cw run");
        }
    }

    private <R> GrownReport grown(Served served, GrowthKind<R> kind, Path output) {
        Labelled<R> added = kind.all(source.added());
        checkNew(served.labels(), added.labelNames());
        GrowConfig config = settings.grow();
        var labels = new ArrayList<>(served.labels());
        labels.addAll(added.labelNames());
        int quota = config.memory().of(labels.size());
        var seed = new Seed(settings.train().seed());
        var selection = new ExemplarSelection<>(config, seed.child("herding"), kind, progress::say);
        Exemplars<R> kept = config.method().remembers()
                ? remembered(
                        served,
                        kind,
                        selection,
                        config.memory().of(served.labels().size()))
                : Exemplars.none();
        selection.checkMissing(served.labels(), kept);
        var rows = GrowthRows.of(added, kept, labels, kind);
        kind.tellUnseen(rows.all());
        var section = ModelSection.named(model.toString());
        try (BaseModel base = BaseModel.open(model, section, kind.head(section), labels, seed, Engine.device("cpu"))) {
            Params params = params(base, served, config, seed);
            int known = served.labels().size();
            List<GrownReport.Earlier> earlier = GrownReport.Earlier.of(model.resolve(FIGURES));
            var step = new GrowthStep(config, base.model(), params, known, earlier.size() + 1, settings.train());
            HeldOut held = config.method() == GrowConfig.Method.BIC
                    ? HeldOut.of(rows.kept(), rows.added(), quota, seed.child("held"))
                    : HeldOut.NONE;
            var learnt = rows.select(held.without(rows.all().size()));
            Tensor teacher = before(served, learnt);
            progress.say("learning " + added.labelNames().size() + " classes from "
                    + (rows.all().size() - kept.rows()) + " rows, beside " + known + " that are known, of which "
                    + kept.rows() + " rows are kept");
            var stepRows = StepRows.of(
                    learnt, held.rows().length == 0 ? null : rows.select(held.rows()), Teacher.remembering(teacher));
            GrowthStep.Result result = step.run(stepRows, null, following());
            progress.end();
            Exemplars<R> next = kept.first(quota).and(selection.ofNew(step, added, labels, quota));
            if (config.method() == GrowConfig.Method.ICARL) {
                selection.answerByMeans(step, next, labels);
            }
            var report = GrownReport.of(
                    config,
                    served.labels(),
                    added.labelNames(),
                    added.rows().size(),
                    kept.rows(),
                    result,
                    tested(served, step, result, labels, kind),
                    earlier);
            new GrownFiles<>(model, source, kind, settings)
                    .write(base, params, config.method().remembers() ? next : Exemplars.none(), report, output);
            return report;
        }
    }

    /** What is kept of old classes: picked from the user's rows as the old model sees them, or what lies beside the model. */
    private <R> Exemplars<R> remembered(Served served, GrowthKind<R> kind, ExemplarSelection<R> selection, int quota) {
        Exemplars<R> kept = kind.kept(model, served.labels());
        return source.remember() == null
                ? kept
                : kept.and(selection.ofOld(served.adapted(), kind.of(source.remember(), served.labels()), quota));
    }

    /** What the model before makes of rows. */
    private Tensor before(Served served, LabelledDataset rows) {
        AdaptedModel adapted = served.adapted();
        return TextClassifier.logits(
                model,
                adapted.model(),
                adapted.computed(),
                rows,
                served.labels().size());
    }

    /** The served weights with a head that has grown; all of them train, biases of the head if the settings say so. */
    private static Params params(BaseModel base, Served served, GrowConfig config, Seed seed) {
        String head = LinearHead.name(base.model(), "cw grow");
        var weights = new LinkedHashMap<>(base.weights());
        weights.replaceAll((name, tensor) ->
                tensor.clone().requires_grad_(!base.model().modules().buffers().contains(name)));
        Params params = Params.of(weights);
        LinearHead live = LinearHead.of(params, head);
        LinearHead old = LinearHead.of(served.adapted().computed(), head);
        // New rows as the architecture draws them: rows of another scale would be aligned for that, not for what they
        // learnt.
        LinearHead fresh = config.redraws()
                ? LinearHead.of(
                        Params.of(base.model().initialize(seed.child("redrawn").generator())), head)
                : live;
        live.take(GrownHead.of(old, fresh, config.redraws()));
        Tensor bias = live.bias();
        if (bias != null) {
            bias.requires_grad_(config.trainsBias());
        }
        return params;
    }

    private GrowthStep.Following following() {
        return new GrowthStep.Following() {
            @Override
            public TrainingListener listener() {
                return progress;
            }

            @Override
            public void stops(Runnable work) {} // a step is short, and nothing is written before its end

            @Override
            public Consumer<String> remarks() {
                return progress::say;
            }
        };
    }

    private <R> List<GrownReport.Accuracy> tested(
            Served served, GrowthStep step, GrowthStep.Result result, List<String> labels, GrowthKind<R> kind) {
        if (source.test() == null) {
            return List.of();
        }
        LabelledDataset rows = kind.seen(kind.of(source.test(), labels));
        HeadFeatures features = step.features(rows);
        int known = served.labels().size();
        Tensor truth = features.labels();
        return List.of(
                GrownReport.Accuracy.of("served before", before(served, rows), truth, known),
                GrownReport.Accuracy.of("as trained", result.trained().logits(features.values()), truth, known),
                GrownReport.Accuracy.of("as written", step.live().logits(features.values()), truth, known));
    }
}
