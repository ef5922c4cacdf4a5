package org.counterweight.jobs.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.counterweight.balance.run.BalanceConfig;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Verb;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.JsonSchema;
import org.counterweight.graph.run.StruRwConfig;
import org.counterweight.guide.learn.DiffusionConfig;
import org.counterweight.merge.stock.PeriodicStockConfig;
import org.counterweight.train.part.RunPart;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The sections of a recipe that are the settings of a {@link RunPart}: those of the catalogue's methods that are parts of a
 * run, by the method's name, and those that {@link #kinds} names otherwise.
 *
 * @param byKey the sections that the recipe has, in the order of the list
 */
public record PartSections(Map<String, RunPart> byKey) {
    private static final Map<String, Class<? extends Record>> KINDS = kinds();

    private static Map<String, Class<? extends Record>> kinds() {
        var kinds = new LinkedHashMap<String, Class<? extends Record>>();
        kinds.put("balance", BalanceConfig.class);
        kinds.put(DiffusionConfig.KEY, DiffusionConfig.class);
        kinds.put("stock", PeriodicStockConfig.class);
        kinds.put("reweigh_edges", StruRwConfig.class);
        Catalogue.all().stream()
                .filter(method -> method.verb() == Verb.RUN
                        && RunPart.class.isAssignableFrom(method.config())
                        && !kinds.containsValue(method.config()))
                .forEach(method -> kinds.put(method.name(), method.config()));
        return kinds;
    }

    /** The key of the section that has such settings; null if there is none. */
    public static @Nullable String key(Class<? extends Record> kind) {
        return KINDS.entrySet().stream()
                .filter(entry -> entry.getValue() == kind)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    public PartSections {
        byKey = Collections.unmodifiableMap(new LinkedHashMap<>(byKey));
    }

    /** The keys that a recipe may have. */
    static Set<String> keys() {
        return KINDS.keySet();
    }

    static PartSections of(ObjectNode recipe) {
        var sections = new LinkedHashMap<String, RunPart>();
        KINDS.forEach((key, kind) -> {
            if (recipe.hasNonNull(key)) {
                sections.put(key, (RunPart) section(recipe.get(key), key, kind));
            }
        });
        return new PartSections(sections);
    }

    private static Record section(JsonNode section, String key, Class<? extends Record> kind) {
        if (section instanceof ObjectNode object) {
            return Configs.bind(object, kind, key);
        }
        throw new ConfigException(key + ": expected keys and values, found " + section);
    }

    /** The parts, in the order in which they join a run. */
    public List<RunPart> parts() {
        return List.copyOf(byKey.values());
    }

    /** Files that a part may leave in a run's directory, whatever the recipe. */
    public static Set<String> files() {
        var files = new java.util.TreeSet<String>();
        KINDS.forEach((key, kind) -> files.addAll(((RunPart) Configs.bind(Configs.sample(kind), kind, key)).files()));
        return files;
    }

    /** The settings of a recipe's diffusion; null where it has none. */
    public @Nullable DiffusionConfig diffusion() {
        return byKey.get(DiffusionConfig.KEY) instanceof DiffusionConfig config ? config : null;
    }

    void writeTo(ObjectNode tree) {
        byKey.forEach((key, part) -> tree.set(key, Configs.tree((Record) part)));
    }

    static void describeIn(ObjectNode properties) {
        KINDS.forEach((key, kind) -> properties.set(key, JsonSchema.object(kind)));
    }
}
