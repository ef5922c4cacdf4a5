package org.counterweight.jobs.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.counterweight.data.DataException;
import org.counterweight.data.table.NumbersWritten;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.table.written.WrittenSurvey.Found;
import org.counterweight.data.table.written.WrittenSurvey.Kind;
import org.counterweight.jobs.recipe.data.TableData;

/**
 * Which columns of a file a model is to see, and as what: those of the recipe, or all that say something of a row. A column
 * is one of numbers if all its values are, those that are missing aside: plain ones, or ones that are written as money, with
 * thousands separators or as dates, and all in the same way.
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
        var surveyed = new NumbersWritten(table, data.format());
        names.stream()
                .filter(name -> !data.categorical().contains(name))
                .forEach(name -> surveyed.add(name, texts.texts(name)));
        var wanted = new ArrayList<Wanted>();
        var left = new ArrayList<String>();
        for (String name : names) {
            Found found = surveyed.found(name);
            boolean isNumber = found.kind() == Kind.PLAIN || found.kind() == Kind.WRITTEN;
            Set<String> different = new TreeSet<>(texts.texts(name));
            int kinds = different.size();
            boolean isChosen = data.features() != null || data.categorical().contains(name);
            boolean isUnclear = found.kind() == Kind.UNCLEAR;
            if (!isChosen && (kinds == 1 || isUnclear || (!isNumber && kinds > MOST_KINDS))) {
                left.add(name
                        + (kinds == 1
                                ? " (the same in every row)"
                                : isUnclear ? " (" + found.remark() + ")" : " (texts of " + kinds + " kinds)"));
                continue;
            }
            if (isUnclear) {
                throw new DataException(file + ": " + name + ": " + found.remark()
                        + ", or name it in data.categorical if it is no number");
            }
            if (!found.remark().isEmpty()) {
                remarks.accept(file + ": " + name + ": " + found.remark());
            }
            List<String> alike = isNumber || kinds > MOST_KINDS ? List.of() : TextCheck.spelledAlike(different);
            if (!alike.isEmpty()) {
                remarks.accept(file + ": " + name
                        + ": categories that differ in nothing but spaces or case, and are learnt apart: "
                        + String.join("; ", alike));
            }
            wanted.add((isNumber ? Wanted.number(name).written(found.written()) : Wanted.text(name)).orNothing());
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
}
