package org.counterweight.jobs.recipe.data;

import java.util.Arrays;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.JsonSchema;
import org.counterweight.config.Nearest;
import org.counterweight.train.augment.Augmentation;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Where the rows of a run lie and how they are read: the section {@code data} of a recipe, of one {@link DataKind}. */
public sealed interface DataConfig permits TextData, TokenData, ImageData, TableData, GraphData {
    /** What the rows are. */
    DataKind kind();

    /** A set of the catalogue; null where there is {@link #train}. */
    @Nullable
    String name();

    /** What to learn from; null where there is {@link #name}. */
    @Nullable
    String train();

    /** What to choose by; null where a share of the training rows is held out for it. */
    @Nullable
    String dev();

    /** What to judge by; null likewise. */
    @Nullable
    String test();

    /** The share of the held-out rows to choose by. */
    double devShare();

    /** The share of the held-out rows to judge by. */
    double testShare();

    /** The most rows to learn from; null for all. */
    @Nullable
    Integer rows();

    /** The most rows to choose by, and to judge by; null for all. */
    @Nullable
    Integer evalRows();

    /** How rows are changed at random before they are learnt from. */
    List<Augmentation> augment();

    /** Columns that say more of each row. */
    ColumnsSection columns();

    /** The settings as they stand in a recipe, all of them. */
    default ObjectNode tree() {
        return Configs.tree((Record) this);
    }

    /**
     * Reads the section.
     *
     * @param kinds what the task can learn from, the usual first: it holds where the section names none
     * @param task its key, for messages
     * @throws ConfigException if the kind is unknown or another, or a setting is wrong
     */
    static DataConfig of(ObjectNode section, List<DataKind> kinds, String task) {
        ObjectNode known = section.deepCopy();
        JsonNode named = known.path("kind");
        DataKind kind = named.isMissingNode() || named.isNull() ? kinds.get(0) : kind(named, kinds, task);
        known.put("kind", kind.key());
        if (kind.settings() == TextData.class) {
            TextPair.spellOut(known);
        }
        return (DataConfig) Configs.bind(known, kind.settings(), "data");
    }

    private static DataKind kind(JsonNode named, List<DataKind> kinds, String task) {
        String word = named.asString();
        List<String> all = Arrays.stream(DataKind.values()).map(DataKind::key).toList();
        if (!named.isString() || !all.contains(word)) {
            throw new ConfigException("data.kind: " + named + " is unknown" + Nearest.hint(word, all, "Known:"));
        }
        return kinds.stream()
                .filter(kind -> kind.key().equals(word))
                .findFirst()
                .orElseThrow(() -> new ConfigException(
                        "data.kind",
                        word,
                        String.join(" or ", kinds.stream().map(DataKind::key).toList()) + " with task: " + task));
    }

    /** The JSON Schema of the section: one of the records, by what the rows are. */
    static ObjectNode schema() {
        ObjectNode schema = Configs.JSON.createObjectNode();
        ArrayNode anyOf = schema.putArray("anyOf");
        Arrays.stream(DataKind.values())
                .map(DataKind::settings)
                .distinct()
                .forEach(settings -> anyOf.add(schema(settings)));
        return schema;
    }

    private static ObjectNode schema(Class<? extends Record> settings) {
        ObjectNode schema = JsonSchema.object(settings);
        if (settings == TextData.class) {
            TextPair.describeIn(schema.withObject("properties"));
        }
        return schema;
    }

    /** Refuses rows that lie nowhere, or in two places. */
    static void checkPlaces(
            @Nullable String name, @Nullable String train, @Nullable String dev, @Nullable String test) {
        if ((name == null) == (train == null)) {
            throw new ConfigException("data: give either name, a set that cw data list knows, or train, a file"
                    + (name == null ? "; there is neither" : ", not both"));
        }
        if (name != null && (dev != null || test != null)) {
            throw new ConfigException("data: dev and test are files; they go with train, not with name");
        }
    }
}
