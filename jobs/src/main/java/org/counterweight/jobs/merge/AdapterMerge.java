package org.counterweight.jobs.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.jobs.model.adapter.AdapterDirectory;
import org.counterweight.jobs.model.adapter.MergedWeights;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.model.zoo.StoredHead;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;

/** Computes an adapter into the weights of a model, and writes a model that needs no adapter. */
public record AdapterMerge(Path model, Path adapter) {
    /**
     * Writes the directory, whole or not at all.
     *
     * @return what a user should know, one line each
     */
    public List<String> write(Path output) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(model)) {
            AdaptedModel adapted = AdaptedModel.of(files, adapter);
            MergedWeights merged = adapted.merged();
            Map<String, Tensor> weights = parted(adapted, merged.weights());
            TokenizerPlace tokenizer = TokenizerPlace.of(model, adapter);
            tokenizer.check(adapted.model());
            try (Staged staged = Staged.output(output)) {
                ModelDirectory.write(staged.path(), adapted.config(), weights, metadata());
                tokenizer.copy(files, staged.path());
                staged.commit();
            }
            var remarks = new ArrayList<>(adapted.warnings());
            Stream.ofNullable(new ModelDescription(adapted.config(), adapted.model()).foreign())
                    .forEach(remarks::add);
            remarks.add("merged, " + merged.rounding());
            return remarks;
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** A head that an adapter parted from its table has all weights of its own, and the config says so. */
    private static Map<String, Tensor> parted(AdaptedModel adapted, Map<String, Tensor> weights) {
        boolean isParted = adapted.model().modules().all().stream()
                .anyMatch(spec -> spec.tiedTo() != null && weights.containsKey(spec.weight()));
        if (!isParted) {
            return weights;
        }
        adapted.config().setAll(StoredHead.parted(adapted.config()));
        var all = new LinkedHashMap<>(weights);
        all.putAll(
                Architectures.fit(Architectures.of(adapted.config()), weights).byName());
        return all;
    }

    private Map<String, String> metadata() {
        AdapterDirectory directory = Objects.requireNonNull(AdapterDirectory.at(adapter)); // it has been read
        return Ledger.of(
                        MergedWeights.METHOD,
                        directory.config(),
                        List.of(
                                new Ledger.Input(model.toString(), Ledger.digest(model)),
                                new Ledger.Input(directory.weights().toString(), Ledger.digest(directory.weights()))),
                        null,
                        null)
                .metadata();
    }
}
