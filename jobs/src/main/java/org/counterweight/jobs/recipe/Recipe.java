package org.counterweight.jobs.recipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.counterweight.adapt.AdapterConfig;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Choice;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Verb;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.JsonSchema;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.jobs.recipe.data.DataConfig;
import org.counterweight.jobs.recipe.data.DataKind;
import org.counterweight.model.fresh.FreshModel;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.measure.MetricConfig;
import org.counterweight.train.part.Plan;
import org.counterweight.train.part.RunPart;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.WeigherConfig;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A whole recipe. Whatever can be told to be wrong by reading it has been refused when there is one.
 *
 * @param name the file's, without its ending
 * @param adapter null to train every weight
 * @param reparametrize null to train weights as they are
 * @param weigh null to count every row the same
 * @param sections the other parts that join the run
 */
public record Recipe(
        String name,
        WorkSettings work,
        ModelSection model,
        DataConfig data,
        @Nullable Choice<Attachment> adapter,
        @Nullable Choice<Reparametrization> reparametrize,
        @Nullable Choice<WeigherConfig> weigh,
        PartSections sections,
        TrainConfig train,
        OutputSection output) {
    /** A size of batches that holds all rows there can be. */
    public static final int ALL_ROWS = 1_000_000_000;

    private static final List<String> TOP = List.of("task", "device", "threads", "deterministic");
    private static final List<String> SECTIONS = Stream.of(
                    Stream.of("model", "data", "adapter", "reparametrize", "weigh"),
                    PartSections.keys().stream(),
                    Stream.of("train", "output"))
            .flatMap(keys -> keys)
            .toList();

    public Recipe {
        checkFigures(work.task(), train);
        sections.byKey().forEach((key, part) -> {
            if (part.needsDomains() && data.kind() != DataKind.GRAPH) {
                throw new ConfigException(key + " weighs the edges of a graph, and task: "
                        + work.task().key() + " learns from " + data.kind().rows()
                        + "; leave it out, or take task: node_classification");
            }
            if (part.needsClasses() && !work.task().hasClasses()) {
                throw new ConfigException(
                        key + " counts classes, and task: " + work.task().key() + " has none; leave it out");
            }
        });
        if ((sections.diffusion() != null) != (work.task() == TaskKind.DIFFUSION)) {
            throw new ConfigException("diffusion says how noise is told from data, and task: "
                    + work.task().key() + " learns something else; leave it out, or take task: diffusion");
        }
        checkModel(work.task(), model, data);
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
        for (var column : data.columns().given().entrySet()) {
            if (columns(weigh, sections).noneMatch(needed -> needed.name().equals(column.getKey()))) {
                throw new ConfigException("data.columns." + column.getKey() + ": \"" + column.getValue()
                        + "\" is read by nothing; take a weigh.method that needs it (weight: column, group: group_dro or"
                        + " doremi, ref_loss: doremi or loss_selection), a section fairbatch or fair_penalty for the"
                        + " group, or leave it out");
            }
        }
        var plan = new Plan(
                train,
                adapter == null || trainsWeights(adapter)
                        ? null
                        : adapter.method().name(),
                weigh == null ? null : weigh.settings().create());
        parts(adapter, reparametrize, weigh, sections).forEach(part -> part.check(plan)); // no component is set yet
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

    /** Everything that joins the run, in that order. */
    public List<RunPart> parts() {
        return parts(adapter, reparametrize, weigh, sections);
    }

    private static List<RunPart> parts(
            @Nullable Choice<Attachment> adapter,
            @Nullable Choice<Reparametrization> reparametrize,
            @Nullable Choice<WeigherConfig> weigh,
            PartSections sections) {
        var parts = new ArrayList<RunPart>();
        if (weigh != null) {
            parts.add(run -> run.with(run.task().weighedBy(weigh.settings().create())));
        }
        if (adapter != null && adapter.settings() instanceof RunPart part) {
            parts.add(part);
        }
        if (reparametrize != null) {
            parts.add(reparametrize.settings());
        }
        parts.addAll(sections.parts());
        return parts;
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

    /** What weigher and parts need to know of each row. */
    private static Stream<RowColumn> columns(@Nullable Choice<WeigherConfig> weigh, PartSections sections) {
        return Stream.concat(
                weigh == null ? Stream.of() : weigh.settings().columns().stream(),
                sections.byKey().values().stream().flatMap(part -> part.columns().stream()));
    }

    /** How many groups of rows weigher and parts know; 0 if they ask for no column of groups. */
    public int groups() {
        return columns(weigh, sections)
                .filter(column -> column.name().equals(ColumnsSection.GROUP))
                .mapToInt(RowColumn::values)
                .min()
                .orElse(0);
    }

    /** Refuses to share a weight of 1 among rows of which there is one. */
    private static void checkTogether(TrainConfig train) {
        boolean whole = train.weighed() == TrainConfig.Together.STEP;
        if (train.batchSize() == 1 && (!whole || train.accumulation() == 1)) {
            throw new ConfigException("weigh: rows are weighed against those beside them, and train.batch_size: 1 puts"
                    + " none there; take more, or train.accumulation with train.weighed: step, or leave weigh out");
        }
    }

    private static boolean trainsWeights(Choice<Attachment> adapter) {
        return !(adapter.settings() instanceof AdapterConfig)
                && adapter.method().verb() != Verb.TAP;
    }

    /**
     * Reads and checks a recipe.
     *
     * @param settings put in place of the file's: {@code train.lr=3e-3}
     * @throws ConfigException naming the key, the value and what is allowed
     */
    public static Recipe read(Path file, List<String> settings) throws IOException {
        ObjectNode tree = Configs.read(file);
        Overrides.apply(tree, settings);
        DefaultLength.fill(tree);
        DefaultBatch.fill(tree);
        DefaultDiffusion.fill(tree);
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.(ya?ml|json)$", "");
        return of(tree, name);
    }

    static Recipe of(ObjectNode tree, String name) {
        ObjectNode top = Configs.JSON.createObjectNode();
        for (String key : tree.propertyNames()) {
            if (TOP.contains(key)) {
                top.set(key, tree.get(key));
            } else if (!SECTIONS.contains(key)) {
                var known = new ArrayList<>(TOP);
                known.addAll(SECTIONS);
                throw new ConfigException(Configs.unknown(key, key, known));
            }
        }
        WorkSettings work = Configs.bind(top, WorkSettings.class, "");
        return new Recipe(
                name,
                work,
                section(tree, "model", ModelSection.class),
                DataConfig.of(
                        section(tree, "data"), work.task().data(), work.task().key()),
                Choice.of(tree.get("adapter"), "adapter", Attachment.class),
                Choice.of(tree.get("reparametrize"), "reparametrize", Reparametrization.class),
                Choice.of(tree.get("weigh"), "weigh", WeigherConfig.class),
                PartSections.of(tree),
                section(tree, "train", TrainConfig.class),
                section(tree, "output", OutputSection.class));
    }

    private static <R extends Record> R section(ObjectNode tree, String key, Class<R> type) {
        return Configs.bind(section(tree, key), type, key);
    }

    private static ObjectNode section(ObjectNode tree, String key) {
        JsonNode section = tree.get(key);
        if (section == null || section.isNull()) {
            section = Configs.JSON.createObjectNode();
        }
        if (!(section instanceof ObjectNode object)) {
            throw new ConfigException(key + ": expected keys and values, found " + section);
        }
        return object;
    }

    /** The keys on which the course of a run depends: all but where and with what machine it is done. */
    public static List<String> deciding() {
        var keys = new ArrayList<>(List.of("task"));
        SECTIONS.stream().filter(key -> !key.equals("output")).forEach(keys::add);
        return keys;
    }

    /** What the model learns. */
    public TaskKind task() {
        return work.task();
    }

    /** Where the run's files go. */
    public Path directory() {
        return output.directory() != null ? Path.of(output.directory()) : Path.of("runs", name);
    }

    /** The same with another directory. */
    public Recipe into(Path directory) {
        return new Recipe(
                name,
                work,
                model,
                data,
                adapter,
                reparametrize,
                weigh,
                sections,
                train,
                new OutputSection(
                        directory.toString(),
                        output.title(),
                        output.adapterFormat(),
                        output.merged(),
                        output.baseline()));
    }

    /** The recipe as a tree, with every default written out. */
    public ObjectNode tree() {
        ObjectNode tree = Configs.tree(work);
        tree.set("model", Configs.tree(model));
        tree.set("data", data.tree());
        if (adapter != null) {
            tree.set("adapter", adapter.tree());
        }
        if (reparametrize != null) {
            tree.set("reparametrize", reparametrize.tree());
        }
        if (weigh != null) {
            tree.set("weigh", weigh.tree());
        }
        sections.writeTo(tree);
        tree.set("train", Configs.tree(train));
        tree.set("output", Configs.tree(output));
        return tree;
    }

    /** The JSON Schema of recipes: the sections, and in {@code adapter},
     * {@code reparametrize} and {@code weigh} each method's settings. */
    public static ObjectNode schema() {
        ObjectNode schema = Configs.JSON.createObjectNode();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Counterweight recipe");
        schema.put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        properties.setAll((ObjectNode) JsonSchema.object(WorkSettings.class).get("properties"));
        properties.set("model", JsonSchema.object(ModelSection.class));
        properties.set("data", DataConfig.schema());
        properties.set("adapter", choices(Attachment.class));
        properties.set("reparametrize", choices(Reparametrization.class));
        properties.set("weigh", choices(WeigherConfig.class));
        PartSections.describeIn(properties);
        properties.set("train", JsonSchema.object(TrainConfig.class));
        properties.set("output", JsonSchema.object(OutputSection.class));
        schema.putArray("required").add("model").add("data");
        schema.put("additionalProperties", false);
        return schema;
    }

    private static ObjectNode choices(Class<?> kind) {
        ObjectNode schema = Configs.JSON.createObjectNode();
        ArrayNode oneOf = schema.putArray("oneOf");
        for (Method method : Choice.methods(kind)) {
            ObjectNode one = JsonSchema.object(method.config());
            ObjectNode properties = Configs.JSON.createObjectNode();
            properties.putObject("method").put("const", method.name()).put("description", method.line());
            properties.setAll((ObjectNode) one.get("properties"));
            one.set("properties", properties);
            var required = new ArrayList<String>(List.of("method"));
            one.path("required").forEach(key -> required.add(key.asString()));
            ArrayNode keys = one.putArray("required");
            required.forEach(keys::add);
            oneOf.add(one);
        }
        return schema;
    }
}
