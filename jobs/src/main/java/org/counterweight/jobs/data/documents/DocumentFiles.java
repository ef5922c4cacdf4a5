package org.counterweight.jobs.data.documents;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.counterweight.data.RowValues;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.jobs.data.columns.ValueColumns;
import org.counterweight.jobs.data.documents.DocumentRows.Part;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.jobs.recipe.data.TextData;

/**
 * The user's files of documents.
 *
 * @param groups how many groups the weigher knows; 0 where it asks for none, and any number may be
 * @param byDomain whether texts of different groups are told apart
 * @param remarks takes what was found of a file's form, a line each
 */
record DocumentFiles(TextData data, int groups, boolean byDomain, Consumer<String> remarks) {
    private static final int MOST_DOMAINS = 1000;

    /** @param domains the names of the groups, by their number */
    record Read(Part part, List<String> domains) {}

    /** What a name stands for: a file, or several. */
    List<Path> files(String name) {
        return new TextFile(Path.of(name), data.format()).files();
    }

    /** Reads the file to learn from. */
    Read read(String name) {
        Path path = Path.of(name);
        var columns = new ValueColumns(data.columns(), groups == 0 ? Integer.MAX_VALUE : groups);
        TableRows rows =
                new TextFile(path, data.format()).read(columns.with(List.of(Wanted.text(data.text()))), remarks);
        RowValues values = columns.of(path, rows, remarks);
        String group = byDomain ? data.columns().group() : null;
        return new Read(
                new Part(rows.texts(data.text()), values),
                group == null ? List.of() : domains(rows.texts(group), values));
    }

    /**
     * Reads a file to choose or judge by, whose texts are of these domains.
     *
     * @param domains none where texts are not told apart
     */
    Part held(String name, List<String> domains) {
        Path path = Path.of(name);
        var file = new TextFile(path, data.format());
        ValueColumns columns = ValueColumns.ofHeldOut(data.columns(), file, List.of(data.text()), remarks);
        String group = data.columns().group();
        if (group == null || domains.isEmpty()) {
            TableRows rows = file.read(columns.with(List.of(Wanted.text(data.text()))), remarks);
            return new Part(rows.texts(data.text()), columns.ofHeldOut(path, rows, data.columns()));
        }
        TableRows rows = file.read(List.of(Wanted.text(data.text()), Wanted.text(group)), remarks);
        List<String> names = rows.texts(group);
        long[] numbers = names.stream().mapToLong(domains::indexOf).toArray();
        for (int row = 0; row < numbers.length; row++) {
            if (numbers[row] < 0) {
                throw new DataException(path + ": " + rows.places().get(row) + ": " + group + " is " + names.get(row)
                        + ", which no text to learn from is" + Nearest.hint(names.get(row), domains, "There are"));
            }
        }
        return new Part(rows.texts(data.text()), new RowValues(Map.of(), Map.of(ColumnsSection.GROUP, numbers)));
    }

    /** Names by the alphabet, or numbers from 0 on, as {@link ValueColumns} numbers them. */
    private static List<String> domains(List<String> names, RowValues values) {
        long[] numbers = values.indices().get(ColumnsSection.GROUP);
        boolean isNumbered = names.stream().allMatch(each -> each.matches("\\d{1,9}"));
        if (!isNumbered || numbers == null) {
            return List.copyOf(new TreeSet<>(names));
        }
        long count = Arrays.stream(numbers).max().orElse(-1) + 1;
        if (count > MOST_DOMAINS) {
            throw new DataException("data.columns.group: has the number " + (count - 1) + ", and at most "
                    + MOST_DOMAINS + " domains are told apart; number them from 0 on, or give them names");
        }
        return Stream.iterate(0L, number -> number + 1)
                .limit(count)
                .map(String::valueOf)
                .toList();
    }
}
