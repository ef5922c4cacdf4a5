package org.counterweight.jobs.grow;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.data.DataException;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.incremental.GrownHead;
import org.counterweight.incremental.run.GrowConfig;
import org.counterweight.incremental.run.GrowthStep;
import org.counterweight.incremental.run.HeldOut;
import org.counterweight.incremental.run.Lesson;
import org.counterweight.incremental.run.Teacher;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Cut;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.Described;
import org.counterweight.jobs.model.HeadChoice;
import org.counterweight.jobs.predict.TextClassifier;
import org.counterweight.jobs.recipe.GrowSettings;
import org.counterweight.jobs.recipe.ModelSection;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.part.LinearHead;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.measure.HeadFeatures;
import org.counterweight.weights.ModelDirectory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A served classifier and rows of new classes become a classifier of both, without the rows of the old classes but for the
 * few that were kept.
 *
 * @param model directory of the served model
 */
public record GrowJob(Path model, Texts texts, GrowSettings settings, ProgressLine progress) {
    /** What a grown model's directory says of how it grew. */
    public static final String FIGURES = "grow.json";
    /** The page beside it. */
    public static final String REPORT = "report.html";

    /**
     * Files with texts and their classes.
     *
     * @param added rows of the new classes
     * @param remember rows of old classes to pick from what is kept of them; null for what lies beside the model
     * @param test rows of both to judge by, or null
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
            @Nullable Integer maxLength) {
        /** All rows of a file, with the classes that occur in it. */
        LabelledTexts all(Path file, Consumer<String> remarks) {
            TableRows rows = new TextFile(file, format).read(List.of(Wanted.text(text), Wanted.text(label)), remarks);
            return LabelledTexts.of(rows.texts(text), rows.texts(label));
        }

        LabelledTexts of(Path file, List<String> classes, Consumer<String> remarks) {
            return new TextFile(file, format).labelled(text, label, classes, remarks);
        }
    }

    /** Refuses a file that cannot be read before any model is. */
    public void check() {
        for (Path file : new Path[] {texts.added(), texts.remember(), texts.test()}) {
            if (file != null) {
                new TextFile(file, texts.format()).check(List.of(texts.text(), texts.label()));
            }
        }
    }

    /** The model before, and how it reads. */
    private record Served(ModelDirectory files, AdaptedModel adapted, List<String> labels, int length) {}

    /** Grows, and writes the model's directory, whole or not at all. */
    public GrownReport write(Path output) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(model)) {
            AdaptedModel adapted = AdaptedModel.of(files, null);
            TextClassifier.check(model, adapted, texts.maxLength());
            int length = ClassifierLength.of(texts.maxLength(), adapted, model);
            var served = new Served(files, adapted, Described.labels(adapted.config()), length);
            LinearHead.name(adapted.model(), "cw grow");
            LabelledTexts added = texts.all(texts.added(), progress::say);
            checkNew(served.labels(), added.labelNames());
            try (TextTokenizer tokenizer = TextTokenizer.open(model, length)) {
                return grown(served, added, tokenizer, output);
            }
        }
    }

    private void checkNew(List<String> known, List<String> added) {
        List<String> both = added.stream().filter(known::contains).toList();
        if (!both.isEmpty()) {
            throw new DataException(texts.added() + ": has rows of classes that the model knows already: "
                    + String.join(", ", both) + "; leave them out, or train the model on with cw run");
        }
    }

    private GrownReport grown(Served served, LabelledTexts added, TextTokenizer tokenizer, Path output) {
        GrowConfig config = settings.grow();
        var labels = new ArrayList<>(served.labels());
        labels.addAll(added.labelNames());
        int quota = config.memory().of(labels.size());
        var keeping = new Keeping(config, new Seed(settings.train().seed()).child("herding"), tokenizer, progress::say);
        Exemplars kept = config.method().remembers()
                ? remembered(served, keeping, config.memory().of(served.labels().size()))
                : Exemplars.NONE;
        keeping.checkMissing(served.labels(), kept);
        var rows = GrowthRows.of(added, kept, labels, tokenizer);
        Cut.of(rows.all().tokens(), served.length()).tell("--max-length N reads more", progress::say);
        var seed = new Seed(settings.train().seed());
        var section = ModelSection.named(model.toString());
        try (BaseModel base = BaseModel.open(
                model, section, classifier(section, served.length()), labels, seed, Engine.device("cpu"))) {
            Params params = params(base, served, config, seed);
            int known = served.labels().size();
            List<GrownReport.Earlier> earlier = GrownReport.Earlier.of(model.resolve(FIGURES));
            var step = new GrowthStep(config, base.model(), params, known, earlier.size() + 1, settings.train());
            HeldOut held = config.method() == GrowConfig.Way.BIC
                    ? HeldOut.of(rows.kept(), rows.added(), quota, seed.child("held"))
                    : HeldOut.NONE;
            var learnt = rows.select(held.without(rows.all().size()));
            Tensor teacher = TextClassifier.logits(
                    model, served.adapted().model(), served.adapted().computed(), learnt, known);
            progress.say("learning " + added.labelNames().size() + " classes from "
                    + (rows.all().size() - kept.rows()) + " rows, beside " + known + " that are known, of which "
                    + kept.rows() + " rows are kept");
            var lesson = Lesson.of(
                    learnt, held.rows().length == 0 ? null : rows.select(held.rows()), Teacher.remembering(teacher));
            GrowthStep.Result result = step.run(lesson, null, following());
            progress.end();
            Exemplars next = kept.first(quota).and(keeping.ofNew(step, added, labels, quota));
            if (config.method() == GrowConfig.Way.ICARL) {
                keeping.answerByMeans(step, next, labels);
            }
            var report = report(
                    served, added, kept, result, quota, tested(served, step, result, labels, tokenizer), earlier);
            new GrownFiles(model, texts, settings)
                    .write(base, params, config.method().remembers() ? next : Exemplars.NONE, report, output);
            return report;
        }
    }

    /** What is kept of old classes: picked from the user's rows as the old model sees them, or what lies beside the model. */
    private Exemplars remembered(Served served, Keeping keeping, int quota) {
        Path beside = model.resolve(Exemplars.FILE);
        Exemplars kept = Files.isRegularFile(beside) ? Exemplars.read(beside, served.labels()) : Exemplars.NONE;
        return texts.remember() == null
                ? kept
                : kept.and(keeping.ofOld(
                        served.adapted(), texts.of(texts.remember(), served.labels(), progress::say), quota));
    }

    private static HeadChoice classifier(ModelSection section, int length) {
        return new HeadChoice() {
            @Override
            public Described describe(Path origin, ObjectNode base, List<String> labels) {
                Described described = Described.classifier(origin, base, section, labels);
                ClassifierLength.record(described.config(), length);
                return described;
            }

            @Override
            public List<String> heads(Model model) {
                return model.modules().heads();
            }
        };
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

    private List<GrownReport.Accuracy> tested(
            Served served, GrowthStep step, GrowthStep.Result result, List<String> labels, TextTokenizer tokenizer) {
        if (texts.test() == null) {
            return List.of();
        }
        var rows = TextClassification.of(texts.of(texts.test(), labels, progress::say), tokenizer);
        HeadFeatures features = step.features(rows);
        int known = served.labels().size();
        Tensor before = TextClassifier.logits(
                model, served.adapted().model(), served.adapted().computed(), rows, known);
        Tensor truth = features.labels();
        return List.of(
                GrownReport.Accuracy.of("served before", before, truth, known),
                GrownReport.Accuracy.of("as trained", result.trained().logits(features.values()), truth, known),
                GrownReport.Accuracy.of("as written", step.live().logits(features.values()), truth, known));
    }

    private GrownReport report(
            Served served,
            LabelledTexts added,
            Exemplars kept,
            GrowthStep.Result result,
            int quota,
            List<GrownReport.Accuracy> accuracy,
            List<GrownReport.Earlier> earlier) {
        var aligned = result.aligned();
        var corrected = result.corrected();
        return new GrownReport(
                served.labels(),
                added.labelNames(),
                settings.grow().method().name().toLowerCase(Locale.ROOT),
                settings.grow().preset().name().toLowerCase(Locale.ROOT),
                added.texts().size() + kept.rows(),
                kept.rows(),
                result.restricted(),
                aligned == null ? null : aligned.gamma(),
                aligned == null ? null : aligned.unclamped(),
                aligned == null ? null : aligned.oldNorm(),
                aligned == null ? null : aligned.newNorm(),
                corrected == null ? null : corrected.alpha(),
                corrected == null ? null : corrected.beta(),
                settings.grow().method().remembers() ? quota : 0,
                accuracy,
                earlier);
    }
}
