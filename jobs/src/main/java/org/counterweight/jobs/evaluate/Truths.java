package org.counterweight.jobs.evaluate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.counterweight.jobs.data.targets.LabelList;

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
     * The number of each row; the decimal sign may be a comma.
     *
     * @throws DataException if a row has none that is finite
     */
    double[] scores() {
        return IntStream.range(0, written.size())
                .mapToDouble(row -> {
                    String value = written.get(row).strip();
                    double number;
                    try {
                        number = Double.parseDouble(value.replace(',', '.'));
                    } catch (NumberFormatException e) {
                        number = Double.NaN;
                    }
                    if (!Double.isFinite(number)) {
                        throw new DataException(place + ": row " + (row + 1) + " has \"" + value
                                + "\", which is no finite number, but the model tells scores; name another column with"
                                + " --label");
                    }
                    return number;
                })
                .toArray();
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
