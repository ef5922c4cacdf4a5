package org.counterweight.jobs.predict;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.image.PictureFolder;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.jobs.data.CheckedRows;
import org.counterweight.jobs.data.TextFile;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a trained model is asked about. Which of these are meant, and how a file is read, depends on the model.
 *
 * @param texts given one by one
 * @param images pictures given one by one
 * @param input a file with rows or images, or a directory of pictures; null without one
 * @param column of the texts in it
 * @param id column that names the rows of the file, or null
 * @param keep columns of the file that are told again with the answers
 * @param format how a file is written
 */
public record Questions(
        List<String> texts,
        List<Path> images,
        @Nullable Path input,
        String column,
        @Nullable String id,
        List<String> keep,
        TableFormat format) {
    public Questions {
        keep = List.copyOf(keep);
        texts = List.copyOf(texts);
        images = List.copyOf(images);
    }

    /** The same with more columns that are told again. */
    public Questions keeping(List<String> columns) {
        var all = new LinkedHashSet<>(keep);
        all.addAll(columns);
        return new Questions(texts, images, input, column, id, List.copyOf(all), format);
    }

    /** So many rows are in memory together, and are sorted by length before they are asked about. */
    private static final int TOGETHER = 4096;

    /**
     * Texts that are asked about together.
     *
     * @param first the number of the first of them among all, from 0
     * @param begun an object for each, with its id if it has one and the text, to be added to
     */
    record Texts(long first, List<String> all, List<ObjectNode> begun) {}

    /**
     * Rows of a table that are asked about together.
     *
     * @param begun an object for each, with its id or its number in the file, counted from 1, to be added to
     */
    record Rows(TableRows rows, List<ObjectNode> begun) {}

    /**
     * Reads the texts, those of the file last; the file is looked through before the first is handed over.
     *
     * @param asked takes what was found of the file's form, and how many texts there are
     * @param sink takes some at a time
     * @throws ConfigException if there are pictures
     * @throws DataException if the file cannot be read
     */
    void texts(Asked asked, Consumer<Texts> sink) {
        texts(asked, Wanted.text(column), sink);
    }

    /** The same, where what is asked may also be a list of messages. */
    void conversations(Asked asked, Consumer<Texts> sink) {
        texts(asked, Wanted.list(column), sink);
    }

    private void texts(Asked asked, Wanted wanted, Consumer<Texts> sink) {
        if (!images.isEmpty()) {
            throw new ConfigException("--image: this model reads texts; give --text, or --input with a file of them");
        }
        CheckedRows file = input == null
                ? null
                : new TextFile(input, format).checked(identified(List.of(wanted)), asked.remarks());
        asked.work().progress().begin(texts.size() + (file == null ? 0 : file.size()));
        if (!texts.isEmpty()) {
            sink.accept(new Texts(
                    0,
                    texts,
                    texts.stream()
                            .map(text -> Configs.JSON.createObjectNode().put("text", text))
                            .toList()));
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
        List<String> read = rows.texts(column);
        var begun = new ArrayList<ObjectNode>();
        for (int row = 0; row < read.size(); row++) {
            ObjectNode line = Configs.JSON.createObjectNode();
            if (id != null) {
                line.put("id", rows.texts(id).get(row));
            }
            begun.add(kept(rows, row, line.put("text", read.get(row))));
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
    void rows(List<Wanted> wanted, Asked asked, Consumer<Rows> sink) {
        if (!texts.isEmpty() || !images.isEmpty() || input == null) {
            throw new ConfigException((images.isEmpty() ? "--text" : "--image")
                    + ": this model reads a table's rows; give --input with a file of them");
        }
        CheckedRows file = new TextFile(input, format).checked(identified(wanted), asked.remarks());
        asked.work().progress().begin(file.size());
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
    Path graph() {
        if (!texts.isEmpty() || !images.isEmpty() || input == null) {
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
     * The pictures, some at a time, those of the directory last, by the alphabet; where it has none itself, those of the
     * directories in it.
     *
     * @throws ConfigException if there are texts
     * @throws DataException if a directory has no pictures
     */
    void pictures(Asked asked, Consumer<List<Path>> sink) {
        each(pictures(), asked, sink);
    }

    private List<Path> pictures() {
        if (!texts.isEmpty()) {
            throw new ConfigException(
                    "--text: this model reads images; give --image, or --input with a directory of pictures");
        }
        return picturesAlone();
    }

    /** The input, if it is an idx file of images, which is asked by itself; else null. */
    @Nullable
    Path idx() {
        boolean isIdx = input != null && Files.isRegularFile(input) && ImageSet.isIdx(input);
        if (isIdx && !(texts.isEmpty() && images.isEmpty())) {
            throw new ConfigException("--input: " + input + " is an idx file, which is asked by itself; leave "
                    + (images.isEmpty() ? "--text" : "--image") + " out");
        }
        return isIdx ? input : null;
    }

    /**
     * The pictures, some at a time, of a model that reads the texts beside them too.
     *
     * @throws ConfigException if there are none
     */
    void picturesBesideTexts(Asked asked, Consumer<List<Path>> sink) {
        List<Path> all = picturesAlone();
        if (all.isEmpty()) {
            throw new ConfigException("--image: this model tells which of the texts goes with an image; give one, or"
                    + " --input with a directory of pictures");
        }
        each(all, asked, sink);
    }

    private static void each(List<Path> pictures, Asked asked, Consumer<List<Path>> sink) {
        asked.work().progress().begin(pictures.size());
        for (int from = 0; from < pictures.size(); from += TOGETHER) {
            sink.accept(pictures.subList(from, Math.min(pictures.size(), from + TOGETHER)));
        }
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
        return texts;
    }

    private List<Path> picturesAlone() {
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
