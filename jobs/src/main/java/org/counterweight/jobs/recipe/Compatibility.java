package org.counterweight.jobs.recipe;

import java.util.LinkedHashSet;
import java.util.List;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Choice;
import org.counterweight.catalogue.Verb;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.jobs.recipe.data.DataConfig;
import org.counterweight.jobs.recipe.data.DataKind;
import org.counterweight.jobs.recipe.data.TextData;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.measure.MetricConfig;
import org.counterweight.train.part.RunPart;
import org.counterweight.train.weigh.WeigherConfig;
import org.jspecify.annotations.Nullable;

/** Refuses settings of a recipe that are right by themselves and do not go together. */
final class Compatibility {
    private Compatibility() {}

    static void check(
            WorkSettings work,
            ModelSection model,
            DataConfig data,
            @Nullable Choice<Attachment> adapter,
            @Nullable Choice<Reparametrization> reparametrize,
            @Nullable Choice<WeigherConfig> weigh,
            PartSections sections,
            TrainConfig train,
            OutputSection output) {
        checkFigures(work.task(), train);
        if (work.processes() > 1) {
            checkShared(work, model, reparametrize, sections, train);
        }
        checkSections(work.task(), data, sections);
        checkModel(work.task(), model, data);
        if (data instanceof TextData texts && work.task() != TaskKind.CAUSAL_LM) {
            texts.checkNotJoined(work.task().key());
        }
        if (model.beginsAtRandom() && adapter != null) {
            throw new ConfigException((model.fromScratch() ? "model.from_scratch: true" : "model.architecture")
                    + " does not go with adapter: there is nothing in random weights to adapt; leave one of them out");
        }
        if (adapter != null) {
            output.adapterFormat().check(adapter);
        }
        if (reparametrize != null) {
            checkReparametrized(reparametrize, model, adapter, sections);
        }
        if (weigh != null) {
            work.task()
                    .check(
                            "weigh.method: " + weigh.method().name(),
                            "weigh",
                            weigh.settings().columns(),
                            data.columns());
            checkTogether(train);
        }
        sections.byKey().forEach((key, part) -> work.task().check(key, key, part.columns(), data.columns()));
        checkColumns(work.task(), data, weigh, sections);
    }

    /** Refuses sections that the task has nothing for. */
    private static void checkSections(TaskKind task, DataConfig data, PartSections sections) {
        sections.byKey().forEach((key, part) -> {
            if (part.needsDomains() && data.kind() != DataKind.GRAPH) {
                throw new ConfigException(key + " weighs the edges of a graph, and task: "
                        + task.key() + " learns from " + data.kind().rows()
                        + "; leave it out, or take task: node_classification");
            }
            if (part.needsClasses() && !task.hasClasses()) {
                throw new ConfigException(key + " counts classes, and task: " + task.key() + " has none; leave it out");
            }
        });
        if ((sections.diffusion() != null) != (task == TaskKind.DIFFUSION)) {
            throw new ConfigException("diffusion says how noise is told from data, and task: " + task.key()
                    + " learns something else; leave it out, or take task: diffusion");
        }
    }

    /** Refuses columns that nothing reads. */
    private static void checkColumns(
            TaskKind task, DataConfig data, @Nullable Choice<WeigherConfig> weigh, PartSections sections) {
        for (var column : data.columns().given().entrySet()) {
            boolean isDomain = task == TaskKind.CAUSAL_LM && column.getKey().equals(ColumnsSection.GROUP);
            if (!isDomain
                    && Recipe.columns(weigh, sections)
                            .noneMatch(needed -> needed.name().equals(column.getKey()))) {
                throw new ConfigException("data.columns." + column.getKey() + ": \"" + column.getValue()
                        + "\" is read by nothing; take a weigh.method that needs it (weight: column, group: group_dro"
                        + " or doremi, ref_loss: doremi or loss_selection), a section fairbatch or fair_penalty for"
                        + " the group, or leave it out");
            }
        }
    }

    /** Refuses what several processes cannot do together, since each sees only its part of the rows of a batch. */
    private static void checkShared(
            WorkSettings work,
            ModelSection model,
            @Nullable Choice<Reparametrization> reparametrize,
            PartSections sections,
            TrainConfig train) {
        String each = "processes: " + work.processes() + " each take some rows of a batch, and ";
        if (work.device().startsWith("cuda")) {
            throw new ConfigException(
                    "processes: " + work.processes() + " share the threads of a processor, and device: " + work.device()
                            + " is none; leave one of them out");
        }
        if (work.task() == TaskKind.NODE_CLASSIFICATION) {
            throw new ConfigException(each + "task: node_classification learns from whole graphs; leave processes out");
        }
        if (train.batchSize() < work.processes()) {
            throw new ConfigException(each + "train.batch_size: " + train.batchSize()
                    + " has fewer; take larger batches, or fewer processes");
        }
        FreshModel fresh = model.architecture();
        if (fresh != null && fresh.looksAcrossRows()) {
            throw new ConfigException(each + "model.architecture: " + fresh.type()
                    + " normalises by all of them; take norm: instance or none, or leave processes out");
        }
        if (reparametrize != null) {
            checkShared(each, "reparametrize: " + reparametrize.method().name(), reparametrize.settings());
        }
        sections.byKey().forEach((key, part) -> checkShared(each, key, part));
    }

    private static void checkShared(String each, String name, RunPart part) {
        String why = part.undivided();
        if (why != null) {
            throw new ConfigException(each + name + " " + why + "; leave one of them out");
        }
    }

    /** Refuses figures and samplers that the task has nothing for. */
    private static void checkFigures(TaskKind task, TrainConfig train) {
        for (MetricConfig metric : train.metrics()) {
            if (!task.hasClasses() && metric.needsClasses()) {
                throw new ConfigException("train.metrics: " + String.join(", ", metric.figures())
                        + " counts classes, and task: " + task.key() + " has none; leave it out");
            }
        }
        if (!task.hasClasses() && train.sampler() != null && train.sampler().needsClasses()) {
            throw new ConfigException(
                    "train.sampler draws by classes, and task: " + task.key() + " has none; leave it out");
        }
        var figures = new LinkedHashSet<>(List.of("loss"));
        figures.addAll(task.figures());
        figures.addAll(train.figures());
        if (!figures.contains(train.bestBy())) {
            throw new ConfigException(
                    "train.best_by",
                    train.bestBy(),
                    "one of " + String.join(", ", figures) + " for task: " + task.key());
        }
    }

    /** Refuses sizes of a model that rows of this kind do not go into. */
    private static void checkModel(TaskKind task, ModelSection model, DataConfig data) {
        FreshModel fresh = model.architecture();
        if (fresh == null) {
            return;
        }
        if (fresh.tellsNoise() != (task == TaskKind.DIFFUSION)) {
            throw new ConfigException("model.architecture: " + fresh.type()
                    + (fresh.tellsNoise()
                            ? " tells noise from data; take it for task: diffusion"
                            : " tells classes; take unet or dit for task: diffusion"));
        }
        boolean isTable = data.kind() == DataKind.TABLE;
        boolean isGraph = data.kind() == DataKind.GRAPH;
        if (isGraph || fresh.needsGraph()) {
            if (isGraph != fresh.needsGraph()) {
                throw new ConfigException("model.architecture: " + fresh.type()
                        + (isGraph
                                ? " sees no edges; take graphsage, gcn or gin for task: " + task.key()
                                : " takes the nodes of graphs; take it for task: node_classification"));
            }
            return;
        }
        boolean fits = data.kind() == DataKind.IMAGES || (isTable && !fresh.needsImages());
        if (!fits) {
            throw new ConfigException("model.architecture: " + fresh.type() + " takes images"
                    + (fresh.needsImages() ? "" : " or a table's rows") + ", and task: " + task.key() + " learns from "
                    + (isTable ? "a table's rows; take mlp" : "texts; give model.name"));
        }
    }

    private static void checkReparametrized(
            Choice<Reparametrization> reparametrize,
            ModelSection model,
            @Nullable Choice<Attachment> adapter,
            PartSections sections) {
        String method = reparametrize.method().name();
        if (adapter != null) {
            throw new ConfigException("reparametrize: " + method + " trains every weight of the model, and adapter: "
                    + adapter.method().name() + " freezes them; leave one of them out");
        }
        if (!sections.byKey().isEmpty()) {
            throw new ConfigException("reparametrize: " + method + " does not go with "
                    + String.join(", ", sections.byKey().keySet())
                    + ", which merges plain weights as they are trained; leave one of them out");
        }
        if (reparametrize.settings().needsFreshWeights() && !model.beginsAtRandom()) {
            throw new ConfigException(
                    "reparametrize: a start from the data would spoil the weights that model.name brings;"
                            + " set model.from_scratch: true, or leave data_init out");
        }
    }

    /** Refuses to share a weight of 1 among rows of which there is one. */
    private static void checkTogether(TrainConfig train) {
        boolean whole = train.weighed() == TrainConfig.Together.STEP;
        if (train.batchSize() == 1 && (!whole || train.accumulation() == 1)) {
            throw new ConfigException("weigh: rows are weighed against those beside them, and train.batch_size: 1 puts"
                    + " none there; take more, or train.accumulation with train.weighed: step, or leave weigh out");
        }
    }

    /** Whether an adapter sets weights of the model itself free. */
    static boolean trainsWeights(Choice<Attachment> adapter) {
        return !(adapter.settings() instanceof AdapterConfig)
                && adapter.method().verb() != Verb.TAP;
    }
}
