package org.counterweight.jobs.predict.written;

import java.util.LinkedHashMap;
import java.util.Map;
import org.counterweight.data.table.write.ColumnType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An answer as a row of a table. What stands in {@code columns}, of the file that was asked about, has its own name again,
 * unless an answer has it too ({@code columns.label}); other objects have a column for each name ({@code probabilities.cat}),
 * lists are JSON.
 */
record FlatAnswer(Map<String, JsonNode> cells) {
    private static final String COLUMNS = "columns";

    static FlatAnswer of(ObjectNode answer) {
        var cells = new LinkedHashMap<String, JsonNode>();
        answer.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode object) {
                boolean own = entry.getKey().equals(COLUMNS);
                object.properties()
                        .forEach(inner -> cells.put(
                                own && !answer.has(inner.getKey())
                                        ? inner.getKey()
                                        : entry.getKey() + "." + inner.getKey(),
                                inner.getValue()));
            } else {
                cells.put(entry.getKey(), entry.getValue());
            }
        });
        return new FlatAnswer(cells);
    }

    /** What its cells hold, by the names of their columns; of nothing nothing can be said. */
    Map<String, ColumnType> types() {
        var types = new LinkedHashMap<String, ColumnType>();
        cells.forEach((name, cell) -> {
            if (!cell.isNull()) {
                types.put(name, type(cell));
            }
        });
        return types;
    }

    private static ColumnType type(JsonNode cell) {
        if (cell.isIntegralNumber()) {
            return ColumnType.INTEGER;
        }
        if (cell.isNumber()) {
            return ColumnType.NUMBER;
        }
        boolean numbers = cell.isArray() && !cell.isEmpty();
        for (JsonNode element : cell) {
            numbers &= element.isNumber();
        }
        return numbers ? ColumnType.NUMBERS : ColumnType.TEXT;
    }

    /** As it stands in a cell; empty for nothing. */
    String written(String column) {
        JsonNode cell = cells.get(column);
        return cell == null || cell.isNull() ? "" : cell.isValueNode() ? cell.asString() : cell.toString();
    }
}
