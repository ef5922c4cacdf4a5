package org.counterweight.jobs.recipe;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.JsonSchema;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.jobs.recipe.data.DataConfig;
import org.counterweight.jobs.recipe.foreign.ForeignSettings;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.part.Plan;
import org.counterweight.train.part.RunPart;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.WeigherConfig;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
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

    private static final List<String> TOP = List.of("task", "device", "threads", "processes", "deterministic");
    private static final List<String> SECTIONS = Stream.of(
                    Stream.of("model", "data", "adapter", "reparametrize", "weigh"),
                    PartSections.keys().stream(),
                    Stream.of("train", "output"))
            .flatMap(keys -> keys)
            .toList();

    public Recipe {
        Compatibility.check(work, model, data, adapter, reparametrize, weigh, sections, train, output);
        var plan = new Plan(
                train,
                adapter == null || Compatibility.trainsWeights(adapter)
                        ? null
                        : adapter.method().name(),
                weigh == null ? null : weigh.settings().create());
        parts(adapter, reparametrize, weigh, sections).forEach(part -> part.check(plan)); // no component is set yet
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

    /** What weigher and parts need to know of each row. */
    static Stream<RowColumn> columns(@Nullable Choice<WeigherConfig> weigh, PartSections sections) {
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

    /**
     * Reads and checks a recipe.
     *
     * @param settings put in place of the file's: {@code train.lr=3e-3}
     * @throws ConfigException naming the key, the value and what is allowed
     */
    public static Recipe read(Path file, List<String> settings) throws IOException {
        ObjectNode tree = ForeignSettings.translated(file, Configs.read(file));
        Overrides.apply(tree, settings);
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.(ya?ml|json)$", "");
        return of(tree, name);
    }

    /**
     * A recipe from its tree, into which is written what it does not say and what else stands in it decides.
     *
     * @param name the file's, without its ending
     * @throws ConfigException naming the key, the value and what is allowed
     */
    public static Recipe of(ObjectNode tree, String name) {
        DerivedDefaults.write(tree);
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
        properties.set("adapter", Choice.schema(Attachment.class));
        properties.set("reparametrize", Choice.schema(Reparametrization.class));
        properties.set("weigh", Choice.schema(WeigherConfig.class));
        PartSections.describeIn(properties);
        properties.set("train", JsonSchema.object(TrainConfig.class));
        properties.set("output", JsonSchema.object(OutputSection.class));
        schema.putArray("required").add("model").add("data");
        schema.put("additionalProperties", false);
        return schema;
    }
}
