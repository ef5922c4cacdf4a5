package org.counterweight.jobs.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.ConfigException;
import org.counterweight.data.Dataset;
import org.counterweight.data.Split;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.LabelColumn;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.data.TextFile;
import org.counterweight.jobs.data.TextRows;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.Described;
import org.counterweight.jobs.recipe.DataSection;
import org.counterweight.jobs.recipe.Labels;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.report.Chart;
import org.counterweight.report.ConfusionPlot;
import org.counterweight.report.Page;
import org.counterweight.train.measure.Confusion;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.objective.Objective;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.WeigherConfig;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A model learns to tell classes of texts. */
record ClassificationTask(Recipe recipe) implements TextTask {
    @Override
    public void checkData() {
        DataSection data = recipe.data();
        if (data.name() != null) {
            Sources.checkTexts(data.name());
            return;
        }
        for (String file : new String[] {data.train(), data.dev(), data.test()}) {
            if (file != null) {
                new TextFile(Path.of(file), data.format()).check(List.of(data.text(), data.label()));
            }
        }
        TableRows rows = TextRows.checked(data, recipe.groups());
        if (data.labels() == Labels.AUTO) {
            Path file = Path.of(String.valueOf(data.train()));
            LabelColumn.of(file, data.label(), rows).check();
        }
    }

    @Override
    public Described describe(Path origin, ObjectNode base, List<String> labels) {
        Described described = Described.classifier(origin, base, recipe.model(), labels);
        ClassifierLength.record(described.config(), recipe.data().maxLength());
        return described;
    }

    @Override
    public TextRows rows(Path modelDirectory, Fetcher fetcher, ProgressLine progress, Seed seed) {
        try (TextTokenizer tokenizer =
                TextTokenizer.open(modelDirectory, recipe.data().maxLength())) {
            TextRows rows = TextRows.read(recipe.data(), recipe.groups(), tokenizer, fetcher, progress, seed);
            if (rows.labels().size() < 2) {
                throw new ConfigException("data.label: all rows have the same class, \""
                        + rows.labels().get(0) + "\"; a classifier needs at least two");
            }
            checkWeigher(rows.labels().size());
            progress.say(rows.split().train().size() + " rows to learn from, "
                    + rows.split().dev().size() + " to choose by, "
                    + rows.split().test().size() + " to judge by, in "
                    + rows.labels().size() + " classes");
            return rows;
        }
    }

    /** Refuses to weigh rows by their class where there are more classes than the weigher knows of. */
    private void checkWeigher(int classes) {
        Choice<WeigherConfig> weigh = recipe.weigh();
        if (weigh == null) {
            return;
        }
        for (RowColumn column : weigh.settings().columns()) {
            if (column.name().equals(Batch.LABELS) && column.values() > 0 && column.values() < classes) {
                throw new ConfigException("weigh: " + weigh.method().name() + " takes each row's class for "
                        + column.holds() + ", of which the settings have " + column.values() + ", but the data has "
                        + classes + " classes; set as many");
            }
        }
    }

    @Override
    public List<String> heads(Model model) {
        return model.modules().heads();
    }

    @Override
    public Objective objective() {
        return new CrossEntropy(0);
    }

    @Override
    public int evaluationRows() {
        return 64;
    }

    @Override
    public Evaluation baseline(BaseModel base, Adaptation adaptation, TextRows rows, Seed seed, ProgressLine progress) {
        Split<Dataset> split = rows.split();
        long all = split.train().size() + split.dev().size() + split.test().size();
        progress.begin("baseline: the frozen model reads", "rows", all);
        try (var scope = Scope.open()) {
            var features = new Split<>(
                    Features.of(base, split.train(), progress),
                    Features.of(base, split.dev(), progress),
                    Features.of(base, split.test(), progress));
            progress.end();
            Evaluation baseline = FrozenBaseline.evaluate(
                    base.model(),
                    features,
                    rows.labels(),
                    recipe.train(),
                    seed.child("baseline"),
                    head(base, adaptation));
            progress.say(String.format(
                    Locale.ROOT,
                    "baseline, the frozen model with a head of its own: accuracy %.4f, macro-F1 %.4f",
                    baseline.metric("accuracy"),
                    baseline.metric("macro_f1")));
            return baseline;
        }
    }

    /** The weights of the model's head, by name; copies if it knows the classes already and is to stay. */
    private static Map<String, Tensor> head(BaseModel base, Adaptation adaptation) {
        var parts = new LinkedHashMap<String, Tensor>();
        adaptation.params().weights().forEach((name, tensor) -> {
            if (BaseModel.isWithin(base.model().modules().heads(), name)) {
                parts.put(name, base.bringsHead() ? tensor.detach().clone() : tensor);
            }
        });
        return parts;
    }

    @Override
    public String peftName() {
        return "SEQ_CLS";
    }

    @Override
    public Findings findings(Outcome outcome, TextRows rows, RunHistory course) {
        Evaluation test = Objects.requireNonNull(outcome.test());
        Evaluation frozen = outcome.baseline();
        Confusion confusion = test.confusion();
        var charts = new ArrayList<Chart>();
        charts.add(course.loss("Mean cross-entropy of the rows trained on, and of the rows held out to choose by."));
        charts.add(course.quality(frozen));
        if (recipe.weigh() != null) {
            charts.addAll(course.weights());
        }
        return new Findings(
                lead(test, frozen, rows),
                figures(test, frozen),
                charts,
                confusion == null ? null : ConfusionPlot.of(confusion.labels(), confusion.counts()),
                confusion == null ? List.of() : classes(confusion));
    }

    private String lead(Evaluation test, @Nullable Evaluation frozen, TextRows rows) {
        return String.format(
                        Locale.ROOT,
                        "%s learnt %d classes from %,d texts with %s. Of %,d texts it had not seen it puts %s in the right class",
                        recipe.model().name(),
                        rows.labels().size(),
                        rows.split().train().size(),
                        RunPage.method(recipe),
                        rows.split().test().size(),
                        percent(test.metric("accuracy")))
                + (frozen == null
                        ? "."
                        : "; the frozen model, with a head of its own trained on the same texts, "
                                + percent(frozen.metric("accuracy")) + ".");
    }

    private List<Page.Figure> figures(Evaluation test, @Nullable Evaluation frozen) {
        var figures = new ArrayList<>(usual(test, frozen));
        for (String name : recipe.train().figures()) {
            Double value = test.metrics().get(name);
            if (value != null) {
                figures.add(new Page.Figure(
                        title(name),
                        percent(value),
                        frozen == null ? "on the test rows" : "frozen model " + percent(frozen.metric(name))));
            }
        }
        return figures;
    }

    /** {@code balanced_accuracy} as {@code Balanced accuracy}. */
    private static String title(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1).replace('_', ' ');
    }

    private static List<Page.Figure> usual(Evaluation test, @Nullable Evaluation frozen) {
        return List.of(
                new Page.Figure(
                        "Accuracy",
                        percent(test.metric("accuracy")),
                        frozen == null ? "on the test rows" : "frozen model " + percent(frozen.metric("accuracy"))),
                new Page.Figure(
                        "Macro-F1",
                        String.format(Locale.ROOT, "%.3f", test.metric("macro_f1")),
                        frozen == null
                                ? "every class counts the same"
                                : String.format(Locale.ROOT, "frozen model %.3f", frozen.metric("macro_f1"))));
    }

    private static List<Page.ClassRow> classes(Confusion confusion) {
        return confusion.perClass().stream()
                .filter(row -> row.support() > 0)
                .sorted(Comparator.comparingLong(Confusion.PerClass::support).reversed())
                .map(row -> new Page.ClassRow(row.label(), row.support(), row.precision(), row.recall(), row.f1()))
                .toList();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
