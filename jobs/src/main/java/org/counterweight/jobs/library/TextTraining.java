package org.counterweight.jobs.library;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.counterweight.adapt.Attachment;
import org.counterweight.balance.run.BalanceConfig;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.BatchSource;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.model.Adaptation;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.ClassifierLength;
import org.counterweight.jobs.model.HeadChoice;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.ModelSection;
import org.counterweight.model.Model;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.TrainingResult;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.ClassRows;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;
import org.counterweight.train.weigh.WeigherConfig;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model that is to learn the classes of texts: what {@code cw run} does with a recipe, without its files and report.
 *
 * @param model a directory with {@code config.json}, weights and tokenizer; it gets a head for the classes of the texts
 * @param adapter what is trained beside the head; null to train every weight
 * @param reparametrization what weights are trained through; null for themselves, and with an adapter
 * @param weigher what the rows of a batch count; null for the same each
 * @param maxLength tokens of a text, longer ones are cut; null for {@value #MAX_LENGTH}, or as many as the model has places for
 * @param listener is told how it goes
 * @param parts what else joins the run, in that order
 */
public record TextTraining(
        Path model,
        LabelledTexts texts,
        @Nullable Choice<Attachment> adapter,
        @Nullable Choice<Reparametrization> reparametrization,
        @Nullable Choice<WeigherConfig> weigher,
        TrainConfig config,
        @Nullable Integer maxLength,
        TrainingListener listener,
        List<RunPart> parts) {
    private static final int MAX_LENGTH = 128;

    public TextTraining {
        parts = List.copyOf(parts);
    }

    /** Full fine-tuning with the usual settings. */
    public static TextTraining of(Path model, LabelledTexts texts) {
        return new TextTraining(
                model, texts, null, null, null, TrainConfig.of(""), null, new TrainingListener() {}, List.of());
    }

    /**
     * With an adapter of the catalogue.
     *
     * @param settings as in a recipe: {@code {r: 8, targets: [query, value]}}; those that are not named are at their defaults
     * @throws org.counterweight.config.ConfigException if the method is unknown or a setting is wrong
     */
    public TextTraining adapted(String method, String settings) {
        Choice<Attachment> choice = Choice.named(method, settings, "adapter", Attachment.class);
        return new TextTraining(model, texts, choice, reparametrization, weigher, config, maxLength, listener, parts);
    }

    /** With weights trained through others by a method of the catalogue, as {@link #adapted}; not together with an adapter. */
    public TextTraining reparametrized(String method, String settings) {
        Choice<Reparametrization> choice = Choice.named(method, settings, "reparametrize", Reparametrization.class);
        if (choice.settings().needsFreshWeights()) {
            throw new ConfigException("reparametrize: a start from the data would spoil the weights of " + model
                    + "; leave data_init out");
        }
        return new TextTraining(model, texts, adapter, choice, weigher, config, maxLength, listener, parts);
    }

    /** With rows weighed by a method of the catalogue, as {@link #adapted}. */
    public TextTraining weighed(String method, String settings) {
        Choice<WeigherConfig> choice = Choice.named(method, settings, "weigh", WeigherConfig.class);
        return new TextTraining(model, texts, adapter, reparametrization, choice, config, maxLength, listener, parts);
    }

    /** With settings of the run, as in a recipe's {@code train}: {@code {epochs: 5, lr: 1e-3}}. */
    public TextTraining with(String settings) {
        return new TextTraining(
                model,
                texts,
                adapter,
                reparametrization,
                weigher,
                TrainConfig.of(settings),
                maxLength,
                listener,
                parts);
    }

    /** With texts cut after so many tokens. */
    public TextTraining maxLength(int tokens) {
        return new TextTraining(model, texts, adapter, reparametrization, weigher, config, tokens, listener, parts);
    }

    /** With somebody who is told how it goes. */
    public TextTraining telling(TrainingListener other) {
        return new TextTraining(model, texts, adapter, reparametrization, weigher, config, maxLength, other, parts);
    }

    /**
     * With its classes balanced, as a recipe's {@code balance} says: {@code {second: {epochs: 5}}}. Nothing is held out to
     * choose by here, so the last epoch counts, and a tau must be given.
     */
    public TextTraining balanced(String settings) {
        ObjectNode section = settings.isBlank() ? Configs.JSON.createObjectNode() : Configs.yaml(settings, "balance");
        return joinedBy(Configs.bind(section, BalanceConfig.class, "balance"));
    }

    /** With another part in its run. */
    public TextTraining joinedBy(RunPart part) {
        var all = new ArrayList<>(parts);
        all.add(part);
        return new TextTraining(model, texts, adapter, reparametrization, weigher, config, maxLength, listener, all);
    }

    /**
     * Trains on the CPU, and ends with the weights of the last step.
     *
     * @throws org.counterweight.config.ConfigException if a setting does not fit the model
     * @throws org.counterweight.weights.WeightsException if the model's files are incomplete or damaged
     */
    public TrainedModel run() {
        Scope scope = Scope.open();
        try {
            var seed = new Seed(config.seed());
            var section = ModelSection.named(model.toString());
            BaseModel base =
                    BaseModel.open(model, section, classifier(section), texts.labelNames(), seed, Engine.device("cpu"));
            try {
                Adaptation adaptation = adaptation(base, seed);
                TrainingResult result = train(base, adaptation, seed);
                scope.detach();
                return new TrainedModel(this, scope, base, adaptation, result);
            } catch (RuntimeException e) {
                base.close();
                throw e;
            }
        } catch (RuntimeException e) {
            scope.close();
            throw e;
        }
    }

    private Adaptation adaptation(BaseModel base, Seed seed) {
        if (adapter != null && reparametrization != null) {
            throw new ConfigException(
                    "reparametrize: " + reparametrization.method().name()
                            + " trains every weight of the model, and adapter: "
                            + adapter.method().name()
                            + " freezes them; leave one of them out");
        }
        Adaptation adapted = Adaptation.of(base, adapter == null ? null : adapter.settings(), seed);
        return reparametrization == null
                ? adapted
                : adapted.reparametrized(base, reparametrization.settings(), remark -> {});
    }

    private HeadChoice classifier(ModelSection section) {
        return new HeadChoice() {
            @Override
            public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
                ModelDescription described = ModelDescription.classifier(origin, base, section, labels);
                int length = length(described.config());
                described.checkLength("max_length", length);
                ClassifierLength.record(described.config(), length);
                return described;
            }

            @Override
            public List<String> heads(Model model) {
                return model.modules().heads();
            }
        };
    }

    private int length(ObjectNode config) {
        return maxLength == null ? Math.min(MAX_LENGTH, Architectures.positions(config)) : maxLength;
    }

    private TrainingResult train(BaseModel base, Adaptation adaptation, Seed seed) {
        TextClassification rows;
        try (TextTokenizer tokenizer = TextTokenizer.open(model, length(base.config()))) {
            rows = TextClassification.of(texts, tokenizer);
        }
        Seed order = seed.child("order");
        IntFunction<BatchSource> others = i -> config.batches(rows, order.child(i));
        BatchSource batches = config.batches(rows, order);
        Task plain = Task.of(base.model(), adaptation.params(), batches, new CrossEntropy(0));
        Run given = new Run(plain, config, others, listener).with(new ClassRows(rows, null));
        parts.forEach(part -> part.check(given));
        Run run = given.joinedBy(all());
        try (var trainer = new Trainer(run.task(), run.config(), listener, null)) {
            return trainer.run();
        } finally {
            run.task().events().forEach(TrainingEvents::close);
        }
    }

    private List<RunPart> all() {
        var all = new ArrayList<RunPart>();
        if (weigher != null) {
            all.add(run -> run.with(run.task().weighedBy(weigher.settings().create())));
        }
        if (adapter != null && adapter.settings() instanceof RunPart part) {
            all.add(part);
        }
        if (reparametrization != null) {
            all.add(reparametrization.settings());
        }
        all.addAll(parts);
        return all;
    }
}
