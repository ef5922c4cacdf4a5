package org.counterweight.jobs.recipe.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** Columns of a file that say more of each row; weighers read those to learn from under the names of these keys. */
public record ColumnsSection(
        @Setting(
                value =
                        "Column of how many rows each row stands for, at least 0: in what is learnt and in every figure;"
                                + " weigh.method column reads it",
                defaultsTo = "null")
        @Nullable
        String weight,

        @Setting(
                value = "Column of each row's group: numbers from 0 on, or names, which are numbered alphabetically",
                defaultsTo = "null")
        @Nullable
        String group,

        @Setting(value = "Column of each row's loss under a reference model", defaultsTo = "null") @Nullable
        String refLoss,

        @Setting(value = "Column that identifies each row in predictions.jsonl", defaultsTo = "null") @Nullable
        String id,

        @Setting(
                value = "Column of what must stay together, such as a patient or a speaker: rows with the same value"
                        + " go to the same part, where parts are held out",
                defaultsTo = "null")
        @Nullable
        String splitBy,

        @Setting(
                value = "Column of a time, as numbers or as 2024-05-31: the latest rows are held out to judge by,"
                        + " those before them to choose by",
                defaultsTo = "null")
        @Nullable
        String splitTime) {
    /** A batch's tensors. */
    public static final String WEIGHT = "weight";

    public static final String GROUP = "group";
    public static final String REF_LOSS = "ref_loss";

    /** None. */
    public static final ColumnsSection NONE = new ColumnsSection(null, null, null, null, null, null);

    /** Every column under its own key. */
    public static final ColumnsSection ALL = new ColumnsSection(WEIGHT, GROUP, REF_LOSS, null, null, null);

    /** The tensor of a batch that says how many rows each row stands for; null where each is one. */
    public @Nullable String tensor() {
        return weight == null ? null : WEIGHT;
    }

    public ColumnsSection {
        if (splitBy != null && splitTime != null) {
            throw new ConfigException("data.columns: split_by and split_time each say how rows are split; give one");
        }
    }

    /** The column of ids alone. */
    public ColumnsSection ofIds() {
        return new ColumnsSection(null, null, null, id, null, null);
    }

    /** The same with a column of weights. */
    public ColumnsSection weighedBy(String column) {
        return new ColumnsSection(column, group, refLoss, id, splitBy, splitTime);
    }

    /** The column by which rows are held out; null where chance alone does it. */
    public @Nullable String split() {
        return splitBy != null ? splitBy : splitTime;
    }

    /**
     * Refuses to say how rows are held out where none are.
     *
     * @param isHeldOut whether any part has no file of its own
     */
    public void checkSplit(boolean isHeldOut) {
        if (split() != null && !isHeldOut) {
            throw new ConfigException("data.columns." + (splitBy != null ? "split_by" : "split_time")
                    + ": dev and test have files of their own, so that nothing is split; leave it out");
        }
    }

    /** The columns that are named and that weighers read, by key. */
    public Map<String, String> given() {
        Map<String, String> given = new LinkedHashMap<>();
        put(given, WEIGHT, weight);
        put(given, GROUP, group);
        put(given, REF_LOSS, refLoss);
        return Collections.unmodifiableMap(given);
    }

    private static void put(Map<String, String> given, String key, @Nullable String column) {
        if (column != null) {
            given.put(key, column);
        }
    }
}
