package org.counterweight.jobs.recipe.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** Columns of a file that say more of each row; weighers read those to learn from under the names of these keys. */
public record ColumnsSection(
        @Setting(value = "Column of each row's weight, at least 0", defaultsTo = "null") @Nullable
        String weight,

        @Setting(
                value = "Column of each row's group: numbers from 0 on, or names, which are numbered by the alphabet",
                defaultsTo = "null")
        @Nullable
        String group,

        @Setting(value = "Column of each row's loss under a reference model", defaultsTo = "null") @Nullable
        String refLoss,

        @Setting(
                value =
                        "Column that names each row: predictions.jsonl has what the model tells of the rows to judge by",
                defaultsTo = "null")
        @Nullable
        String id) {
    /** A batch's tensors. */
    public static final String WEIGHT = "weight";

    public static final String GROUP = "group";
    public static final String REF_LOSS = "ref_loss";

    /** None. */
    public static final ColumnsSection NONE = new ColumnsSection(null, null, null, null);

    /** Every column under its own key. */
    public static final ColumnsSection ALL = new ColumnsSection(WEIGHT, GROUP, REF_LOSS, null);

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
