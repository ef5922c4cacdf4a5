package org.counterweight.train.part;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A picture or table in a report, as plain data: whoever draws it need not know the part that it is of. */
public sealed interface Section {
    String title();

    /** What to see in it. */
    String text();

    /** Figures over the steps of a run. */
    record Curves(String title, String text, List<Curve> curves) implements Section {
        public Curves {
            curves = List.copyOf(curves);
        }
    }

    /**
     * One figure.
     *
     * @param steps after which it was measured, rising
     * @param values one a step
     * @param points whether the single values are to be seen
     */
    record Curve(String name, double[] steps, double[] values, boolean points) {}

    /**
     * Figures in rows and columns, as they are to be read.
     *
     * @param rows each as long as {@code columns}
     */
    record Table(String title, String text, List<String> columns, List<List<String>> rows) implements Section {
        public Table {
            columns = List.copyOf(columns);
            rows = rows.stream().map(List::copyOf).toList();
        }
    }

    /** A figure of each part of a model, by the part's full name, in the order of the model. */
    record ByLayer(String title, String text, Map<String, Value> values) implements Section {
        public ByLayer {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }
    }

    /**
     * What is said of one part.
     *
     * @param shown as short as can be
     * @param share in [0, 1], how strongly it is coloured
     */
    record Value(String shown, double share) {}
}
