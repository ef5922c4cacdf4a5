package org.counterweight.jobs.library;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.formats.TrainedAdapter;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.Merged;
import org.counterweight.jobs.model.WrittenModel;
import org.counterweight.jobs.recipe.AdapterFormat;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.train.TrainingResult;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ObjectNode;

/** A model after its training, to be written. Closing it frees its weights. Not thread-safe. */
public final class TrainedModel implements AutoCloseable {
    private final TextTraining training;
    private final Scope scope;
    private final BaseModel base;
    private final Adaptation adaptation;
    private final TrainingResult result;

    TrainedModel(TextTraining training, Scope scope, BaseModel base, Adaptation adaptation, TrainingResult result) {
        this.training = training;
        this.scope = scope;
        this.base = base;
        this.adaptation = adaptation;
        this.result = result;
    }

    /** How the run ended. */
    public TrainingResult result() {
        return result;
    }

    /** The function of weights and batch. */
    public Model model() {
        return base.model();
    }

    /** The model's weights with the adapter in effect; they live until this is closed. */
    public Params params() {
        return adaptation.params();
    }

    /**
     * Writes the adapter, with its head, whole or not at all.
     *
     * @param form PEFT's, or another; {@link AdapterFormat#AUTO} for PEFT's where it has one
     * @throws ConfigException if there is no adapter, or the form cannot hold it
     */
    public void writeAdapter(AdapterFormat form, Path directory) {
        Choice<Attachment> adapter = training.adapter();
        if (adapter == null) {
            throw new ConfigException(directory + ": the model was trained without an adapter; write the model");
        }
        form.check(adapter);
        form.of(adapter.settings())
                .format()
                .write(
                        directory,
                        new TrainedAdapter(
                                adapter.method().name(),
                                adapter.settings(),
                                model(),
                                params(),
                                adaptation.modules(),
                                base.heads(),
                                training.model().toString(),
                                base.config(),
                                "SEQ_CLS",
                                metadata()));
    }

    /**
     * Writes a model that needs no adapter, whole or not at all: config, tokenizer and weights.
     *
     * @throws ConfigException if no weights do what the adapter does
     */
    public void writeModel(Path directory) {
        if (!adaptation.isMergeable()) {
            throw new ConfigException(directory + ": no model can be written: " + Merged.whyNot(params()));
        }
        new WrittenModel(base.config(), base.companions(), Map.of(), params(), metadata()).write(directory);
    }

    private Map<String, String> metadata() {
        Choice<Attachment> adapter = training.adapter();
        ObjectNode settings = Configs.JSON.createObjectNode();
        if (adapter != null) {
            settings.set("adapter", adapter.tree());
        }
        settings.set("train", Configs.tree(training.config()));
        return Ledger.of(
                        adapter == null ? "full" : adapter.method().name(),
                        settings,
                        List.of(new Ledger.Input(training.model().toString(), Ledger.digest(training.model()))),
                        training.config().seed(),
                        Engine.threads())
                .metadata();
    }

    @Override
    public void close() {
        base.close();
        scope.close();
    }
}
