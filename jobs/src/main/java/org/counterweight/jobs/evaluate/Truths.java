package org.counterweight.jobs.evaluate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.Missing;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.written.Written;
import org.counterweight.data.table.written.WrittenSurvey;
import org.counterweight.data.table.written.WrittenSurvey.Found;
import org.counterweight.data.table.written.WrittenSurvey.Kind;
import org.counterweight.jobs.data.targets.LabelList;
import org.jspecify.annotations.Nullable;

/**
 * What is true of rows, as it is written in a column.
 *
 * @param place what messages call the column: the file and its name
 * @param written one a row
 */
record Truths(String place, List<String> written) {
    private static final Pattern COUNT = Pattern.compile("\\d{1,9}");

    /** What pandas makes of whole numbers where some are missing. */
    private static final Pattern DECIMALS = Pattern.compile("(-?\\d+)\\.0+");

    /**
     * The number of each row's class.
     *
     * <p>Where no row has the name of a class, but all have numbers of classes, those are meant: transformers writes no names for
     * classes that nobody named. Numbers may have zeros as decimals, which no class has.
     *
     * @param remarks takes what was assumed, a line each
     * @throws DataException if a row's class is none of the model's
     */
    int[] classes(List<String> labels, Consumer<String> remarks) {
        Map<String, Integer> numbers = numbers(labels);
        boolean isNamed = written.stream().anyMatch(numbers::containsKey);
        if (!isNamed
                && written.stream().allMatch(value -> DECIMALS.matcher(value).matches())) {
            List<String> whole = written.stream()
                    .map(value -> DECIMALS.matcher(value).replaceFirst("$1"))
                    .toList();
            return new Truths(place, whole).classes(labels, remarks);
        }
        if (!isNamed
                && written.stream()
                        .allMatch(value -> COUNT.matcher(value).matches() && Integer.parseInt(value) < labels.size())) {
            remarks.accept(place + ": holds numbers, which are taken for those of the model's classes: 0 is "
                    + labels.get(0) + ", " + (labels.size() - 1) + " is " + labels.get(labels.size() - 1));
            return written.stream().mapToInt(Integer::parseInt).toArray();
        }
        return IntStream.range(0, written.size())
                .map(row -> {
                    Integer found = numbers.get(written.get(row));
                    if (found == null) {
                        throw unknown(row, written.get(row), labels);
                    }
                    return found;
                })
                .toArray();
    }

    /**
     * The number of each row.
     *
     * @param learnt how the rows that the model learnt from write it; null to find it out here
     * @param format what was said of the file
     * @throws DataException if a row has none that is finite, or all can be read in two ways
     */
    double[] scores(@Nullable Written learnt, TableFormat format) {
        return numbers(
                learnt != null ? learnt : found(format),
                "the model tells scores; mend the row, or name another column with --label");
    }

    private @Nullable Written found(TableFormat format) {
        var survey = new WrittenSurvey();
        written.stream().filter(text -> !Missing.isMarked(text)).forEach(survey::add);
        String decimal = format.decimal();
        Found found = survey.found(decimal == null ? null : Character.valueOf(decimal.charAt(0)), format.dayFirst());
        if (found.kind() == Kind.UNCLEAR) {
            throw new DataException(place + ": " + found.remark());
        }
        return found.written();
    }

    private double[] numbers(@Nullable Written how, String but) {
        return IntStream.range(0, written.size())
                .mapToDouble(row -> {
                    String value = written.get(row).strip();
                    double number = how == null ? plain(value) : how.read(value);
                    if (!Double.isFinite(number)) {
                        throw new DataException(place + ": row " + (row + 1) + " has \"" + value
                                + "\", which is no finite number, but " + but);
                    }
                    return number;
                })
                .toArray();
    }

    private static double plain(String value) {
        Double number = Decimals.POINT.read(value);
        return number == null ? Double.NaN : number;
    }

    /**
     * How many rows each row stands for.
     *
     * @param format what was said of the file
     * @throws DataException if a row has no finite number of at least 0, or all have 0
     */
    double[] weights(TableFormat format) {
        double[] weights = numbers(
                found(format),
                "a weight is a number of at least 0; mend the row, or name another column with" + " --weight");
        for (int row = 0; row < weights.length; row++) {
            if (weights[row] < 0) {
                throw new DataException(place + ": row " + (row + 1) + " has \"" + written.get(row)
                        + "\", but a weight is a number of at least 0; mend the row, or name another column with"
                        + " --weight");
            }
        }
        if (DoubleStream.of(weights).allMatch(weight -> weight == 0)) {
            throw new DataException(place + ": every row has 0, so that none would count; name another column with"
                    + " --weight, or leave it out");
        }
        return weights;
    }

    /**
     * Whether each row has each class, row by row.
     *
     * @throws DataException if a row names a class that is none of the model's
     */
    boolean[] labelSets(List<String> labels) {
        Map<String, Integer> numbers = numbers(labels);
        boolean[] marks = new boolean[written.size() * labels.size()];
        for (int row = 0; row < written.size(); row++) {
            for (String name : LabelList.of(written.get(row))) {
                Integer found = numbers.get(name);
                if (found == null) {
                    throw unknown(row, name, labels);
                }
                marks[row * labels.size() + found] = true;
            }
        }
        return marks;
    }

    private DataException unknown(int row, String name, List<String> labels) {
        if (name.isBlank()) {
            return new DataException(place + ": row " + (row + 1)
                    + " is empty, but only rows whose answer is known can be judged; take it out of the file");
        }
        return new DataException(place + ": row " + (row + 1) + " has \"" + name + "\", which is no class of the model"
                + Nearest.hint(name, labels, "It tells"));
    }

    private static Map<String, Integer> numbers(List<String> labels) {
        var numbers = new HashMap<String, Integer>();
        labels.forEach(label -> numbers.putIfAbsent(label, numbers.size()));
        return numbers;
    }
}
