package org.counterweight.jobs.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.Configs;
import org.counterweight.data.Batching;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Cut;
import org.counterweight.jobs.data.TextFile;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.Described;
import org.counterweight.jobs.model.StoredType;
import org.counterweight.jobs.predict.TextClassifier;
import org.counterweight.merge.update.AlphaSweep;
import org.counterweight.merge.update.Bcwi;
import org.counterweight.merge.update.BcwiConfig;
import org.counterweight.merge.update.BcwiReport;
import org.counterweight.merge.update.Flips;
import org.counterweight.merge.update.fisher.DiagonalFisher;
import org.counterweight.merge.update.fisher.FisherConfig;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A served classifier and its updates become one model: interpolations are measured on a dev set, and the one that is chosen
 * is written with {@code bcwi.json} and a report beside it.
 *
 * @param old directory of the served model
 * @param updates directories of models that were trained on from it
 */
public record ModelUpdate(
        Path old, List<Path> updates, Texts texts, BcwiConfig config, long seed, ProgressLine progress) {
    /** The page beside the model. */
    public static final String REPORT = "report.html";

    private static final String FIGURES = "bcwi.json";
    private static final Batching FISHER_BATCHES = Batching.of(8);

    /**
     * Files with texts, and of all but {@code fisher} their classes.
     *
     * @param dev to choose by
     * @param test to judge the choice by, or null
     * @param fisher to find by what matters to the old model; null for those of {@code dev}
     * @param format how the files are written
     * @param text and {@code label}: names of columns
     * @param maxLength tokens of a text that the user allowed; null for what the new model was trained with
     */
    public record Texts(
            Path dev,
            @Nullable Path test,
            @Nullable Path fisher,
            TableFormat format,
            String text,
            String label,
            @Nullable Integer maxLength) {
        LabelledTexts read(Path file, List<String> labels, Consumer<String> remarks) {
            return new TextFile(file, format).labelled(text, label, labels, remarks);
        }
    }

    /** What was read of a model. */
    private record Served(Path directory, ModelDirectory files, AdaptedModel adapted) implements AutoCloseable {
        static Served open(Path directory, @Nullable Integer maxLength) {
            ModelDirectory files = ModelDirectory.open(directory);
            try {
                AdaptedModel adapted = AdaptedModel.of(files, null);
                TextClassifier.check(directory, adapted, maxLength);
                return new Served(directory, files, adapted);
            } catch (RuntimeException e) {
                files.close();
                throw e;
            }
        }

        List<String> labels() {
            return Described.labels(adapted.config());
        }

        Map<String, Tensor> weights() {
            return adapted.params().weights();
        }

        @Override
        public void close() {
            files.close();
        }
    }

    /** Chooses, and writes the model's directory, whole or not at all. */
    public BcwiReport write(Path output) {
        var open = new ArrayList<Served>();
        try (var scope = Scope.open()) {
            open.add(Served.open(old, texts.maxLength()));
            updates.forEach(update -> open.add(Served.open(update, texts.maxLength())));
            return write(open.get(0), open.subList(1, open.size()), output);
        } finally {
            open.forEach(Served::close);
        }
    }

    private BcwiReport write(Served served, List<Served> news, Path output) {
        Served updated = news.get(0);
        List<String> labels = updated.labels();
        for (Served other : news) {
            if (!other.labels().equals(labels)) {
                throw new WeightsException(
                        other.directory(), "has other classes than " + updated.directory() + ", or in another order");
            }
        }
        news.forEach(update -> checkShapes(served, update));
        String foreign =
                new Described(updated.adapted().config(), updated.adapted().model()).foreign();
        if (foreign != null) {
            progress.say(foreign);
        }
        int[] places = places(served, updated);
        var head = new UpdatedHead(Architectures.scores(updated.adapted().model()), places, labels.size());
        int length = ClassifierLength.of(texts.maxLength(), updated.adapted().config(), updated.directory());
        try (TextTokenizer tokenizer = TextTokenizer.open(updated.directory(), length)) {
            Rows dev = rows(texts.dev(), served, head, labels, tokenizer);
            Rows test = texts.test() == null ? null : rows(texts.test(), served, head, labels, tokenizer);
            Cut cut = Cut.of(dev.texts().tokens(), length);
            (test == null ? cut : cut.and(Cut.of(test.texts().tokens(), length)))
                    .tell("--max-length N reads more", progress::say);
            List<Map<String, Tensor>> newWeights =
                    news.stream().map(Served::weights).toList();
            Map<String, Tensor> oldWeights =
                    inTypesOf(newWeights.get(0), head.grown(served.weights(), newWeights.get(0)));
            BcwiConfig settings = settings(head);
            var bcwi = new Bcwi(0, fisher(served, head, dev, tokenizer), settings.newLabelIds(), settings.classifier());
            Model model = updated.adapted().model();
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
                    counted(dev.texts().size(), weights -> dev.predictions(updated.directory(), model, weights)),
                    dev.old(),
                    dev.labels(),
                    new Seed(seed));
            progress.end();
            Map<String, Tensor> chosen = bcwi.merge(sweep.choice().alpha(), oldWeights, newWeights);
            var judged = new LinkedHashMap<String, Flips>();
            if (test != null) {
                judged.put(
                        "test",
                        Flips.of(test.old(), test.predictions(updated.directory(), model, chosen), test.labels()));
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

    /** Refuses models of two architectures; the heads may have rows for different classes. */
    private static void checkShapes(Served served, Served update) {
        List<String> heads = update.adapted().model().modules().heads();
        served.weights().forEach((name, old) -> {
            Tensor updated = update.weights().get(name);
            long[] before = Tensors.shape(old);
            long[] now = updated == null ? new long[0] : Tensors.shape(updated);
            if (BaseModel.isWithin(heads, name) && before.length == now.length && now.length > 0) {
                before[0] = now[0];
            }
            if (updated == null || !Arrays.equals(before, now)) {
                throw new WeightsException(name + ": " + Arrays.toString(Tensors.shape(old)) + " in "
                        + served.directory() + ", " + (updated == null ? "nothing" : Arrays.toString(now)) + " in "
                        + update.directory() + "; only models of one architecture can be merged");
            }
        });
    }

    /** The number that each class of the old model has in the new one. */
    private static int[] places(Served served, Served updated) {
        List<String> labels = updated.labels();
        int[] places = served.labels().stream().mapToInt(labels::indexOf).toArray();
        for (int i = 0; i < places.length; i++) {
            if (places[i] < 0) {
                throw new WeightsException(
                        updated.directory(),
                        "has no class \"" + served.labels().get(i) + "\", which " + served.directory()
                                + " has; an update may add classes, but drop none");
            }
        }
        return places;
    }

    /** The settings with what the models say of their classes. */
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
        Tensor predictions(Path directory, Model model, Map<String, Tensor> weights) {
            return predicted(directory, model, weights, texts, classes);
        }
    }

    private static Tensor predicted(
            Path directory, Model model, Map<String, Tensor> weights, TextClassification rows, int classes) {
        return TextClassifier.logits(directory, model, Params.of(AdaptedModel.inFloat32(weights)), rows, classes)
                .argmax(new LongOptional(1), false);
    }

    private Rows rows(Path file, Served served, UpdatedHead head, List<String> labels, TextTokenizer tokenizer) {
        LabelledTexts read = texts.read(file, labels, progress::say);
        TextClassification rows = TextClassification.of(read, tokenizer);
        Tensor own = predicted(
                served.directory(),
                served.adapted().model(),
                served.weights(),
                rows,
                served.labels().size());
        long[] right = new long[rows.size()];
        for (int row = 0; row < right.length; row++) {
            right[row] = rows.label(row);
        }
        return new Rows(rows, head.numbered(own), Tensors.longs(right), labels.size());
    }

    /** What matters to the old model, in the shapes of the new one; empty for the plain form. */
    private Map<String, Tensor> fisher(Served served, UpdatedHead head, Rows dev, TextTokenizer tokenizer) {
        if (config.variant() == BcwiConfig.Variant.PLAIN) {
            return Map.of();
        }
        TextClassification rows = texts.fisher() == null ? dev.texts() : unlabelled(texts.fisher(), tokenizer);
        var batches = new ArrayList<Batch>();
        for (int[] numbers : FISHER_BATCHES.byLength(rows)) {
            batches.add(rows.batch(numbers));
        }
        progress.say("Fisher information of " + rows.size() + " texts, one backward pass each");
        return head.unimportant(DiagonalFisher.of(
                Configs.defaults(FisherConfig.class),
                served.adapted().model(),
                AdaptedModel.inFloat32(served.weights()),
                batches));
    }

    private TextClassification unlabelled(Path file, TextTokenizer tokenizer) {
        List<String> read = new TextFile(file, texts.format()).column(texts.text(), progress::say);
        return TextClassification.of(new LabelledTexts(read, new int[read.size()], List.of("")), tokenizer);
    }

    private List<Ledger.Input> inputs() {
        var paths = new ArrayList<Path>();
        paths.add(old);
        paths.addAll(updates);
        paths.add(texts.dev());
        if (texts.test() != null) {
            paths.add(texts.test());
        }
        if (texts.fisher() != null) {
            paths.add(texts.fisher());
        }
        return paths.stream()
                .map(path -> new Ledger.Input(path.toString(), Ledger.digest(path)))
                .toList();
    }

    private void write(BcwiReport report, Served updated, Map<String, Tensor> chosen, Path output) {
        ObjectNode settings = Configs.tree(report.config());
        settings.put("alpha", report.sweep().choice().alpha());
        Ledger ledger = Ledger.of("bcwi", settings, report.inputs(), seed, Engine.threads());
        var detached = new LinkedHashMap<>(chosen);
        detached.replaceAll((name, tensor) -> tensor.detach());
        ObjectNode described = updated.adapted().config();
        StoredType.say(described, detached.values());
        try (Staged staged = Staged.output(output)) {
            Files.writeString(staged.path().resolve("config.json"), described.toPrettyString() + "\n");
            updated.files().copyCompanions(staged.path());
            WeightsWriter.write(staged.path().resolve("model.safetensors"), detached, ledger.metadata());
            report.write(staged.path().resolve(FIGURES));
            UpdatePage.of(output, report, ledger).write(staged.path().resolve(REPORT));
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** Refuses a file that cannot be read before any model is. */
    public void check() {
        for (Path file : new Path[] {texts.dev(), texts.test()}) {
            if (file != null) {
                new TextFile(file, texts.format()).check(List.of(texts.text(), texts.label()));
            }
        }
        if (texts.fisher() != null) {
            new TextFile(texts.fisher(), texts.format()).check(List.of(texts.text()));
        }
    }
}
