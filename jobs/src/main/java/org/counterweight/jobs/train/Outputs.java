package org.counterweight.jobs.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.counterweight.formats.TrainedAdapter;
import org.counterweight.jobs.InEffect;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.baseline.DecayBaseline;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.findings.Baseline;
import org.counterweight.jobs.findings.Outcome;
import org.counterweight.jobs.findings.RunHistory;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.model.WrittenModel;
import org.counterweight.jobs.model.adapter.MergedWeights;
import org.counterweight.jobs.recipe.AdapterFormat;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.jobs.task.RunTask;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.reparametrize.files.LatentForm;
import org.counterweight.report.Page;
import org.counterweight.train.measure.Evaluation;
import org.counterweight.train.measure.uncertainty.Interval;
import org.counterweight.train.part.PartReport;
import org.counterweight.train.part.RunPart;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a run leaves: {@code adapter/}, for PEFT where it has a type for it, {@code merged/} for anybody where the adapter can
 * be merged, {@code reparametrized/} with weights by what they were made of, {@code result.json},
 * {@code predictions.jsonl}, what it tells of the rows to judge by, {@code effective.yaml}, with which the same is done again, {@code model_stock.json} where models were merged in training, {@code report.html}.
 *
 * @param modelDirectory and {@code dataFiles}: what went in, for the ledger; null of a model of the recipe's own sizes
 */
public record Outputs(
        Recipe recipe,
        RunTask task,
        BaseModel base,
        Adaptation adaptation,
        @Nullable Path modelDirectory,
        List<Path> dataFiles) {
    /**
     * Tells {@code progress} what will be written otherwise than a reader may expect.
     *
     * @throws org.counterweight.weights.WeightsException if the disk has no room for it
     */
    void check(ProgressLine progress) throws IOException {
        Staged.requireRoom(recipe.directory(), bytes());
        String foreign = new ModelDescription(base.config(), base.model()).foreign();
        if (foreign != null) {
            progress.say(foreign);
        }
        if (!recipe.model().beginsAtRandom()) {
            base.freshPoolers()
                    .forEach(pooler -> progress.say(
                            "the model's files have no " + pooler + ": a fresh one is trained with the classifier"));
        }
        if (recipe.adapter() == null) {
            return;
        }
        if (recipe.output().adapterFormat() == AdapterFormat.AUTO
                && format(recipe.adapter().settings()) == AdapterFormat.OWN) {
            progress.say("adapter/ will be in a format of our own: PEFT cannot hold this "
                    + recipe.adapter().method().name());
        }
        if (recipe.output().merged() && !adaptation.isMergeable()) {
            progress.say("no merged/ will be written: " + MergedWeights.whyNot(adaptation.params()));
        }
    }

    /** Of what is trained, once, and of the whole model, where it will be written. */
    private long bytes() {
        boolean whole = recipe.output().merged() && adaptation.isMergeable();
        return sum(adaptation.params().trainables().values())
                + (whole ? sum(adaptation.params().weights().values()) : 0);
    }

    private static long sum(Collection<Tensor> tensors) {
        return tensors.stream()
                .mapToLong(tensor -> tensor.numel() * tensor.element_size())
                .sum();
    }

    /** The form that the adapter is written in. */
    private AdapterFormat format(Attachment settings) {
        return recipe.output().adapterFormat().of(settings, base.model(), adaptation.modules());
    }

    /** @param remarks what was told while the rows were read */
    void write(Outcome outcome, Prepared rows, List<PartReport> parts, List<String> remarks) throws IOException {
        Ledger ledger = ledger();
        RunHistory course = RunHistory.read(outcome.directory().resolve(RunDirectory.METRICS));
        if (recipe.adapter() != null) {
            writeAdapter(recipe.adapter(), outcome.directory().resolve(RunDirectory.ADAPTER), ledger);
        }
        if ((recipe.output().merged() || recipe.adapter() == null) && adaptation.isMergeable()) {
            new WrittenModel(base.config(), base.companions(), rows.beside(), adaptation.params(), ledger.metadata())
                    .write(outcome.directory().resolve(RunDirectory.MERGED));
        }
        Choice<Reparametrization> reparametrize = recipe.reparametrize();
        if (reparametrize != null && !adaptation.params().parametrizations().isEmpty()) {
            new WrittenModel(base.config(), base.companions(), rows.beside(), adaptation.params(), ledger.metadata())
                    .write(
                            outcome.directory().resolve(RunDirectory.REPARAMETRIZED),
                            new LatentForm(reparametrize.settings()));
        }
        Predictions told = Predictions.of(base, adaptation.params(), rows);
        if (told != null) {
            told.write(outcome.directory().resolve(RunDirectory.PREDICTIONS));
        }
        Map<String, Interval> intervals = told == null || told.judged() == null ? Map.of() : told.intervals();
        InEffect.of(recipe.tree(), recipe.name(), adaptation.params().device(), ledger, rows.facts(base.companions()))
                .write(outcome.directory());
        parts.forEach(part -> part.write(outcome.directory()));
        Files.writeString(
                outcome.directory().resolve(RunDirectory.RESULT),
                result(outcome, parts, intervals).toPrettyString() + "\n");
        new RunPage(recipe, base.model(), adaptation, parts, ledger, remarks, told, intervals, samples(rows))
                .pictured(outcome, task.findings(outcome, rows, course), course, rows)
                .write(outcome.directory().resolve(RunDirectory.REPORT));
    }

    /** What a decoder writes; nothing of other models, and of one on a device where decoders are not asked. */
    private List<Page.Sheet> samples(Prepared rows) {
        if (modelDirectory == null
                || recipe.task() != TaskKind.CAUSAL_LM
                || adaptation.params().device().is_cuda()) {
            return List.of();
        }
        return Samples.of(
                base,
                adaptation.params(),
                rows.split().test(),
                modelDirectory,
                recipe.train().seed());
    }

    private void writeAdapter(Choice<Attachment> adapter, Path directory, Ledger ledger) {
        format(adapter.settings())
                .format()
                .write(
                        directory,
                        new TrainedAdapter(
                                adapter.method().name(),
                                adapter.settings(),
                                base.model(),
                                adaptation.params(),
                                adaptation.modules(),
                                base.heads(),
                                recipe.model().title(),
                                base.config(),
                                task.peftName(),
                                ledger.metadata()));
    }

    private Ledger ledger() {
        var inputs = new ArrayList<Ledger.Input>();
        String name = recipe.model().name();
        if (name != null && modelDirectory != null) {
            inputs.add(
                    recipe.model().fromScratch()
                            ? new Ledger.Input(
                                    name + "/config.json", Ledger.digest(modelDirectory.resolve("config.json")))
                            : new Ledger.Input(name, Ledger.digest(modelDirectory)));
        }
        for (Path file : dataFiles) {
            String set = recipe.data().name();
            inputs.add(new Ledger.Input(
                    set != null ? set + "/" + file.getFileName() : file.toString(), Ledger.digest(file)));
        }
        String method = recipe.adapter() == null
                ? recipe.parts().stream()
                        .map(RunPart::method)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse("fine_tuning")
                : recipe.adapter().method().name();
        return Ledger.of(method, recipe.tree(), inputs, recipe.train().seed(), Engine.threads());
    }

    private ObjectNode result(Outcome outcome, List<PartReport> parts, Map<String, Interval> intervals) {
        ObjectNode json = Configs.JSON.createObjectNode();
        figures(json.putObject("test"), outcome.test());
        if (!intervals.isEmpty()) {
            ObjectNode between = json.putObject("test_intervals");
            intervals.forEach((name, interval) ->
                    between.putArray(name).add(interval.low()).add(interval.high()));
        }
        Baseline baseline = outcome.baseline();
        figures(
                json.putObject(baseline == null ? "frozen_baseline" : baseline.key()),
                baseline == null ? null : baseline.evaluation());
        for (PartReport part : parts) {
            if (part instanceof DecayBaseline plain) {
                ObjectNode figures = json.putObject("plain_baseline");
                figures.put("weight_decay", plain.decay());
                figures(figures, plain.test());
            }
        }
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
}
