package org.counterweight.spark;

import java.io.Serializable;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.counterweight.shift.Role;
import org.jspecify.annotations.Nullable;

/**
 * Which columns of a DataFrame say what.
 *
 * @param id of whole numbers, each once: draws depend on them, and not on how rows are divided
 * @param features of vectors, or null where the method looks at none
 * @param roles of the columns that say more, by what they say
 * @param outcomes of what a test measures
 */
public record FrameColumns(String id, @Nullable String features, Map<Role, String> roles, List<String> outcomes)
        implements Serializable {
    private static final long serialVersionUID = 1;

    public FrameColumns {
        var copy = new EnumMap<Role, String>(Role.class);
        copy.putAll(roles);
        roles = Collections.unmodifiableMap(copy);
        outcomes = List.copyOf(outcomes);
    }

    /** A column of ids, and nothing else. */
    public static FrameColumns of(String id) {
        return new FrameColumns(id, null, Map.of(), List.of());
    }

    /** With a column of vectors. */
    public FrameColumns features(String column) {
        return new FrameColumns(id, column, roles, outcomes);
    }

    /** With a column that says so. */
    public FrameColumns with(Role role, String column) {
        var more = new EnumMap<Role, String>(Role.class);
        more.putAll(roles);
        more.put(role, column);
        return new FrameColumns(id, features, more, outcomes);
    }

    /** With columns of outcomes. */
    public FrameColumns outcomes(String... columns) {
        return new FrameColumns(id, features, roles, List.of(columns));
    }
}
