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
import org.counterweight.jobs.model.WrittenModel;
import org.counterweight.jobs.model.adapter.MergedWeights;
import org.counterweight.jobs.recipe.AdapterFormat;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.reparametrize.files.LatentForm;
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
        form.check(adapter.settings(), model(), adaptation.modules());
        form.of(adapter.settings(), model(), adaptation.modules())
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
            throw new ConfigException(directory + ": no model can be written: " + MergedWeights.whyNot(params()));
        }
        new WrittenModel(base.config(), base.companions(), Map.of(), params(), metadata()).write(directory);
    }

    /**
     * Writes the model with weights by what they are made of, as PyTorch's parametrizations name it, whole or not at all.
     *
     * @throws ConfigException if the weights were trained as they are
     */
    public void writeReparametrized(Path directory) {
        Choice<Reparametrization> reparametrization = training.reparametrization();
        if (reparametrization == null) {
            throw new ConfigException(directory + ": the weights were trained as they are; write the model");
        }
        new WrittenModel(base.config(), base.companions(), Map.of(), params(), metadata())
                .write(directory, new LatentForm(reparametrization.settings()));
    }

    private Map<String, String> metadata() {
        Choice<Attachment> adapter = training.adapter();
        ObjectNode settings = Configs.JSON.createObjectNode();
        if (adapter != null) {
            settings.set("adapter", adapter.tree());
        }
        Choice<Reparametrization> reparametrization = training.reparametrization();
        if (reparametrization != null) {
            settings.set("reparametrize", reparametrization.tree());
        }
        settings.set("train", Configs.tree(training.config()));
        String plain =
                reparametrization == null ? "full" : reparametrization.method().name();
        return Ledger.of(
                        adapter == null ? plain : adapter.method().name(),
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
