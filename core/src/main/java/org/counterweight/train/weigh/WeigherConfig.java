package org.counterweight.train.weigh;

import java.util.List;

/** The settings of a weigher: each method's record implements this, and that is all a recipe needs to know of it. */
public interface WeigherConfig {
    /** A weigher with these settings, at the start of its memory if it has one. */
    Weigher create();

    /** What the weigher must find in a batch beside the losses, so that a run without it is refused before it begins. */
    default List<RowColumn> columns() {
        return List.of();
    }
}
