package org.counterweight.data.graph;

import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** What is where in the tables of a graph's nodes and edges. */
public record GraphColumns(
        @Setting(value = "Column of a node's id", defaultsTo = "\"id\"")
        String id,

        @Setting(value = "Column of a node's class, empty for none; optional", defaultsTo = "\"label\"")
        String label,

        @Setting(value = "Columns of a node's numbers; null for all others", defaultsTo = "null") @Nullable
        List<String> features,

        @Setting(value = "Column of an edge's sender", defaultsTo = "\"source\"")
        String source,

        @Setting(value = "Column of an edge's receiver", defaultsTo = "\"target\"")
        String target,

        @Setting(value = "Column of an edge's weight, at least 0; optional", defaultsTo = "\"weight\"")
        String weight) {
    /** The usual names. */
    public static final GraphColumns USUAL = new GraphColumns("id", "label", null, "source", "target", "weight");

    public GraphColumns {
        if (id.equals(label)) {
            throw new ConfigException("label", label, "another column than id");
        }
        if (source.equals(target)) {
            throw new ConfigException("target", target, "another column than source");
        }
        if (features != null) {
            features = List.copyOf(features);
            if (features.isEmpty() || features.contains(id) || features.contains(label)) {
                throw new ConfigException("features", features, "columns beside id and label, at least one");
            }
        }
    }

    /** The same with these features. */
    public GraphColumns seeing(List<String> columns) {
        return new GraphColumns(id, label, columns.isEmpty() ? null : columns, source, target, weight);
    }
}
