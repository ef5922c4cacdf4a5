package org.counterweight.jobs.data.targets;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.counterweight.data.DataException;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Row.Place;
import org.jspecify.annotations.Nullable;

/**
 * The values of a column that is to hold one class a text. Scores and lists would pass for classes, one for each value that
 * occurs, so they are refused unless the recipe says {@code data.labels: classes}.
 *
 * @param origin the file, for messages
 * @param places where in it each value stands
 */
public record LabelColumn(Path origin, String name, List<String> values, List<Place> places) {
    /** Classes that are numbers are numbers from 0 on, of a few classes; more of them are a measure of something. */
    private static final int MOST_NUMBERS = 20;

    /** Of so large a share of the rows a label must be a number, for the column to be one of numbers. */
    private static final double SHARE_OF_NUMBERS = 0.9;

    private static final Pattern NUMBER = Pattern.compile(
            "\\h*(?:([+-]?(?:\\d+(?:[.,]\\d*)?|[.,]\\d+)(?:[eE][+-]?\\d+)?)\\h*%?|[+-]?(?i:nan|inf|infinity))\\h*");
    /** What stands between the classes of a text that has several, where no brackets stand around them. */
    private static final Pattern BETWEEN = Pattern.compile("\\h*[|;,]\\h*");

    private static final Pattern BRACKETS = Pattern.compile("(?s)\\h*\\[.*]\\h*");
    private static final Pattern LIST =
            Pattern.compile("(?s)\\h*\\[\\h*(?:]|-?\\d.*]|.*[,'\"].*])\\h*|\\h*\\{.*:.*}\\h*");

    public static LabelColumn of(Path file, String name, TableRows rows) {
        return new LabelColumn(file, name, rows.texts(name), rows.places());
    }

    /**
     * Refuses a column of scores, or of lists.
     *
     * @throws DataException with the first row that shows it
     */
    public void check() {
        checkLists();
        checkNumbers();
        checkJoined();
    }

    private void checkLists() {
        boolean allInBrackets =
                values.stream().allMatch(value -> BRACKETS.matcher(value).matches());
        for (int row = 0; row < values.size(); row++) {
            if (allInBrackets || LIST.matcher(values.get(row)).matches()) {
                throw list(row);
            }
        }
    }

    /**
     * Refuses {@code joy|fear} where {@code joy} and {@code fear} are other rows' classes. A separator alone does not show a
     * list: it may be part of a class's name.
     */
    private void checkJoined() {
        Set<String> whole = new HashSet<>(values);
        for (int row = 0; row < values.size(); row++) {
            String[] parts = BETWEEN.split(values.get(row).strip());
            if (parts.length > 1 && whole.containsAll(Arrays.asList(parts))) {
                throw list(row);
            }
        }
    }

    private DataException list(int row) {
        return refused(
                places.get(row) + ": " + name + " is a list, " + values.get(row)
                        + ": any number of classes a row is learnt with task: multi_label_classification",
                "take it",
                "names of classes");
    }

    private void checkNumbers() {
        List<BigDecimal> numbers = values.stream()
                .map(LabelColumn::number)
                .filter(Objects::nonNull)
                .toList();
        long others = values.stream()
                .filter(value -> !NUMBER.matcher(value).matches())
                .count();
        if (numbers.isEmpty() || others > (1 - SHARE_OF_NUMBERS) * values.size()) {
            return;
        }
        for (int row = 0; row < values.size(); row++) {
            BigDecimal number = number(values.get(row));
            if (number != null && number.stripTrailingZeros().scale() > 0) {
                throw refused(
                        places.get(row) + ": " + name + " is a score, " + values.get(row)
                                + ": numbers are learnt with task: regression",
                        "take it",
                        "classes");
            }
        }
        int different = new TreeSet<>(numbers).size();
        if (different > MOST_NUMBERS) {
            throw refused(
                    name + " holds " + different + " different numbers, which are learnt with task: regression",
                    "take it",
                    "classes");
        }
    }

    private DataException refused(String what, String remedy, String meant) {
        return new DataException(origin + ": " + what + "; " + remedy + ", or say data.labels: classes if they are "
                + meant + " all the same");
    }

    /** The value of a number, of a decimal comma too; null of what is none, or not finite. */
    private static @Nullable BigDecimal number(String value) {
        Matcher matcher = NUMBER.matcher(value);
        return matcher.matches() && matcher.group(1) != null
                ? new BigDecimal(matcher.group(1).replace(',', '.'))
                : null;
    }
}
