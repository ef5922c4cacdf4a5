package org.counterweight.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A figure of each pair of names laid out for SVG: the further from the middle by factors, the stronger its colour, blue above and
 * orange below.
 *
 * @param note what to see in it
 * @param cells those that have a value
 */
public record HeatMap(String title, String note, Names names, List<Cell> cells) {
    /** Side of a cell, and the margin for names. */
    public static final int CELL = 38;

    public static final int MARGIN = 130;
    private static final int LETTER = 7; // what one takes at most
    private static final double STRONGEST = 3; // powers of two

    /**
     * What rows and columns are called.
     *
     * @param across what columns are
     * @param down what rows are
     */
    public record Names(String across, String down, List<String> all) {
        public Names {
            all = List.copyOf(all);
        }
    }

    /**
     * One pair.
     *
     * @param above whether it lies above the middle
     */
    public record Cell(int row, int column, String text, boolean above, double strength) {
        public int x() {
            return MARGIN + column * CELL;
        }

        public int y() {
            return MARGIN + row * CELL;
        }

        /** Opacity of the fill. */
        public String opacity() {
            return String.format(Locale.ROOT, "%.2f", 0.04 + 0.9 * strength);
        }

        /** Whether the cell is so dark that its text must be light. */
        public boolean dark() {
            return strength > 0.6;
        }
    }

    public HeatMap {
        cells = List.copyOf(cells);
    }

    /** @param values one a row and column; NaN where there is none. Not negative */
    public static HeatMap of(String title, String note, Names names, double[][] values, double middle) {
        var cells = new ArrayList<Cell>();
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < values[row].length; column++) {
                double value = values[row][column];
                if (!Double.isNaN(value)) {
                    double powers = Math.abs(Math.log(value / middle) / Math.log(2));
                    cells.add(new Cell(row, column, text(value), value > middle, Math.min(1, powers / STRONGEST)));
                }
            }
        }
        return new HeatMap(title, note, names, cells);
    }

    /** Two digits, as far as a cell has room. */
    private static String text(double value) {
        String form = value >= 9.95 || value == 0 ? "%.0f" : value >= 0.095 ? "%.1f" : "%.2f";
        return value >= 9995 ? String.format(Locale.ROOT, "%.0e", value) : String.format(Locale.ROOT, form, value);
    }

    /** Where the picture begins, at the left and above: as far from the cells as the longest name reaches. */
    public int edge() {
        int longest = names.all().stream().mapToInt(String::length).max().orElse(0);
        return MARGIN - Math.min(2 * MARGIN, LETTER * longest + 14);
    }

    /** Side of the whole picture. */
    public int side() {
        return MARGIN + CELL * names.all().size() + 2 - edge();
    }

    /** The middle of the row or column of that number. */
    public int middle(int index) {
        return MARGIN + index * CELL + CELL / 2;
    }
}
