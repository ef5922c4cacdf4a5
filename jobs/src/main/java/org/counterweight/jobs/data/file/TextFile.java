package org.counterweight.jobs.data.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.config.Configs;
import org.counterweight.config.Nearest;
import org.counterweight.data.DataException;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableFiles;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.LabelledTexts;

/**
 * A file with texts: a {@link Table}, or plain text (.txt), which has one column, {@value #TEXT}, in which an empty line ends
 * a text.
 *
 * @param path by whose ending the kind is told; several, or a table of a database, as {@link TableFiles} has them
 * @param format how a table is written
 */
public record TextFile(Path path, TableFormat format) {
    private static final String TEXT = "text";

    /** A file whose form is found out. */
    public TextFile(Path path) {
        this(path, TableFormat.FIND_OUT);
    }

    /** @throws DataException if there is none */
    public TextFile {
        TableFiles.of(path);
    }

    /** The files that the name stands for. */
    public List<Path> files() {
        return TableFiles.of(path);
    }

    /**
     * Refuses a file of no known kind or form, and names that are no columns of it.
     *
     * @throws DataException with the nearest name that is one
     */
    public void check(List<String> names) {
        if (Table.isTable(path, format)) {
            Table table = Table.open(path, format, names);
            names.forEach(table::check);
            return;
        }
        for (String name : names) {
            if (!name.equals(TEXT)) {
                throw new DataException(
                        path + ": has no column \"" + name + "\"" + Nearest.hint(name, List.of(TEXT), "It has"), name);
            }
        }
    }

    /** Whether it has a column of that name; the {@code others} are asked for in any case. */
    public boolean has(String name, List<String> others) {
        return Table.isTable(path, format)
                ? Table.open(path, format, others).columns().stream()
                        .anyMatch(column -> column.name().equals(name))
                : name.equals(TEXT);
    }

    /** Whether there is a text, or a row, at all. */
    public boolean hasRows() {
        return Table.isTable(path, format) ? Table.open(path, format, List.of()).hasRows() : !texts().isEmpty();
    }

    /**
     * Reads columns of all rows that can be used.
     *
     * @param remarks takes what was found of the file's form and what was skipped, a line each
     * @throws DataException if there is no such column, or rows cannot be used and are not to be skipped
     */
    public TableRows read(List<Wanted> wanted, Consumer<String> remarks) {
        List<String> names = wanted.stream().map(Wanted::name).toList();
        if (!Table.isTable(path, format)) {
            check(names);
            return TableRows.ofTexts(TEXT, paragraphs());
        }
        var said = new ArrayList<String>();
        TableRows rows = Table.open(path, format, names).read(wanted, said);
        said.forEach(remarks);
        return rows;
    }

    /**
     * Looks through all rows, so that what cannot be used is refused before anything is made of the others.
     *
     * @param remarks takes what was found of the file's form and what was skipped, a line each
     * @throws DataException as {@link #read}
     */
    public CheckedRows checked(List<Wanted> wanted, Consumer<String> remarks) {
        List<String> names = wanted.stream().map(Wanted::name).toList();
        if (!Table.isTable(path, format)) {
            check(names);
            return CheckedRows.of(TEXT, paragraphs());
        }
        Table table = Table.open(path, format, names);
        String remark = table.remark();
        if (remark != null) {
            remarks.accept(remark);
        }
        return CheckedRows.of(table, wanted, remarks);
    }

    /** One column of texts, as {@link #read}. */
    public List<String> column(String name, Consumer<String> remarks) {
        return read(List.of(Wanted.text(name)), remarks).texts(name);
    }

    /**
     * Texts and the class of each, as {@link #read}.
     *
     * @param classes those that there are, in their order
     * @throws DataException if a label is none of them; the message has file and row
     */
    public LabelledTexts labelled(String text, String label, List<String> classes, Consumer<String> remarks) {
        TableRows rows = read(List.of(Wanted.text(text), Wanted.text(label)), remarks);
        return LabelledTexts.of(
                rows.texts(text),
                rows.texts(label),
                classes,
                row -> path + ": " + rows.places().get(row));
    }

    private List<String> paragraphs() {
        List<String> texts = texts();
        if (texts.isEmpty()) {
            throw new DataException(path + ": has no rows; give a file with at least one");
        }
        return texts;
    }

    private List<String> texts() {
        try {
            return Arrays.stream(Configs.text(path).split("(?:\\h*\\R){2,}"))
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .toList();
        } catch (IOException e) {
            throw new DataException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
