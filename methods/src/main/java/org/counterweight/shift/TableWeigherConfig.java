package org.counterweight.shift;

import java.util.List;

/** The settings of a weigher of tables: each method's record implements this. */
public interface TableWeigherConfig {
    /** A weigher with these settings. */
    TableWeigher<?> create();

    /** The columns that must be named. */
    List<Role> needed();

    /** The columns that may be named besides. */
    List<Role> allowed();

    /** Whether a table of where the model will be used must be there. */
    TargetTable target();

    /** Whether features are looked at by the method; where not, they are only shown. */
    boolean needsFeatures();

    /** Whether it measures outcomes. */
    default boolean takesOutcomes() {
        return false;
    }
}
