package org.counterweight.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A confusion matrix laid out for SVG: a row a class of the truth, a column a class of the guess, each cell as dark as its
 * share of the row.
 *
 * @param cells those that are not empty
 * @param mistakes the most frequent ones, the most frequent first
 */
public record ConfusionPlot(List<String> labels, List<Cell> cells, List<Mistake> mistakes) {
    /** Side of a cell, and where the cells begin, at the left and above. */
    public static final int CELL = 22;

    public static final int MARGIN = 116;
    private static final int MOST_MISTAKES = 6;
    private static final int LETTER = 7; // what one takes at most

    /** One cell: where, how many as it is written, which share of its row. */
    public record Cell(int row, int column, String count, double share) {
        public int x() {
            return MARGIN + column * CELL;
        }

        public int y() {
            return MARGIN + row * CELL;
        }

        public boolean right() {
            return row == column;
        }

        /** Opacity of the fill: the root of the share, so that small shares are seen at all. */
        public String opacity() {
            return String.format(Locale.ROOT, "%.2f", 0.06 + 0.94 * Math.sqrt(share));
        }

        /** Whether the cell is so dark that its text must be light. */
        public boolean dark() {
            return share > 0.3;
        }
    }

    /** Rows of {@code truth} that were taken for {@code guess}. */
    public record Mistake(String truth, String guess, double count, double of) {
        /** {@code 12 of 40}. */
        public String shares() {
            return Page.rows(count) + " of " + Page.rows(of);
        }
    }

    /** @param counts {@code counts[truth][guess]}: rows, each as often as its weight says */
    public static ConfusionPlot of(List<String> labels, double[][] counts) {
        var cells = new ArrayList<Cell>();
        var mistakes = new ArrayList<Mistake>();
        for (int row = 0; row < counts.length; row++) {
            double all = DoubleStream.of(counts[row]).sum();
            for (int column = 0; column < counts.length; column++) {
                double count = counts[row][column];
                if (count > 0) {
                    cells.add(new Cell(row, column, Page.rows(count), count / all));
                    if (row != column) {
                        mistakes.add(new Mistake(labels.get(row), labels.get(column), count, all));
                    }
                }
            }
        }
        mistakes.sort(Comparator.comparingDouble(Mistake::count).reversed());
        return new ConfusionPlot(
                labels, cells, List.copyOf(mistakes.subList(0, Math.min(MOST_MISTAKES, mistakes.size()))));
    }

    /** Where the picture begins, at the left and above: as far from the cells as the longest label reaches. */
    public int edge() {
        int longest = labels.stream().mapToInt(String::length).max().orElse(0);
        return MARGIN - Math.min(2 * MARGIN, LETTER * longest + 14);
    }

    /** Side of the whole picture. */
    public int side() {
        return MARGIN + CELL * labels.size() + 2 - edge();
    }

    /** The middle of the row or column of that number. */
    public int middle(int index) {
        return MARGIN + index * CELL + CELL / 2;
    }
}
