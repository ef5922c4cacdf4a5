package org.counterweight.data.table.written;

import org.counterweight.config.ConfigException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How the numbers of a column are written where they are no plain ones. */
public sealed interface Written permits WrittenNumber, WrittenDate {
    /** The number that stands there; NaN if the text is written otherwise. */
    double read(String text);

    /** What the texts look like: {@code as 1,234.50}. */
    String like();

    /** As it is kept beside a model. */
    ObjectNode json();

    /**
     * What was kept; null of a column of plain numbers.
     *
     * @throws ConfigException if it is nothing that {@link #json} gives
     */
    static @Nullable Written of(@Nullable JsonNode json) {
        if (json == null || json.isNull() || json.isMissingNode()) {
            return null;
        }
        return json.has(WrittenDate.KEY) ? WrittenDate.of(json) : WrittenNumber.of(json);
    }
}
