package org.counterweight.jobs.weigh.table;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.Cell;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.shift.Role;
import org.jspecify.annotations.Nullable;

/**
 * A column that says more of a row than a feature does.
 *
 * @param name of the column
 * @param place among the table's columns
 * @param numbers what its values stand for; null where they are numbers or names by themselves
 */
public record RoleColumn(
        Role role, String name, int place, @Nullable Map<String, Integer> numbers) {
    private static final int MOST_LISTED = 12; // values that a message names

    /** A column of names that are only told apart, or of weights. */
    static RoleColumn plain(Role role, String name, List<String> columns) {
        return new RoleColumn(role, name, columns.indexOf(name), null);
    }

    /**
     * A column of two values, one of which counts as 1.
     *
     * @param one which; null for 1 or true, else the later by the alphabet
     * @throws DataException if there are not two values, or none is {@code one}
     */
    static RoleColumn binary(
            Role role,
            String name,
            List<String> columns,
            ColumnSurvey survey,
            @Nullable String one,
            String option,
            Consumer<String> say) {
        List<String> values = sorted(survey);
        if (survey.isFreeText() || values.size() != 2) {
            throw new DataException("the column " + name + " (" + role.key() + ") has " + found(survey, values)
                    + "; it needs two; give some of them one name, or leave their rows out (a query as the table can do"
                    + " both)");
        }
        String positive = one == null ? values.get(1) : one;
        if (!values.contains(positive)) {
            throw new DataException(option + ": \"" + positive + "\" does not occur in the column " + name
                    + ", which has " + String.join(" and ", values));
        }
        String other = values.get(values.get(0).equals(positive) ? 1 : 0);
        if (!(positive.equals("1") && (other.equals("0") || other.equals("-1")))) {
            say.accept(name + ": " + positive + " counts as 1, " + other + " as 0"
                    + (one == null ? "; " + option + " says otherwise" : ""));
        }
        return new RoleColumn(role, name, columns.indexOf(name), Map.of(positive, 1, other, 0));
    }

    /** What a column has in place of two values. */
    private static String found(ColumnSurvey survey, List<String> values) {
        if (survey.isFreeText()) {
            return "more than " + ColumnSurvey.MOST_LEVELS + " different values";
        }
        if (values.size() == 1) {
            return "one value, " + values.get(0);
        }
        String listed = values.size() > MOST_LISTED || values.isEmpty() ? "" : ", " + String.join(", ", values);
        return values.size() + " different values" + listed;
    }

    /** A column of classes, numbered in their order. */
    static RoleColumn classes(String name, List<String> columns, ColumnSurvey survey, Consumer<String> say) {
        List<String> values = sorted(survey);
        if (survey.isFreeText() || values.size() < 2) {
            throw new DataException("the column " + name + " (label) has "
                    + (survey.isFreeText()
                            ? "more than " + ColumnSurvey.MOST_LEVELS + " different values"
                            : "one value")
                    + "; a classifier tells two classes or more");
        }
        Map<String, Integer> numbers = new LinkedHashMap<>();
        values.forEach(value -> numbers.put(value, numbers.size()));
        say.accept(name + ": the classes are " + numbers);
        return new RoleColumn(Role.LABEL, name, columns.indexOf(name), numbers);
    }

    private static List<String> sorted(ColumnSurvey survey) {
        var values = new ArrayList<>(survey.levels().keySet());
        values.sort(survey.isNumber() ? Comparator.comparingDouble(RoleColumn::number) : null);
        return values;
    }

    /** JSON and Parquet have truths too, which count as 1 and 0. */
    private static double number(String written) {
        return switch (written) {
            case "true" -> 1;
            case "false" -> 0;
            default -> Double.parseDouble(written.replace(',', '.'));
        };
    }

    /**
     * The value of a row.
     *
     * @param where it stands, for messages
     */
    double value(Cell cell, Decimals decimals, String where) {
        if (cell instanceof Cell.Nothing) {
            throw new DataException(
                    where + ": no " + name + " (" + role.key() + "); give each row one, or leave such rows out");
        }
        String written = cell.written().strip();
        if (numbers != null) {
            Integer number = numbers.get(written);
            if (number == null) {
                throw new DataException(
                        where + ": " + name + " is " + written + ", which does not occur in the other table");
            }
            return number;
        }
        if (role != Role.WEIGHT) {
            return Role.named(written);
        }
        double weight = CellNumber.of(cell, decimals);
        if (!(weight >= 0 && Double.isFinite(weight))) {
            throw new DataException(
                    where + ": " + name + " is " + written + "; a weight is a finite number of at least 0");
        }
        return weight;
    }
}
