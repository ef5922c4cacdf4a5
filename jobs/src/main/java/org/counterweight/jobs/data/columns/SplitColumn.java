package org.counterweight.jobs.data.columns;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.Split;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.written.Written;
import org.counterweight.data.table.written.WrittenSurvey;
import org.counterweight.data.table.written.WrittenSurvey.Found;
import org.counterweight.data.table.written.WrittenSurvey.Kind;
import org.counterweight.engine.Seed;
import org.jspecify.annotations.Nullable;

/**
 * By what rows are held out: what must stay together, or time.
 *
 * @param column its name
 * @param values one a row
 * @param byTime whether later rows are held out; else rows of one value stay together
 * @param written how times are written that do not sort as they stand; else null
 */
public record SplitColumn(
        String column,
        List<String> values,
        boolean byTime,
        @Nullable Written written) {
    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");
    private static final Pattern DATE = Pattern.compile("\\d{4}(-\\d{2}){1,2}([T ]\\d{2}:\\d{2}.*)?|\\d{4}");

    /**
     * As a file has it.
     *
     * @param format what was said of the file
     * @throws DataException if times are none, or there are too few values to be parted
     */
    public static SplitColumn of(Path file, String column, TableRows rows, boolean byTime, TableFormat format) {
        List<String> values = rows.texts(column).stream().map(String::strip).toList();
        if (byTime) {
            boolean numbers =
                    values.stream().allMatch(value -> NUMBER.matcher(value).matches());
            int wrong = IntStream.range(0, values.size())
                    .filter(row ->
                            !(numbers ? NUMBER : DATE).matcher(values.get(row)).matches())
                    .findFirst()
                    .orElse(-1);
            Found found = wrong < 0 ? null : found(values, format);
            if (found != null && found.kind() == Kind.UNCLEAR) {
                throw new DataException(file + ": " + column + ": " + found.remark());
            }
            if (found != null && found.written() != null) {
                return new SplitColumn(column, values, true, found.written());
            }
            if (wrong >= 0) {
                throw new DataException(
                        file + ": " + rows.places().get(wrong) + ": " + column + " is " + values.get(wrong)
                                + "; data.columns.split_time takes numbers, or dates as 2024-05-31, with a time or"
                                + " without");
            }
        } else if (values.stream().distinct().limit(3).count() < 3) {
            throw new DataException(
                    file + ": " + column + " has fewer than three values, so that rows cannot be parted by it"
                            + " (data.columns.split_by); name another column");
        }
        return new SplitColumn(column, values, byTime, null);
    }

    private static Found found(List<String> values, TableFormat format) {
        var survey = new WrittenSurvey();
        values.forEach(survey::add);
        String decimal = format.decimal();
        return survey.found(decimal == null ? null : Character.valueOf(decimal.charAt(0)), format.dayFirst());
    }

    /** The rows, of which these are the values, in three parts; says how. */
    public Split<Dataset> of(Dataset rows, double dev, double test, Seed seed, Consumer<String> remarks) {
        if (byTime) {
            int[] order = inTime();
            int last = values.size() - 1;
            remarks.accept("split by " + column + ": from " + values.get(order[0]) + " to " + values.get(order[last])
                    + ", the latest to judge by");
            return Split.ordered(rows, order, dev, test);
        }
        var numbers = new HashMap<String, Integer>();
        values.forEach(value -> numbers.putIfAbsent(value, numbers.size()));
        remarks.accept("split by " + column + ": the rows of each of " + numbers.size() + " stay together");
        return Split.grouped(rows, values.stream().mapToInt(numbers::get).toArray(), numbers.size(), dev, test, seed);
    }

    /** The rows' numbers from the earliest on; rows of one time stay as the file has them. */
    private int[] inTime() {
        boolean numbers =
                values.stream().allMatch(value -> NUMBER.matcher(value).matches());
        double[] times = written != null
                ? values.stream().mapToDouble(written::read).toArray()
                : numbers ? values.stream().mapToDouble(Double::parseDouble).toArray() : new double[0];
        Integer[] order = IntStream.range(0, values.size()).boxed().toArray(Integer[]::new);
        Arrays.sort(
                order,
                (a, b) -> times.length > 0
                        ? Double.compare(times[a], times[b])
                        : values.get(a).compareTo(values.get(b)));
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }
}
