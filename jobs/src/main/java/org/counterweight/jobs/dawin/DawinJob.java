package org.counterweight.jobs.dawin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.data.Dataset;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Truncation;
import org.counterweight.jobs.predict.Classifiers;
import org.counterweight.merge.dynamic.TemperatureScaling;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Classifiers of one base answer rows together (DaWin): each model answers all rows by itself, one model after the other;
 * from the entropies come coefficients, from those a few clusters, and the merged model of each cluster answers its rows.
 * Beside the inputs' mapped files one merged model is in memory at a time, and of the rows their tokens and logits.
 *
 * @param base what the models were fine-tuned from: they are mixed as differences from it; null for two models that are
 *     interpolated
 */
public record DawinJob(
        List<Path> models, @Nullable Path base, DawinTexts texts, DawinSettings settings, ProgressLine progress) {
    public DawinJob {
        models = List.copyOf(models);
    }

    /** Refuses settings that do not go together and files that cannot be read, before any model is. */
    public void check() {
        settings.check(models, base, texts);
        texts.check();
    }

    /** All that is read. */
    public List<Path> inputs() {
        return Stream.concat(Stream.concat(models.stream(), Stream.ofNullable(base)), texts.files().stream())
                .toList();
    }

    /** Texts as tokens, of each kind that there is. */
    private record Rows(
            LabelledTexts texts,
            TextClassification answered,
            @Nullable TextClassification referred,
            @Nullable TextClassification heldOut) {
        Tensor labels() {
            return numbers(answered);
        }

        Tensor heldLabels() {
            return numbers(Objects.requireNonNull(heldOut));
        }

        private static Tensor numbers(TextClassification rows) {
            long[] labels = new long[rows.size()];
            Arrays.setAll(labels, rows::label);
            return Tensors.longs(labels);
        }
    }

    /** Answers, and writes the output's directory, whole or not at all. */
    public DawinResult write(Path output) {
        try (var scope = Scope.open();
                Classifiers parents = Classifiers.open(models, base, texts.maxLength());
                Staged staged = Staged.output(output)) {
            Rows rows = rows(parents);
            DawinResult result = answer(parents, rows, staged.path());
            new DawinFiles(staged.path(), parents, result).write(rows.texts(), output);
            staged.commit();
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private Rows rows(Classifiers parents) {
        int length = parents.length(texts.maxLength());
        LabelledTexts answered = texts.answered(parents.labels(), progress::say);
        int referring = texts.reference() == null ? answered.texts().size() : 0;
        try (TextTokenizer tokenizer = parents.tokenizer(length)) {
            TextClassification all = TextClassification.of(answered, tokenizer);
            TextClassification referred = tokenized(texts.referred(parents.labels(), progress::say), tokenizer);
            checkSpread(referred == null ? referring : referred.size());
            Truncation.of(all.tokens(), length).tell("--max-length N reads more", progress::say);
            parents.checkTokens(answered.texts(), all.tokens(), length);
            return new Rows(
                    answered, all, referred, tokenized(texts.heldOut(parents.labels(), progress::say), tokenizer));
        }
    }

    private static @Nullable TextClassification tokenized(@Nullable LabelledTexts read, TextTokenizer tokenizer) {
        return read == null ? null : TextClassification.of(read, tokenizer);
    }

    /** One row has no spread. */
    private void checkSpread(int fitted) {
        if (base == null && settings.offset() && fitted < 2) {
            throw new ConfigException((texts.reference() == null ? texts.input() : texts.reference())
                    + ": the offset is the spread of the models' entropies over at least two rows, and there is one;"
                    + (texts.reference() == null
                            ? " add --no-offset, or name other rows with --reference"
                            : " add --no-offset"));
        }
    }

    private DawinResult answer(Classifiers parents, Rows rows, Path into) throws IOException {
        long passes = parents.all().size();
        long count = rows.answered().size()
                + (rows.referred() == null ? 0 : rows.referred().size())
                + (rows.heldOut() == null ? 0 : rows.heldOut().size());
        progress.begin(passes + " models read the rows:", "rows", passes * count);
        List<Tensor> logits = new ArrayList<>();
        List<Tensor> referred = new ArrayList<>();
        List<Double> temperatures = new ArrayList<>(
                settings.fitsTemperatures()
                        ? List.of()
                        : settings.numbers(parents.all().size()));
        for (Classifiers.One parent : parents.all()) {
            logits.add(logits(parents, parent.weights(), rows.answered()));
            if (rows.referred() != null) {
                referred.add(logits(parents, parent.weights(), rows.referred()));
            }
            if (rows.heldOut() != null) {
                Tensor held = logits(parents, parent.weights(), rows.heldOut());
                temperatures.add(TemperatureScaling.of(held, rows.heldLabels()).t());
            }
        }
        progress.end();
        Mixing mixing = settings.mixing(parents, temperatures);
        Tensor labels = texts.label() == null ? null : rows.labels();
        Mixing.Mixed mixed = mixing.mix(logits, rows.referred() == null ? null : referred, labels);
        Ledger ledger = ledger(mixing);
        Tensor answers = merged(parents, mixing, mixed, rows.answered(), ledger, into);
        Tensor uniform = labels == null ? null : logits(parents, mixing.weights(mixing.uniform()), rows.answered());
        return DawinResult.of(this, temperatures, mixed, logits, answers, uniform, labels, ledger);
    }

    /** What one merge for all rows says. */
    private Tensor uniform(Classifiers parents, Mixing mixing, TextClassification rows) {
        progress.begin("one merge for all rows answers:", "rows", rows.size());
        Tensor logits = logits(parents, mixing.weights(mixing.uniform()), rows);
        progress.end();
        return logits;
    }

    /** What the merged models say, each of its rows; where rows share them they are written. */
    private Tensor merged(
            Classifiers parents, Mixing mixing, Mixing.Mixed mixed, TextClassification rows, Ledger ledger, Path into)
            throws IOException {
        Tensor answers = Tensors.zeros(rows.size(), parents.labels().size());
        var clusters = mixed.clusters().samples();
        progress.begin(clusters.size() + " merged models answer:", "rows", rows.size());
        for (var entry : clusters.entrySet()) {
            try (var scope = Scope.open()) {
                Map<String, Tensor> weights =
                        mixing.weights(mixed.clusters().coefficients().get(entry.getKey()));
                Tensor numbers = Tensors.longs(
                        Arrays.stream(entry.getValue()).asLongStream().toArray());
                answers.index_copy_(0, numbers, logits(parents, weights, rows.select(entry.getValue())));
                if (mixed.isClustered()) {
                    DawinFiles.model(into.resolve(DawinFiles.merged(entry.getKey())), parents, weights, ledger);
                }
            }
        }
        progress.end();
        return answers;
    }

    private Tensor logits(Classifiers parents, Map<String, Tensor> weights, Dataset rows) {
        Tensor logits = parents.logits(weights, rows);
        progress.advance(rows.size());
        return logits;
    }

    private Ledger ledger(Mixing mixing) {
        ObjectNode config = mixing.settings();
        List<Ledger.Input> read = inputs().stream()
                .map(path -> new Ledger.Input(path.toString(), Ledger.digest(path)))
                .toList();
        return Ledger.of("dawin", config, read, settings.seed(), Engine.threads());
    }
}
