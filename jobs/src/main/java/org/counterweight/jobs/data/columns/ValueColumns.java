package org.counterweight.jobs.data.columns;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.counterweight.data.RowValues;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.shift.measure.EffectiveSize;
import org.counterweight.train.measure.statistic.Weighted;
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

    /**
     * Those of a file of rows to choose or to judge by: ids, and weights where it has such a column; where it has not, that is
     * said, and each of its rows counts once.
     *
     * @param others columns of the file that are read in any case
     */
    public static ValueColumns ofHeldOut(
            ColumnsSection columns, TextFile file, List<String> others, Consumer<String> remarks) {
        String weight = columns.weight();
        if (weight == null) {
            return ofIds(columns);
        }
        if (file.has(weight, others)) {
            return new ValueColumns(columns.ofIds().weighedBy(weight), 0);
        }
        remarks.accept(file.path() + ": has no column \"" + weight
                + "\" (data.columns.weight), so each of its rows counts once");
        return ofIds(columns);
    }

    /**
     * The weights of rows that are not learnt from.
     *
     * @param learnt what the file to learn from has: where that has weights, each of the rows here has one, 1 if theirs has none
     */
    public RowValues ofHeldOut(Path file, TableRows rows, ColumnsSection learnt) {
        return columns.weight() != null || learnt.weight() == null
                ? of(file, rows, line -> {})
                : new RowValues(Map.of(ColumnsSection.WEIGHT, Weighted.ones(rows.size())), Map.of());
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
    public @Nullable SplitColumn parting(Path file, TableRows rows, TableFormat format) {
        String split = columns.split();
        return split == null ? null : SplitColumn.of(file, split, rows, columns.splitTime() != null, format);
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
        if (weights.length > 0 && Arrays.stream(weights).allMatch(weight -> weight == 0)) {
            throw new DataException(file + ": " + columns.weight()
                    + " is 0 in every row, so that none would count (data.columns.weight); name another column");
        }
        for (int row = 0; row < weights.length; row++) {
            if (weights[row] < 0) {
                throw new DataException(file + ": " + rows.places().get(row) + ": " + columns.weight() + " is "
                        + weights[row] + "; a weight is a number of at least 0 (data.columns.weight)");
            }
        }
        if (weights.length > 0) {
            remarks.accept(weighed(weights));
        }
        return new RowValues(numbers, indices);
    }

    private String weighed(double... weights) {
        double sum = DoubleStream.of(weights).sum();
        double squares = DoubleStream.of(weights).map(weight -> weight * weight).sum();
        return String.format(
                Locale.ROOT,
                "rows weigh from %s to %s by %s, and tell as much as %,.0f equal ones: what is learnt and every"
                        + " figure count each as often as it weighs",
                shown(DoubleStream.of(weights).min().orElse(0)),
                shown(DoubleStream.of(weights).max().orElse(0)),
                columns.weight(),
                EffectiveSize.of(sum, squares));
    }

    private static String shown(double weight) {
        return String.format(Locale.ROOT, weight == Math.rint(weight) ? "%.0f" : "%.4g", weight);
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
