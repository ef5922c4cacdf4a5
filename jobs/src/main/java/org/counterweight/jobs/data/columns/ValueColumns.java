package org.counterweight.jobs.data.columns;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.counterweight.data.RowValues;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.jspecify.annotations.Nullable;

/**
 * The columns that say more of each row of a file.
 *
 * @param groups how many groups the weigher knows; 0 if it asks for none
 */
public record ValueColumns(ColumnsSection columns, int groups) {
    private static final int SHOWN = 12;

    /** The column of ids alone, for files that are not learnt from. */
    public static ValueColumns ofIds(ColumnsSection columns) {
        return new ValueColumns(columns.ofIds(), 0);
    }

    /** Those to be read beside others. */
    public List<Wanted> with(List<Wanted> others) {
        var wanted = new ArrayList<>(others);
        columns.given().forEach((key, name) -> {
            Wanted column = new Wanted(name, !key.equals(ColumnsSection.GROUP));
            if (!wanted.contains(column)) {
                wanted.add(column);
            }
        });
        if (columns.id() != null && !wanted.contains(Wanted.text(columns.id()))) {
            wanted.add(Wanted.text(columns.id()));
        }
        String split = columns.split();
        if (split != null && wanted.stream().noneMatch(column -> column.name().equals(split) && !column.number())) {
            wanted.add(Wanted.text(split));
        }
        return wanted;
    }

    /** The rows' ids; none if no column is named. */
    public List<String> ids(TableRows rows) {
        return columns.id() == null ? List.of() : rows.texts(columns.id());
    }

    /** By what rows are held out; null where chance alone does it. */
    public @Nullable SplitColumn parting(Path file, TableRows rows) {
        String split = columns.split();
        return split == null ? null : SplitColumn.of(file, split, rows, columns.splitTime() != null);
    }

    /**
     * What a file says about its rows.
     *
     * @param remarks is told which group has which number, where they have names
     * @throws DataException if a weight is negative, or there are more groups than the weigher knows
     */
    public RowValues of(Path file, TableRows rows, Consumer<String> remarks) {
        Map<String, double[]> numbers = new LinkedHashMap<>();
        Map<String, long[]> indices = new LinkedHashMap<>();
        columns.given().forEach((key, name) -> {
            if (key.equals(ColumnsSection.GROUP)) {
                indices.put(key, groups(file, name, rows, remarks));
            } else {
                numbers.put(key, rows.numbers(name));
            }
        });
        double[] weights = numbers.getOrDefault(ColumnsSection.WEIGHT, new double[0]);
        for (int row = 0; row < weights.length; row++) {
            if (weights[row] < 0) {
                throw new DataException(file + ": " + rows.places().get(row) + ": " + columns.weight() + " is "
                        + weights[row] + "; a weight is a number of at least 0 (data.columns.weight)");
            }
        }
        return new RowValues(numbers, indices);
    }

    private long[] groups(Path file, String name, TableRows rows, Consumer<String> remarks) {
        List<String> values = rows.texts(name);
        if (values.stream().allMatch(value -> value.matches("\\d{1,9}"))) {
            long[] numbers = values.stream().mapToLong(Long::parseLong).toArray();
            for (int row = 0; row < numbers.length; row++) {
                if (numbers[row] >= groups) {
                    throw new DataException(file + ": " + rows.places().get(row) + ": " + name + " is " + numbers[row]
                            + ", but weigh.groups: " + groups + " has 0 to " + (groups - 1) + "; set as many");
                }
            }
            return numbers;
        }
        List<String> names = List.copyOf(new TreeSet<>(values));
        String shown = IntStream.range(0, Math.min(names.size(), SHOWN))
                        .mapToObj(i -> i + " " + names.get(i))
                        .collect(Collectors.joining(", "))
                + (names.size() > SHOWN ? ", …" : "");
        if (names.size() > groups) {
            throw new DataException(file + ": " + name + " has " + names.size() + " groups (" + shown
                    + "), but weigh.groups is " + groups + "; set as many");
        }
        remarks.accept("groups by the alphabet: " + shown);
        Map<String, Long> numbers = new LinkedHashMap<>();
        names.forEach(group -> numbers.put(group, (long) numbers.size()));
        return values.stream().mapToLong(numbers::get).toArray();
    }
}
