package org.counterweight.studies.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.model.Batch;
import org.counterweight.model.Params;
import org.counterweight.studies.bed.Contender;
import org.counterweight.studies.bed.Trace;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.objective.CrossEntropy;

/**
 * An adapter instead of edits: whenever so many mistakes have come together, and at the end of the stream, a fresh LoRA learns
 * all mistakes so far beside as many rows of before, from the model as it was served. Until then a mistake stays.
 */
final class RetrainedCorrector implements Corrector {
    private static final Contender LORA = Contender.of("lora", "lora", "{r: 8, alpha: 16}");
    private static final int BATCH = 16;

    private final UpperLayers model;
    private final Params served;
    private final Batch learnt;
    private final int every;
    private final int epochs;
    private final Seed seed;
    private final KeptRows kept = new KeptRows();
    private final List<Batch> mistakes = new ArrayList<>();
    private final Map<String, Tensor> changed = new LinkedHashMap<>();

    /**
     * @param learnt rows that the served model has learnt
     * @param every mistakes between two trainings
     */
    RetrainedCorrector(UpperLayers model, Params served, Batch learnt, int every, int epochs, Seed seed) {
        this.model = model;
        this.served = served;
        this.learnt = learnt;
        this.every = every;
        this.epochs = epochs;
        this.seed = seed;
    }

    @Override
    public Params params() {
        return served.replacing(changed);
    }

    @Override
    public void correct(Batch row) {
        mistakes.add(kept.keep(row));
        if (mistakes.size() % every == 0) {
            retrain();
        }
    }

    @Override
    public void finish() {
        if (mistakes.size() % every != 0) {
            retrain();
        }
    }

    private void retrain() {
        try (var scope = Scope.open()) {
            Seed own = seed.child(mistakes.size());
            var rows = new ArrayList<>(mistakes);
            rows.add(RowBatches.drawn(learnt, mistakes.size(), own.child("learnt")));
            var batches = RowBatches.shuffled(RowBatches.joined(rows), BATCH, own.child("order"));
            Params params = LORA.onto(model, served, model.linears(), own);
            Task task = Task.of(model, params, batches, new CrossEntropy(0));
            Trace.of(task, TrainConfig.of("""
                    epochs: %d
                    lr: 1e-3
                    weight_decay: 0
                    schedule: linear
                    warmup: 0.1
                    precision: float32
                    """.formatted(epochs)));
            forget();
            Map<String, Tensor> merged = params.materialized();
            params.parametrized()
                    .forEach(name -> changed.put(
                            name,
                            Scope.own(Objects.requireNonNull(merged.get(name)).detach())));
        }
    }

    private void forget() {
        changed.values().forEach(Tensor::close);
        changed.clear();
    }

    @Override
    public void close() {
        forget();
        kept.close();
    }
}
