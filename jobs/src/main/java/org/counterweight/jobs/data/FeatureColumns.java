package org.counterweight.jobs.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.counterweight.data.DataException;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.Decimals;
import org.counterweight.data.table.row.Missing;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.jobs.recipe.data.TableData;

/**
 * Which columns of a file a model is to see, and as what: those of the recipe, or all that say something of a row. A column
 * is one of numbers if all its values are, those that are missing aside.
 */
record FeatureColumns(TableData data, Path file) {
    /** A column of texts of more kinds than this names rows rather than kinds of them, and is left out unless it is named. */
    private static final int MOST_KINDS = 50;

    /**
     * Looks through the file.
     *
     * @param remarks takes what is left out, a line each
     * @throws DataException if a column is not there, or none is left
     */
    List<Wanted> find(Consumer<String> remarks) {
        var named = new ArrayList<>(data.features() == null ? data.categorical() : data.features());
        named.add(data.label());
        Table table = Table.open(file, data.format(), named);
        named.forEach(table::check);
        List<String> lists = table.columns().stream()
                .filter(column -> column.type() == Column.Type.LIST)
                .map(Column::name)
                .toList();
        List<String> names = data.features() != null ? data.features() : all(table, lists, remarks);
        TableRows texts = table.read(
                names.stream().map(name -> Wanted.text(name).orNothing()).toList(), new ArrayList<>());
        var wanted = new ArrayList<Wanted>();
        var left = new ArrayList<String>();
        for (String name : names) {
            boolean isNumber = !data.categorical().contains(name) && isNumber(texts.texts(name));
            int kinds = new HashSet<>(texts.texts(name)).size();
            boolean isChosen = data.features() != null || data.categorical().contains(name);
            if (!isChosen && (kinds == 1 || (!isNumber && kinds > MOST_KINDS))) {
                left.add(name + (kinds == 1 ? " (the same in every row)" : " (texts of " + kinds + " kinds)"));
            } else {
                wanted.add((isNumber ? Wanted.number(name) : Wanted.text(name)).orNothing());
            }
        }
        if (!left.isEmpty()) {
            remarks.accept(
                    file + ": left out " + String.join(", ", left) + "; name in data.features the columns to use");
        }
        if (wanted.isEmpty()) {
            throw new DataException(file + ": no column is left for the model to see; name some in data.features");
        }
        return wanted;
    }

    /** All but what is told and what is said about rows for others. */
    private List<String> all(Table table, List<String> lists, Consumer<String> remarks) {
        Set<String> others = new HashSet<>(data.columns().given().values());
        others.add(data.label());
        if (data.columns().id() != null) {
            others.add(data.columns().id());
        }
        if (data.columns().split() != null) {
            others.add(data.columns().split());
        }
        if (!lists.isEmpty()) {
            remarks.accept(file + ": left out " + String.join(", ", lists) + ", which hold lists");
        }
        return table.columns().stream()
                .map(Column::name)
                .filter(name -> !others.contains(name) && !lists.contains(name))
                .toList();
    }

    private static boolean isNumber(List<String> values) {
        List<String> there =
                values.stream().filter(value -> !Missing.isMarked(value)).toList();
        return !there.isEmpty() && there.stream().allMatch(Decimals::isNumber);
    }
}
