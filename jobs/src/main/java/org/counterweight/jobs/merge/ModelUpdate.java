package org.counterweight.jobs.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.Batching;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Truncation;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.merge.update.AlphaSweep;
import org.counterweight.merge.update.Bcwi;
import org.counterweight.merge.update.BcwiConfig;
import org.counterweight.merge.update.BcwiReport;
import org.counterweight.merge.update.Flips;
import org.counterweight.merge.update.fisher.DiagonalFisher;
import org.counterweight.merge.update.fisher.FisherConfig;
import org.counterweight.model.Batch;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ObjectNode;

/**
 * A served classifier and its updates become one model: interpolations are measured on a dev set, and the one that is chosen
 * is written with {@code bcwi.json} and a report beside it.
 *
 * @param old directory of the served model
 * @param updates directories of models that were trained on from it
 */
public record ModelUpdate(
        Path old, List<Path> updates, UpdateTexts texts, BcwiConfig config, long seed, ProgressLine progress) {
    /** The page beside the model. */
    public static final String REPORT = "report.html";

    private static final String FIGURES = "bcwi.json";
    private static final Batching FISHER_BATCHES = Batching.of(8);

    /** Chooses, and writes the model's directory, whole or not at all. */
    public BcwiReport write(Path output) {
        var open = new ArrayList<ServedModel>();
        try (var scope = Scope.open()) {
            open.add(ServedModel.open(old, texts.maxLength()));
            updates.forEach(update -> open.add(ServedModel.open(update, texts.maxLength())));
            return write(open.get(0), open.subList(1, open.size()), output);
        } finally {
            open.forEach(ServedModel::close);
        }
    }

    private BcwiReport write(ServedModel served, List<ServedModel> news, Path output) {
        ServedModel updated = news.get(0);
        List<String> labels = updated.labels();
        for (ServedModel other : news) {
            if (!other.labels().equals(labels)) {
                throw new WeightsException(
                        other.directory(), "has other classes than " + updated.directory() + ", or in another order");
            }
        }
        news.forEach(served::checkShapes);
        String foreign = new ModelDescription(updated.adapted().config(), updated.model()).foreign();
        if (foreign != null) {
            progress.say(foreign);
        }
        var head = new UpdatedHead(Architectures.scores(updated.model()), served.placesIn(updated), labels.size());
        int length = ClassifierLength.of(texts.maxLength(), updated.adapted(), updated.directory());
        try (TextTokenizer tokenizer = TextTokenizer.open(updated.directory(), length)) {
            Rows dev = rows(texts.dev(), served, head, labels, tokenizer);
            Rows test = texts.test() == null ? null : rows(texts.test(), served, head, labels, tokenizer);
            Truncation cut = Truncation.of(dev.texts().tokens(), length);
            (test == null ? cut : cut.and(Truncation.of(test.texts().tokens(), length)))
                    .tell("--max-length N reads more", progress::say);
            List<Map<String, Tensor>> newWeights =
                    news.stream().map(ServedModel::weights).toList();
            Map<String, Tensor> oldWeights =
                    inTypesOf(newWeights.get(0), head.grown(served.weights(), newWeights.get(0)));
            BcwiConfig settings = settings(head);
            var bcwi = new Bcwi(0, fisher(served, head, dev, tokenizer), settings.newLabelIds(), settings.classifier());
            long models = settings.grid().size() + 2L; // the new one and the one half-way too
            progress.begin(
                    models + " models read the dev set:",
                    "rows",
                    models * dev.texts().size());
            AlphaSweep sweep = AlphaSweep.run(
                    settings,
                    bcwi,
                    oldWeights,
                    newWeights,
                    counted(dev.texts().size(), weights -> dev.predictions(updated, weights)),
                    dev.old(),
                    dev.labels(),
                    new Seed(seed));
            progress.end();
            Map<String, Tensor> chosen = bcwi.merge(sweep.choice().alpha(), oldWeights, newWeights);
            var judged = new LinkedHashMap<String, Flips>();
            if (test != null) {
                judged.put("test", Flips.of(test.old(), test.predictions(updated, chosen), test.labels()));
            }
            var report = new BcwiReport(settings, inputs(), sweep, judged);
            write(report, updated, chosen, output);
            return report;
        }
    }

    /** The update is what will be served: what is merged has its types, and none of its digits is lost to an old model's. */
    private static Map<String, Tensor> inTypesOf(Map<String, Tensor> updated, Map<String, Tensor> old) {
        var same = new LinkedHashMap<>(old);
        same.replaceAll((name, tensor) -> Tensors.as(tensor, Objects.requireNonNull(updated.get(name))));
        return same;
    }

    private Function<Map<String, Tensor>, Tensor> counted(int rows, Function<Map<String, Tensor>, Tensor> predict) {
        return weights -> {
            Tensor predicted = predict.apply(weights);
            progress.advance(rows);
            return predicted;
        };
    }

    /** The settings with what the models say about their classes. */
    private BcwiConfig settings(UpdatedHead head) {
        ObjectNode tree = Configs.tree(config);
        tree.set("new_label_ids", Configs.JSON.valueToTree(head.added()));
        tree.put("classifier", head.module());
        return Configs.bind(tree, BcwiConfig.class, "");
    }

    /**
     * Texts with what is right and what the old model says.
     *
     * @param old classes in the new model's numbers, {@code int64 [rows]}
     * @param labels {@code int64 [rows]}
     */
    private record Rows(TextClassification texts, Tensor old, Tensor labels, int classes) {
        Tensor predictions(ServedModel model, Map<String, Tensor> weights) {
            return model.predictions(weights, texts, classes);
        }
    }

    private Rows rows(Path file, ServedModel served, UpdatedHead head, List<String> labels, TextTokenizer tokenizer) {
        TextClassification rows = texts.read(file, labels, tokenizer, progress::say);
        Tensor own = served.predictions(served.weights(), rows, served.labels().size());
        long[] right = new long[rows.size()];
        for (int row = 0; row < right.length; row++) {
            right[row] = rows.label(row);
        }
        return new Rows(rows, head.numbered(own), Tensors.longs(right), labels.size());
    }

    /** What matters to the old model, in the shapes of the new one; empty for the plain form. */
    private Map<String, Tensor> fisher(ServedModel served, UpdatedHead head, Rows dev, TextTokenizer tokenizer) {
        if (config.variant() == BcwiConfig.Variant.PLAIN) {
            return Map.of();
        }
        TextClassification rows =
                texts.fisher() == null ? dev.texts() : texts.unlabelled(texts.fisher(), tokenizer, progress::say);
        var batches = new ArrayList<Batch>();
        for (int[] numbers : FISHER_BATCHES.byLength(rows)) {
            batches.add(rows.batch(numbers));
        }
        progress.say("Fisher information of " + rows.size() + " texts, one backward pass each");
        return head.unimportant(DiagonalFisher.of(
                Configs.defaults(FisherConfig.class),
                served.model(),
                AdaptedModel.inFloat32(served.weights()),
                batches));
    }

    private List<Ledger.Input> inputs() {
        var paths = new ArrayList<Path>();
        paths.add(old);
        paths.addAll(updates);
        paths.addAll(texts.files());
        return paths.stream()
                .map(path -> new Ledger.Input(path.toString(), Ledger.digest(path)))
                .toList();
    }

    private void write(BcwiReport report, ServedModel updated, Map<String, Tensor> chosen, Path output) {
        ObjectNode settings = Configs.tree(report.config());
        settings.put("alpha", report.sweep().choice().alpha());
        Ledger ledger = Ledger.of("bcwi", settings, report.inputs(), seed, Engine.threads());
        try (Staged staged = Staged.output(output)) {
            ModelDirectory.write(staged.path(), updated.adapted().config(), chosen, ledger.metadata());
            updated.files().copyCompanions(staged.path());
            report.write(staged.path().resolve(FIGURES));
            UpdatePage.of(output, report, ledger).write(staged.path().resolve(REPORT));
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** Refuses a file that cannot be read before any model is. */
    public void check() {
        texts.check();
    }
}
