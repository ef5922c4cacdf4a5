package org.counterweight.jobs.weigh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.counterweight.catalogue.Choice;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.jobs.recipe.Overrides;
import org.counterweight.jobs.weigh.table.TableColumns;
import org.counterweight.shift.Role;
import org.counterweight.shift.TableWeigherConfig;
import org.counterweight.shift.TargetTable;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is to be weighed, and how. Whatever can be told to be wrong by reading it has been refused when there is one.
 *
 * @param weigh the method
 * @param source the rows at hand: a file, a glob, or SQL
 * @param target rows of where the model will be used, or null; of a test the control's log, where each arm has one
 */
public record WeighRecipe(
        Choice<TableWeigherConfig> weigh,
        String source,
        @Nullable String target,
        TableColumns columns,
        TableFormat format,
        long seed,
        WeighOutput output) {
    private static final List<String> KEYS =
            List.of("weigh", "source", "target", "columns", "format", "seed", "output");

    public WeighRecipe {
        TableWeigherConfig config = weigh.settings();
        String method = weigh.method().name();
        Map<Role, String> named = columns.roles();
        for (Role role : config.needed()) {
            boolean apart = role == Role.ARM && target != null; // each arm has a table of its own
            if (!named.containsKey(role) && !apart) {
                throw new ConfigException("columns." + role.key() + " is missing: " + method + " needs a column of the "
                        + role.key() + (role == Role.ARM ? ", or the control's table as target" : ""));
            }
        }
        for (Role role : named.keySet()) {
            if (!config.needed().contains(role) && !config.allowed().contains(role)) {
                throw new ConfigException("columns." + role.key() + ": " + method
                        + " does not look at it with these settings, so it would change nothing; leave it out, or name"
                        + " it in columns.ignore");
            }
        }
        if (!config.takesOutcomes() && !columns.outcomes().isEmpty()) {
            throw new ConfigException("columns.outcomes: " + method + " measures none; leave them out");
        }
        refuseTarget(config, method, named, target);
        refuseTwice(columns);
    }

    private static void refuseTarget(
            TableWeigherConfig config, String method, Map<Role, String> named, @Nullable String target) {
        boolean arms = config.needed().contains(Role.ARM);
        if (config.target() == TargetTable.NEEDED && target == null) {
            throw new ConfigException("target is missing: " + method
                    + " compares the source with rows of where the model will be used; name their table");
        }
        if (config.target() == TargetTable.NONE && target != null && !(arms && !named.containsKey(Role.ARM))) {
            throw new ConfigException("target: " + method + " looks at one table with these settings; leave it out"
                    + (arms ? ", or leave columns.arm out if it is the control's" : ""));
        }
    }

    private static void refuseTwice(TableColumns columns) {
        var all = new ArrayList<>(columns.roles().values());
        all.addAll(columns.outcomes());
        all.addAll(columns.ignore());
        all.addAll(columns.features());
        for (String name : all) {
            if (all.indexOf(name) != all.lastIndexOf(name)) {
                throw new ConfigException("columns: \"" + name + "\" is named twice; give each column one meaning");
            }
        }
    }

    /**
     * Reads a recipe.
     *
     * @param settings put in place of the file's, {@code weigh.d=2}
     */
    public static WeighRecipe read(Path file, List<String> settings) throws IOException {
        return of(Configs.read(file), settings);
    }

    /** A recipe from its tree, in which {@code settings} are put in place. */
    public static WeighRecipe of(ObjectNode tree, List<String> settings) {
        Overrides.apply(tree, settings);
        tree.propertyNames().forEach(key -> {
            if (!KEYS.contains(key)) {
                throw new ConfigException(Configs.unknown(key, key, KEYS));
            }
        });
        Choice<TableWeigherConfig> weigh = Choice.of(tree.get("weigh"), "weigh", TableWeigherConfig.class);
        if (weigh == null) {
            throw new ConfigException("weigh is missing; give the method and its settings, {method: double_weighting}");
        }
        return new WeighRecipe(
                weigh,
                Objects.requireNonNull(text(tree, "source", true)),
                text(tree, "target", false),
                section(tree, "columns", TableColumns.class),
                section(tree, "format", TableFormat.class),
                number(tree),
                section(tree, "output", WeighOutput.class));
    }

    private static @Nullable String text(ObjectNode tree, String key, boolean needed) {
        JsonNode value = tree.get(key);
        if (value == null || value.isNull()) {
            if (needed) {
                throw new ConfigException(key + " is missing; name a file, a glob or a query");
            }
            return null;
        }
        if (!value.isString() || value.asString().isBlank()) {
            throw new ConfigException(key, value, "the name of a file, a glob or a query");
        }
        return value.asString();
    }

    private static long number(ObjectNode tree) {
        JsonNode seed = tree.get("seed");
        if (seed == null) {
            return 1;
        }
        if (!seed.isIntegralNumber()) {
            throw new ConfigException("seed", seed, "a whole number");
        }
        return seed.asLong();
    }

    private static <R extends Record> R section(ObjectNode tree, String key, Class<R> type) {
        JsonNode section = tree.get(key);
        if (section != null && !(section instanceof ObjectNode)) {
            throw new ConfigException(key + ": expected keys and values, found " + section);
        }
        return Configs.bind(section == null ? Configs.JSON.createObjectNode() : (ObjectNode) section, type, key);
    }

    /** With every default written out. */
    public ObjectNode tree() {
        ObjectNode tree = Configs.JSON.createObjectNode();
        tree.set("weigh", weigh.tree());
        tree.put("source", source);
        tree.put("target", target);
        tree.set("columns", Configs.tree(columns));
        tree.set("format", Configs.tree(format));
        tree.put("seed", seed);
        tree.set("output", Configs.tree(output));
        return tree;
    }
}
