package org.counterweight.train.part;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A picture or a table in a report, as plain data: whoever draws it need not know the part that it is of. */
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

    /** A figure of each part of a model, by the part's full name, in the order of the model. */
    record ByLayer(String title, String text, Map<String, Value> values) implements Section {
        public ByLayer {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }
    }

    /**
     * What is said about one part.
     *
     * @param shown as short as can be
     * @param share in [0, 1], how strongly it is coloured
     */
    record Value(String shown, double share) {}

    /**
     * A number for each pair of two lists of names, for a picture whose colours tell how far each is from the middle.
     *
     * @param across what the columns are
     * @param down what the rows are
     * @param values one a row and column; NaN where there is none
     * @param middle the value that means nothing, 1 of a ratio; values lie above it or below by factors
     */
    record Matrix(
            String title, String text, String across, String down, List<String> names, double[][] values, double middle)
            implements Section {
        public Matrix {
            names = List.copyOf(names);
        }
    }

    /** Images, one sheet below the other. */
    record Pictures(String title, String text, List<Picture> pictures) implements Section {
        public Pictures {
            pictures = List.copyOf(pictures);
        }
    }

    /**
     * A sheet of images.
     *
     * @param caption what stands under it
     * @param width of the sheet in pixels
     */
    record Picture(String caption, byte[] png, int width) {
        public Picture {
            png = png.clone();
        }

        @Override
        public byte[] png() {
            return png.clone();
        }
    }

    /**
     * Figures in rows and columns: of each class before and after, of each layer, of each value that was tried.
     *
     * @param columns what stands in each, that of the rows' names first
     * @param rows the name of each and its figures, as they are to be read
     * @param marked the number from 0 of the row that was chosen; -1 for none
     */
    record Table(String title, String text, List<String> columns, List<List<String>> rows, int marked)
            implements Section {
        public Table {
            columns = List.copyOf(columns);
            rows = rows.stream().map(List::copyOf).toList();
            for (List<String> row : rows) {
                if (row.size() != columns.size()) {
                    throw new IllegalArgumentException(
                            title + ": a row of " + row.size() + " under " + columns.size() + " columns: " + row);
                }
            }
            if (marked < -1 || marked >= rows.size()) {
                throw new IllegalArgumentException(title + ": row " + marked + " of " + rows.size() + " is marked");
            }
        }

        /** With no row marked. */
        public Table(String title, String text, List<String> columns, List<List<String>> rows) {
            this(title, text, columns, rows, -1);
        }
    }
}
