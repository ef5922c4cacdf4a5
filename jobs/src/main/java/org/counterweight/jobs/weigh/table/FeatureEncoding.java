package org.counterweight.jobs.weigh.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.written.Written;
import org.jspecify.annotations.Nullable;

/**
 * How columns become features. Numbers and dates are standardised over both tables and what is missing is at the mean, with a
 * column of its own that says so; texts of few kinds have a column of 0 and 1 for each.
 *
 * @param columns the places of the columns among the table's
 * @param names of the features
 */
public record FeatureEncoding(List<Encoded> columns, List<String> names) {
    /** More categories than this share one column. */
    private static final int SHOWN = 20;

    /** One column's way. */
    sealed interface Encoded {
        int place();

        int width();

        void write(Cell cell, Decimals decimals, double[] row, int at);
    }

    private record Numeric(
            int place,
            double mean,
            double deviation,
            @Nullable Written written,
            boolean marksMissing) implements Encoded {
        @Override
        public int width() {
            return marksMissing ? 2 : 1;
        }

        @Override
        public void write(Cell cell, Decimals decimals, double[] row, int at) {
            boolean missing = cell instanceof Cell.Nothing || ColumnSurvey.isMark(cell);
            double value = missing ? mean : CellNumber.of(cell, decimals, written);
            row[at] = deviation == 0 ? 0 : (value - mean) / deviation; // one number, where it is not missing
            if (marksMissing) {
                row[at + 1] = missing ? 1 : 0;
            }
        }
    }

    private record Category(int place, Map<String, Integer> levels, int width) implements Encoded {
        @Override
        public void write(Cell cell, Decimals decimals, double[] row, int at) {
            row[at + levels.getOrDefault(cell.written().strip(), width - 1)] = 1;
        }
    }

    /**
     * Finds the ways of all columns.
     *
     * @param features the columns that may be features, with what was found in them
     * @param named whether the user named them: then none is left out in silence
     * @param say takes what is left out or treated in a way worth knowing
     */
    static FeatureEncoding of(
            List<String> columns, Map<String, ColumnSurvey> features, boolean named, Consumer<String> say) {
        var encoded = new ArrayList<Encoded>();
        var names = new ArrayList<String>();
        features.forEach((name, survey) -> {
            int place = columns.indexOf(name);
            if (survey.isConstant()) {
                say.accept(name + ": has one value in all rows and is left out");
            } else if (survey.isUnclear()) {
                if (named) {
                    throw new DataException(name + ": " + survey.remark());
                }
                say.accept(name + ": " + survey.remark() + "; it is left out");
            } else if (!survey.isCode() && survey.isNumberOrMark() || survey.written() != null) {
                encoded.add(
                        new Numeric(place, survey.mean(), survey.deviation(), survey.written(), survey.missing() > 0));
                names.add(name);
                if (!survey.remark().isEmpty()) {
                    say.accept(name + ": " + survey.remark());
                }
                if (survey.missing() > 0) {
                    names.add(name + " is missing");
                    say.accept(name + ": missing in " + survey.missing()
                            + " rows, which get the mean and a feature that says so");
                }
            } else if (survey.isFreeText()) {
                String told = name + ": has more than " + ColumnSurvey.MOST_LEVELS + " different texts";
                if (named) {
                    throw new DataException(told + ", which are no categories; leave it out of the features");
                }
                say.accept(told + " and is left out");
            } else {
                category(name, place, survey, encoded, names, say);
            }
        });
        return new FeatureEncoding(List.copyOf(encoded), List.copyOf(names));
    }

    private static void category(
            String name,
            int place,
            ColumnSurvey survey,
            List<Encoded> encoded,
            List<String> names,
            Consumer<String> say) {
        List<String> frequent = survey.levels().entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(SHOWN)
                .map(Map.Entry::getKey)
                .toList();
        Map<String, Integer> places = new HashMap<>();
        for (String level : frequent) {
            places.put(level, places.size());
            names.add(name + "=" + level);
        }
        int width = places.size();
        if (survey.levels().size() > SHOWN) {
            names.add(name + "=(other)");
            say.accept(name + ": " + survey.levels().size() + " categories, of which the " + SHOWN
                    + " most frequent have features of their own");
            width++;
        }
        if (survey.missing() > 0) {
            if (width == places.size()) {
                names.add(name + " is missing");
                width++;
            }
            say.accept(name + ": missing in " + survey.missing() + " rows, which are a category");
        }
        encoded.add(new Category(place, places, width));
    }

    /** How many features there are. */
    int width() {
        return names.size();
    }

    /** Writes the features of a row. */
    void write(List<Cell> cells, Decimals decimals, double[] into, int from) {
        int at = from;
        for (Encoded column : columns) {
            column.write(cells.get(column.place()), decimals, into, at);
            at += column.width();
        }
    }
}
