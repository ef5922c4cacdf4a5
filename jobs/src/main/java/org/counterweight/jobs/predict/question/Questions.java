package org.counterweight.jobs.predict.question;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.Passages;
import org.counterweight.jobs.data.file.CheckedRows;
import org.counterweight.jobs.data.file.TextFile;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a trained model is queried about. Which of these are meant, and how a file is read, depends on the model.
 *
 * @param texts given one by one, alone or in pairs
 * @param images pictures given one by one
 * @param input a file with rows or images, or a directory of pictures; null without one
 * @param column of the texts in it
 * @param pair column of what is read together with each; null where texts stand alone
 * @param id column that names the rows of the file, or null
 * @param keep columns of the file that are told again with the answers
 * @param needed one of the latter without which a row is not to be asked about; null where all of them may be empty
 * @param format how a file is written
 */
public record Questions(
        Passages texts,
        List<Path> images,
        @Nullable Path input,
        String column,
        @Nullable String pair,
        @Nullable String id,
        List<String> keep,
        @Nullable String needed,
        TableFormat format) {
    public Questions {
        keep = List.copyOf(keep);
        images = List.copyOf(images);
        if (input != null && texts.size() > 0 && texts.arePairs() != (pair != null)) {
            throw new ConfigException(
                    "--pair: texts that are read alone and pairs are not asked about at once; ask twice");
        }
    }

    /** The same with more columns that are told again. */
    public Questions keeping(List<String> columns) {
        var all = new LinkedHashSet<>(keep);
        all.addAll(columns);
        return new Questions(texts, images, input, column, pair, id, List.copyOf(all), needed, format);
    }

    /** The same with a column that is told again, and without which a row is broken. */
    public Questions needing(String name) {
        Questions kept = keeping(List.of(name));
        return new Questions(texts, images, input, column, pair, id, kept.keep, name, format);
    }

    /** So many rows are in memory together, and are sorted by length before they are asked about. */
    static final int TOGETHER = 4096;

    /** The option's own default of {@link #column}. */
    static final String TEXT = "text";

    /**
     * Texts that are asked about together.
     *
     * @param first the number of the first of them among all, from 0
     * @param begun an object for each, with its id if it has one and the text, to be added to
     */
    public record Texts(long first, Passages read, List<ObjectNode> begun) {
        /** An object for each, with what is read. */
        public static Texts of(Passages read) {
            var begun = new ArrayList<ObjectNode>();
            for (int i = 0; i < read.size(); i++) {
                begun.add(put(Configs.JSON.createObjectNode(), read, i));
            }
            return new Texts(0, read, begun);
        }

        /** A line with what is read. */
        static ObjectNode put(ObjectNode line, Passages read, int place) {
            line.put(TEXT, read.texts().get(place));
            return read.arePairs() ? line.put("pair", read.pairs().get(place)) : line;
        }

        /**
         * Texts that stand alone.
         *
         * @throws ConfigException if they are pairs
         */
        public List<String> all() {
            if (read.arePairs()) {
                throw new ConfigException(
                        "--pair, --pair-column: this model reads one text at a time; two together are read by"
                                + " classifiers, models of scores and models that answer texts; leave it out");
            }
            return read.texts();
        }
    }

    /**
     * Rows of a table that are asked about together.
     *
     * @param begun an object for each, with its id or its number in the file, counted from 1, to be added to
     */
    public record Rows(TableRows rows, List<ObjectNode> begun) {}

    /**
     * Reads the texts, those of the file last; the file is looked through before the first is handed over.
     *
     * @param asked takes what was found of the file's form, and how many texts there are
     * @param sink takes some at a time
     * @throws ConfigException if there are pictures
     * @throws DataException if the file cannot be read
     */
    public void texts(AskedModel asked, Consumer<Texts> sink) {
        texts(asked, Wanted.text(column), sink);
    }

    /** The same, where what is asked may also be a list of messages. */
    public void conversations(AskedModel asked, Consumer<Texts> sink) {
        texts(asked, Wanted.list(column), sink);
    }

    private void texts(AskedModel asked, Wanted wanted, Consumer<Texts> sink) {
        if (!images.isEmpty()) {
            throw new ConfigException("--image: this model reads texts; give --text, or --input with a file of them");
        }
        List<Wanted> columns = pair == null ? List.of(wanted) : List.of(wanted, Wanted.text(pair));
        CheckedRows file =
                input == null ? null : new TextFile(input, format).checked(identified(columns), asked.remarks());
        asked.inference().progress().begin(texts.size() + (file == null ? 0 : file.size()));
        if (texts.size() > 0) {
            sink.accept(Texts.of(texts));
        }
        if (file != null) {
            var first = new long[] {texts.size()};
            file.each(TOGETHER, rows -> {
                sink.accept(texts(first[0], rows));
                first[0] += rows.size();
            });
        }
    }

    private Texts texts(long first, TableRows rows) {
        var read = new Passages(rows.texts(column), pair == null ? List.of() : rows.texts(pair));
        var begun = new ArrayList<ObjectNode>();
        for (int row = 0; row < read.size(); row++) {
            ObjectNode line = Configs.JSON.createObjectNode();
            if (id != null) {
                line.put("id", rows.texts(id).get(row));
            }
            begun.add(kept(rows, row, Texts.put(line, read, row)));
        }
        return new Texts(first, read, begun);
    }

    /**
     * Reads the rows of the file, which is looked through before the first is handed over.
     *
     * @param wanted the columns that the model sees
     * @param asked takes what was found of the file's form, and how many rows there are
     * @param sink takes some at a time
     * @throws ConfigException if there are texts or pictures, or no file
     * @throws DataException if the file cannot be read
     */
    public void rows(List<Wanted> wanted, AskedModel asked, Consumer<Rows> sink) {
        refusePairs("a table's rows");
        if (texts.size() > 0 || !images.isEmpty() || input == null) {
            throw new ConfigException((images.isEmpty() ? "--text" : "--image")
                    + ": this model reads a table's rows; give --input with a file of them");
        }
        CheckedRows file = new TextFile(input, format).checked(identified(wanted), asked.remarks());
        asked.inference().progress().begin(file.size());
        var first = new long[1];
        file.each(TOGETHER, rows -> {
            sink.accept(rows(first[0], rows));
            first[0] += rows.size();
        });
    }

    private Rows rows(long first, TableRows rows) {
        var begun = new ArrayList<ObjectNode>();
        for (int row = 0; row < rows.size(); row++) {
            ObjectNode line = Configs.JSON.createObjectNode();
            begun.add(kept(
                    rows,
                    row,
                    id == null
                            ? line.put("row", first + row + 1)
                            : line.put("id", rows.texts(id).get(row))));
        }
        return new Rows(rows, begun);
    }

    /**
     * The graph.
     *
     * @throws ConfigException if there are texts or pictures, or no graph
     */
    public Path graph() {
        refusePairs("graphs");
        if (texts.size() > 0 || !images.isEmpty() || input == null) {
            throw new ConfigException((images.isEmpty() ? "--text" : "--image")
                    + ": this model reads graphs; give --input with a .safetensors file, or a directory with tables of"
                    + " nodes and edges");
        }
        return input;
    }

    /** With the column of ids, read as texts, and those to be told again. */
    List<Wanted> identified(List<Wanted> columns) {
        var all = new LinkedHashSet<>(columns);
        if (id != null) {
            all.add(Wanted.text(id));
        }
        keep.forEach(name -> all.add(name.equals(needed) ? Wanted.list(name) : Wanted.any(name)));
        return List.copyOf(all);
    }

    /** With the columns to be told again, as they are written; apart, since an answer has names of its own. */
    ObjectNode kept(TableRows rows, int row, ObjectNode line) {
        if (!keep.isEmpty()) {
            ObjectNode columns = line.putObject("columns");
            keep.forEach(name -> columns.put(name, rows.texts(name).get(row)));
        }
        return line;
    }

    /** The pictures among them. */
    public PictureQuestions ofPictures() {
        return new PictureQuestions(this);
    }

    void refusePairs(String read) {
        if (pair != null) {
            throw new ConfigException("--pair-column: this model reads " + read + "; leave it out");
        }
    }
}
