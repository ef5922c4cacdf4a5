package org.counterweight.jobs.predict;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.image.PictureFolder;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.Passages;
import org.counterweight.jobs.data.TextFile;
import org.counterweight.jobs.data.image.PictureRows;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a trained model is asked about. Which of these are meant, and how a file is read, depends on the model.
 *
 * @param texts given one by one, alone or in pairs
 * @param images pictures given one by one
 * @param input a file with rows, or a directory of pictures; null without one
 * @param column of the texts in it
 * @param pair column of what is read together with each; null where texts stand alone
 * @param id column that names the rows of the file, or null
 * @param keep columns of the file that are told again with the answers
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
        TableFormat format) {
    private static final String TEXT = "text";
    private static final String IMAGE = "image";

    public Questions {
        keep = List.copyOf(keep);
        images = List.copyOf(images);
        if (input != null && texts.size() > 0 && texts.arePairs() != (pair != null)) {
            throw new ConfigException(
                    "--pair: texts that are read alone and pairs are not asked about at once; ask twice");
        }
    }

    /** Whether there is nothing to be asked. */
    public boolean isEmpty() {
        return texts.size() == 0 && images.isEmpty() && input == null;
    }

    /**
     * Texts that are asked about.
     *
     * @param begun an object for each, with its id if it has one and the text, to be added to
     */
    record Texts(Passages read, List<ObjectNode> begun) {
        /** An object for each, with what is read. */
        static Texts of(Passages read) {
            var begun = new ArrayList<ObjectNode>();
            for (int i = 0; i < read.size(); i++) {
                begun.add(put(Configs.JSON.createObjectNode(), read, i));
            }
            return new Texts(read, begun);
        }

        /** A line with what is read. */
        static ObjectNode put(ObjectNode line, Passages read, int place) {
            line.put("text", read.texts().get(place));
            return read.arePairs() ? line.put("pair", read.pairs().get(place)) : line;
        }

        /**
         * Texts that stand alone.
         *
         * @throws ConfigException if they are pairs
         */
        List<String> all() {
            if (read.arePairs()) {
                throw new ConfigException(
                        "--pair, --pair-column: this model reads one text at a time; two together are read by"
                                + " classifiers, models of scores and models that answer texts; leave it out");
            }
            return read.texts();
        }
    }

    /**
     * Pictures that are asked about.
     *
     * @param begun an object for each, with its file, to be added to
     */
    record Pictures(List<Path> all, List<ObjectNode> begun) {
        private static Pictures of(List<Path> given) {
            var begun = new ArrayList<ObjectNode>();
            given.forEach(picture -> begun.add(Configs.JSON.createObjectNode().put(IMAGE, picture.toString())));
            return new Pictures(new ArrayList<>(given), begun);
        }
    }

    /**
     * Rows of a table that are asked about.
     *
     * @param begun an object for each, with its id or its number in the file, counted from 1, to be added to
     */
    record Rows(TableRows rows, List<ObjectNode> begun) {}

    /**
     * The texts, those of the file last.
     *
     * @param remarks takes what was found of the file's form, a line each
     * @throws ConfigException if there are pictures
     * @throws DataException if the file cannot be read
     */
    Texts texts(Consumer<String> remarks) {
        if (!images.isEmpty()) {
            throw new ConfigException("--image: this model reads texts; give --text, or --input with a file of them");
        }
        Texts given = Texts.of(texts);
        if (input == null) {
            return given;
        }
        List<Wanted> columns = Stream.of(column, pair)
                .filter(Objects::nonNull)
                .map(Wanted::text)
                .toList();
        TableRows rows = new TextFile(input, format).read(identified(columns), remarks);
        var read = new Passages(rows.texts(column), pair == null ? List.of() : rows.texts(pair));
        for (int row = 0; row < read.size(); row++) {
            ObjectNode line = Configs.JSON.createObjectNode();
            if (id != null) {
                line.put("id", rows.texts(id).get(row));
            }
            given.begun().add(kept(rows, row, Texts.put(line, read, row)));
        }
        return new Texts(Passages.joined(List.of(texts, read)), given.begun());
    }

    /**
     * The rows of the file.
     *
     * @param wanted the columns that the model sees
     * @param remarks takes what was found of the file's form, a line each
     * @throws ConfigException if there are texts or pictures, or no file
     * @throws DataException if the file cannot be read
     */
    Rows rows(List<Wanted> wanted, Consumer<String> remarks) {
        refusePairs("a table's rows");
        if (texts.size() > 0 || !images.isEmpty() || input == null) {
            throw new ConfigException((images.isEmpty() ? "--text" : "--image")
                    + ": this model reads a table's rows; give --input with a file of them");
        }
        TableRows rows = new TextFile(input, format).read(identified(wanted), remarks);
        var begun = new ArrayList<ObjectNode>();
        for (int row = 0; row < rows.size(); row++) {
            ObjectNode line = Configs.JSON.createObjectNode();
            begun.add(kept(
                    rows,
                    row,
                    id == null
                            ? line.put("row", row + 1)
                            : line.put("id", rows.texts(id).get(row))));
        }
        return new Rows(rows, begun);
    }

    /**
     * The graph.
     *
     * @throws ConfigException if there are texts or pictures, or no graph
     */
    Path graph() {
        refusePairs("graphs");
        if (texts.size() > 0 || !images.isEmpty() || input == null) {
            throw new ConfigException((images.isEmpty() ? "--text" : "--image")
                    + ": this model reads graphs; give --input with a .safetensors file, or a directory with tables of"
                    + " nodes and edges");
        }
        return input;
    }

    /** With the column of ids, read as texts, and those to be told again. */
    private List<Wanted> identified(List<Wanted> columns) {
        var all = new LinkedHashSet<>(columns);
        if (id != null) {
            all.add(Wanted.text(id));
        }
        keep.forEach(name -> all.add(Wanted.any(name)));
        return List.copyOf(all);
    }

    /** With the columns to be told again, as they are written; apart, since an answer has names of its own. */
    private ObjectNode kept(TableRows rows, int row, ObjectNode line) {
        if (!keep.isEmpty()) {
            ObjectNode columns = line.putObject("columns");
            keep.forEach(name -> columns.put(name, rows.texts(name).get(row)));
        }
        return line;
    }

    /**
     * The pictures, those of the directory last, by the alphabet; where it has none itself, those of the directories in it; or
     * those that a table names.
     *
     * @throws ConfigException if there are texts
     * @throws DataException if a directory has no pictures
     */
    Pictures pictures(Consumer<String> remarks) {
        if (texts.size() > 0) {
            throw new ConfigException(
                    "--text: this model reads images; give --image, or --input with a directory of pictures");
        }
        if (input == null || !Table.isNamed(input)) {
            return Pictures.of(picturesAlone());
        }
        refusePairs("images");
        String named = column.equals(TEXT) ? IMAGE : column; // the option's own default is a column of texts
        TableRows rows = new TextFile(input, format).read(identified(List.of(Wanted.text(named))), remarks);
        Pictures asked = Pictures.of(images);
        asked.all().addAll(PictureRows.pictures(input, rows, named));
        for (int row = 0; row < rows.size(); row++) {
            ObjectNode line = Configs.JSON.createObjectNode();
            if (id != null) {
                line.put("id", rows.texts(id).get(row));
            }
            asked.begun().add(kept(rows, row, line.put(IMAGE, rows.texts(named).get(row))));
        }
        return asked;
    }

    /**
     * The pictures, of a model that reads the texts beside them too.
     *
     * @throws ConfigException if there are none
     */
    List<Path> picturesBesideTexts() {
        List<Path> all = picturesAlone();
        if (all.isEmpty()) {
            throw new ConfigException("--image: this model tells which of the texts goes with an image; give one, or"
                    + " --input with a directory of pictures");
        }
        return all;
    }

    /**
     * The texts that are to be told apart by pictures.
     *
     * @throws ConfigException if there are fewer than two
     */
    List<String> classes() {
        if (texts.size() < 2) {
            throw new ConfigException("--text: this model tells which of several texts goes with an image; give two or"
                    + " more, as --text \"a photo of a cat\" --text \"a photo of a dog\"");
        }
        return new Texts(texts, List.of()).all();
    }

    private void refusePairs(String read) {
        if (pair != null) {
            throw new ConfigException("--pair-column: this model reads " + read + "; leave it out");
        }
    }

    private List<Path> picturesAlone() {
        refusePairs("images");
        var all = new ArrayList<>(images);
        if (input != null && Files.isDirectory(input)) {
            all.addAll(PictureFolder.all(input));
        } else if (input != null) {
            all.add(input);
        }
        for (Path picture : all) {
            if (!Files.isRegularFile(picture)) {
                throw new DataException(picture + ": there is no such file");
            }
        }
        return all;
    }
}
