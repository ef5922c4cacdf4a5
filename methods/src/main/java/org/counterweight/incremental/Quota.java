package org.counterweight.incremental;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** How many rows of each class are kept: a share of a fixed whole, which shrinks as classes are added, or a fixed number. */
public record Quota(
        @Setting(
                value = "Rows that are kept of all classes together",
                defaultsTo = "2000",
                range = "at least 1; 20 for each class is usual")
        int total,

        @Setting(
                value = "Rows of each class instead, however many classes there are; null to share the whole",
                defaultsTo = "null",
                range = "at least 1; 20 is usual")
        @Nullable
        Integer perClass) {

    public Quota {
        Checks.ranges(Quota.class, "memory", total, perClass);
    }

    /**
     * q = ⌊K / C⌋, or the fixed number.
     *
     * @throws ConfigException if there are more classes than rows to keep
     */
    public int of(int classes) {
        if (perClass != null) {
            return perClass;
        }
        if (total < classes) {
            throw new ConfigException("memory.total: " + total + " rows are not one for each of " + classes
                    + " classes; take at least as many, or memory.per_class");
        }
        return total / classes;
    }
}
