package org.counterweight.jobs.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.counterweight.data.RowValues;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.jobs.data.DocumentRows.Part;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.jobs.recipe.data.TextData;

/**
 * The user's files of documents.
 *
 * @param groups how many groups the weigher knows; 0 where it asks for none, and any number may be
 * @param remarks takes what was found of a file's form, a line each
 */
record DocumentFiles(TextData data, int groups, Consumer<String> remarks) {
    private static final int MOST_DOMAINS = 1000;

    /** @param domains the names of the groups, by their number */
    record Read(Part part, List<String> domains) {}

    /** What a name stands for: a file, or several. */
    List<Path> files(String name) {
        return new TextFile(Path.of(name), data.format()).files();
    }

    /**
     * Reads a file.
     *
     * @param known the names of the groups, if another file has said which there are; its own otherwise
     */
    Read read(String name, List<String> known) {
        Path path = Path.of(name);
        var columns = new ValueColumns(data.columns(), groups == 0 ? Integer.MAX_VALUE : groups);
        String group = data.columns().group();
        TableRows rows = new TextFile(path, data.format()).read(columns.with(Wanted.text(data.text())), remarks);
        RowValues values = columns.of(path, rows, known.isEmpty() ? remarks : remark -> {});
        if (group == null) {
            return new Read(new Part(rows.texts(data.text()), values), List.of());
        }
        List<String> names = rows.texts(group);
        List<String> domains = known.isEmpty() ? domains(names, values) : known;
        long[] numbers = names.stream().mapToLong(domains::indexOf).toArray();
        for (int row = 0; row < numbers.length; row++) {
            if (numbers[row] < 0) {
                throw new DataException(path + ": " + rows.places().get(row) + ": " + group + " is " + names.get(row)
                        + ", which no text to learn from is" + Nearest.hint(names.get(row), domains, "There are"));
            }
        }
        var indices = new LinkedHashMap<>(values.indices());
        indices.put(ColumnsSection.GROUP, numbers);
        return new Read(new Part(rows.texts(data.text()), new RowValues(values.numbers(), indices)), domains);
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
            throw new DataException("data.columns.group: has the number " + (count - 1) + ", and at most " + MOST_DOMAINS
                    + " domains are told apart; number them from 0 on, or give them names");
        }
        return Stream.iterate(0L, number -> number + 1).limit(count).map(String::valueOf).toList();
    }
}
