package org.counterweight.jobs.weigh.table;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.Setting;
import org.counterweight.shift.Role;
import org.jspecify.annotations.Nullable;

/** Which columns of a table say what. Those that nothing is said of are features. */
public record TableColumns(
        @Setting(value = "Column of the class that is to be learnt", defaultsTo = "null") @Nullable
        String label,

        @Setting(
                value = "Its value that counts as y=1; null for 1, or the alphabetically later of two",
                defaultsTo = "null")
        @Nullable
        String positive,

        @Setting(value = "Column of the sensitive group", defaultsTo = "null") @Nullable
        String group,

        @Setting(value = "Its value that counts as z=1; null for 1, or the later of two", defaultsTo = "null") @Nullable
        String groupOne,

        @Setting(value = "Column of a test's arm; null where each arm has a table of its own", defaultsTo = "null")
        @Nullable
        String arm,

        @Setting(value = "Its value that is the treatment; null for 1, or the later of two", defaultsTo = "null")
        @Nullable
        String treatment,

        @Setting(value = "Columns of what a test measures", defaultsTo = "[]")
        List<String> outcomes,

        @Setting(value = "Column of the unit that was assigned to an arm", defaultsTo = "null") @Nullable
        String unit,

        @Setting(value = "Column of the settings under which a record was made", defaultsTo = "null") @Nullable
        String setting,

        @Setting(value = "Column of how many rows each row stands for", defaultsTo = "null") @Nullable
        String weight,

        @Setting(value = "The columns that are features; [] for all without another role", defaultsTo = "[]")
        List<String> features,

        @Setting(value = "Columns that are no features", defaultsTo = "[]")
        List<String> ignore) {
    public TableColumns {
        outcomes = List.copyOf(outcomes);
        features = List.copyOf(features);
        ignore = List.copyOf(ignore);
    }

    /** The columns that are named, by what they say. */
    public Map<Role, String> roles() {
        Map<Role, String> roles = new LinkedHashMap<>();
        put(roles, Role.LABEL, label);
        put(roles, Role.GROUP, group);
        put(roles, Role.ARM, arm);
        put(roles, Role.WEIGHT, weight);
        put(roles, Role.UNIT, unit);
        put(roles, Role.SETTING, setting);
        return roles;
    }

    private static void put(Map<Role, String> roles, Role role, @Nullable String column) {
        if (column != null) {
            roles.put(role, column);
        }
    }

    /** With the column of the arms under another name. */
    public TableColumns withArm(String column, String ofTreatment) {
        return new TableColumns(
                label,
                positive,
                group,
                groupOne,
                column,
                ofTreatment,
                outcomes,
                unit,
                setting,
                weight,
                features,
                ignore);
    }
}
