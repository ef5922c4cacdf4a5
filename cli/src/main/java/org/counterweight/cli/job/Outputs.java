package org.counterweight.cli.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.AdapterSettings;
import org.counterweight.cli.Text;
import org.counterweight.cli.recipe.Choice;
import org.counterweight.cli.recipe.Recipe;
import org.counterweight.cli.report.ConfusionPlot;
import org.counterweight.cli.report.Page;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.peft.PeftWriter;
import org.counterweight.train.Confusion;
import org.counterweight.train.Evaluation;
import org.counterweight.weights.Ledger;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsWriter;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run leaves: {@code adapter/}, for PEFT where it has a type for it, {@code merged/} for anybody where the adapter can
 * be merged, {@code result.json}, {@code report.html}.
 *
 * @param modelDirectory and {@code dataFiles}: what went in, for the ledger
 */
record Outputs(Recipe recipe, BaseModel base, Adaptation adaptation, Path modelDirectory, List<Path> dataFiles) {
    /** Why a tap stays beside the model. */
    static final String UNMERGEABLE =
            "the adapter acts on activations, with a nonlinearity between its two projections,"
                    + " so no weights of the model alone do the same; use the model together with adapter/";

    /** Tells {@code progress} what will be written otherwise than a reader may expect. */
    void check(Progress progress) {
        if (recipe.adapter() == null) {
            return;
        }
        if (!isForPeft()) {
            progress.say("adapter/ will be in a format of our own: PEFT has no type for "
                    + recipe.adapter().method().name());
        }
        if (recipe.output().merged() && !adaptation.isMergeable()) {
            progress.say("no merged/ will be written: " + UNMERGEABLE);
        }
    }

    private boolean isForPeft() {
        if (recipe.adapter() == null || !(recipe.adapter().settings() instanceof AdapterConfig settings)) {
            return false;
        }
        try {
            peft(settings).check(adaptation.params());
            return true;
        } catch (ConfigException e) {
            return false;
        }
    }

    private PeftWriter peft(AdapterConfig settings) {
        return new PeftWriter(
                settings,
                adaptation.modules(),
                recipe.model().name(),
                "SEQ_CLS",
                base.model().headModules());
    }

    void write(Outcome outcome, TextRows rows) throws IOException {
        Ledger ledger = ledger();
        if (recipe.adapter() != null) {
            writeAdapter(recipe.adapter(), outcome.directory().resolve("adapter"), ledger);
        }
        if ((recipe.output().merged() || recipe.adapter() == null) && adaptation.isMergeable()) {
            writeModel(outcome.directory().resolve("merged"), ledger);
        }
        Files.writeString(
                outcome.directory().resolve("result.json"), result(outcome).toPrettyString() + "\n");
        page(outcome, rows, ledger).write(outcome.directory().resolve("report.html"));
    }

    private void writeAdapter(Choice<AdapterSettings> adapter, Path directory, Ledger ledger) throws IOException {
        if (isForPeft()) {
            peft((AdapterConfig) adapter.settings()).write(directory, adaptation.params(), ledger.metadata());
        } else {
            OwnAdapter.write(directory, adapter, recipe.model().name(), adaptation.params(), ledger.metadata());
        }
        Files.writeString(
                directory.resolve("config.json"), base.config().toPrettyString() + "\n"); // the head's classes
    }

    private Ledger ledger() {
        var inputs = new ArrayList<Ledger.Input>();
        inputs.add(new Ledger.Input(recipe.model().name(), Ledger.digest(modelDirectory)));
        for (Path file : dataFiles) {
            String name = recipe.data().name() != null ? recipe.data().name() : file.toString();
            inputs.add(new Ledger.Input(name, Ledger.digest(file)));
        }
        String method = recipe.adapter() == null
                ? "fine_tuning"
                : recipe.adapter().method().name();
        return Ledger.of(method, recipe.tree(), inputs, recipe.train().seed(), TextJob.threads());
    }

    private void writeModel(Path directory, Ledger ledger) throws IOException {
        try (var scope = Scope.open();
                Staged staged = Staged.directory(directory)) {
            Map<String, Tensor> weights = adaptation.params().materialized();
            Files.writeString(
                    staged.path().resolve("config.json"), base.config().toPrettyString() + "\n");
            base.files().copyCompanions(staged.path());
            WeightsWriter.write(staged.path().resolve("model.safetensors"), weights, ledger.metadata());
            staged.commit();
        }
    }

    private ObjectNode result(Outcome outcome) {
        ObjectNode json = Configs.JSON.createObjectNode();
        figures(json.putObject("test"), outcome.test());
        figures(json.putObject("frozen_baseline"), outcome.baseline());
        json.put("trained_parameters", adaptation.trained());
        json.put("parameters", adaptation.total());
        json.put("seconds", outcome.seconds());
        return json;
    }

    private static void figures(ObjectNode into, @Nullable Evaluation evaluation) {
        if (evaluation != null) {
            evaluation.all().forEach(into::put);
        }
    }

    private Page page(Outcome outcome, TextRows rows, Ledger ledger) {
        Evaluation test = Objects.requireNonNull(outcome.test());
        Evaluation frozen = outcome.baseline();
        Course course = Course.read(outcome.directory().resolve("metrics.jsonl"));
        Confusion confusion = test.confusion();
        return new Page(
                title(),
                lead(test, frozen, rows),
                figures(test, frozen, course, outcome),
                course.charts(
                        recipe.weigh() != null,
                        frozen == null ? null : frozen.metric("accuracy"),
                        frozen == null ? null : frozen.metric("macro_f1")),
                confusion == null ? null : plot(confusion),
                confusion == null ? List.of() : classes(confusion),
                adapted(),
                adaptation.table(),
                Configs.yaml(recipe.tree()),
                ledger.inputs().stream()
                        .map(input -> new Page.Fact(input.name(), input.sha256()))
                        .toList(),
                facts(ledger, outcome),
                Advice.next(recipe));
    }

    private String title() {
        String title = recipe.output().title();
        return title != null ? title : recipe.name();
    }

    private String method() {
        return (recipe.adapter() == null
                        ? "all its weights"
                        : "a " + recipe.adapter().method().name() + " adapter")
                + (recipe.weigh() == null
                        ? ""
                        : ", rows weighed by " + recipe.weigh().method().name().replace('_', ' '));
    }

    private String lead(Evaluation test, @Nullable Evaluation frozen, TextRows rows) {
        return String.format(
                        Locale.ROOT,
                        "%s learnt %d classes from %,d texts with %s. Of %,d texts it had not seen it puts %s in the right class",
                        recipe.model().name(),
                        rows.labels().size(),
                        rows.split().train().size(),
                        method(),
                        rows.split().test().size(),
                        percent(test.metric("accuracy")))
                + (frozen == null
                        ? "."
                        : "; the frozen model, with a head of its own trained on the same texts, "
                                + percent(frozen.metric("accuracy")) + ".");
    }

    private List<Page.Figure> figures(Evaluation test, @Nullable Evaluation frozen, Course course, Outcome outcome) {
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
                                : String.format(Locale.ROOT, "frozen model %.3f", frozen.metric("macro_f1"))),
                new Page.Figure(
                        "Trained",
                        adaptation.share(),
                        String.format(Locale.ROOT, "%,d parameters", adaptation.trained())),
                new Page.Figure(
                        "Time",
                        Text.duration(outcome.seconds()),
                        String.format(Locale.ROOT, "training at %.0f rows a second", course.rowsPerSecond())));
    }

    private static ConfusionPlot plot(Confusion confusion) {
        return ConfusionPlot.of(confusion.labels(), confusion.counts());
    }

    private static List<Page.ClassRow> classes(Confusion confusion) {
        return confusion.perClass().stream()
                .filter(row -> row.support() > 0)
                .sorted(Comparator.comparingLong(Confusion.PerClass::support).reversed())
                .map(row -> new Page.ClassRow(row.label(), row.support(), row.precision(), row.recall(), row.f1()))
                .toList();
    }

    private String adapted() {
        if (adaptation.params().parametrizations().isEmpty()) {
            return String.format(
                    Locale.ROOT,
                    "%,d numbers were trained in or beside a model of %,d (%s), adapters at %d points of it.",
                    adaptation.trained(),
                    adaptation.total(),
                    adaptation.share(),
                    adaptation.modules().size());
        }
        return String.format(
                Locale.ROOT,
                "%,d numbers were trained beside a model of %,d (%s), in %d of its %d linear modules and the head.",
                adaptation.trained(),
                adaptation.total(),
                adaptation.share(),
                adaptation.modules().size(),
                base.model().linears().size());
    }

    private List<Page.Fact> facts(Ledger ledger, Outcome outcome) {
        var versions = new ArrayList<String>();
        ledger.versions().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> versions.add(entry.getKey() + " " + entry.getValue()));
        return List.of(
                new Page.Fact("made by", ledger.madeBy()),
                new Page.Fact("versions", String.join(", ", versions)),
                new Page.Fact("seed", String.valueOf(recipe.train().seed())),
                new Page.Fact("threads", String.valueOf(ledger.threads())),
                new Page.Fact(
                        "precision",
                        recipe.train().precision().resolved().name().toLowerCase(Locale.ROOT)),
                new Page.Fact("time", Text.duration(outcome.seconds())));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
