package org.counterweight.jobs.predict.question;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.image.PictureFolder;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.jobs.data.file.CheckedRows;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.data.image.PictureRows;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The pictures that a model is queried about. */
public record PictureQuestions(Questions asked) {
    private static final String IMAGE = "image";

    /**
     * Pictures that are asked about together.
     *
     * @param begun an object for each, with its file, to be added to
     */
    public record Pictures(List<Path> all, List<ObjectNode> begun) {}

    /**
     * Some at a time, those of the directory last, by the alphabet; where it has none itself, those of the directories in it; or
     * those that a table names.
     *
     * @param model that reads them, told how many there are
     * @throws ConfigException if there are texts
     * @throws DataException if a directory has no pictures
     */
    public void each(AskedModel model, Consumer<Pictures> sink) {
        if (asked.texts().size() > 0) {
            throw new ConfigException("--text: this model reads images; give --image, or --input with a directory of"
                    + " pictures or a table of their files");
        }
        Path input = asked.input();
        if (input == null || !Table.isNamed(input)) {
            each(alone(), model, pictures -> sink.accept(new Pictures(pictures, begun(pictures))));
            return;
        }
        asked.refusePairs("images");
        List<Path> images = asked.images();
        String column = asked.column().equals(Questions.TEXT) ? IMAGE : asked.column();
        CheckedRows file = new TextFile(input, asked.format())
                .checked(asked.identified(List.of(Wanted.text(column))), model.remarks());
        model.inference().progress().begin(images.size() + file.size());
        if (!images.isEmpty()) {
            sink.accept(new Pictures(images, begun(images)));
        }
        file.each(Questions.TOGETHER, rows -> sink.accept(named(input, column, rows)));
    }

    private Pictures named(Path table, String column, TableRows rows) {
        var begun = new ArrayList<ObjectNode>();
        for (int row = 0; row < rows.size(); row++) {
            ObjectNode line = Configs.JSON.createObjectNode();
            if (asked.id() != null) {
                line.put("id", rows.texts(asked.id()).get(row));
            }
            begun.add(asked.kept(rows, row, line.put(IMAGE, rows.texts(column).get(row))));
        }
        return new Pictures(PictureRows.pictures(table, rows, column), begun);
    }

    /** An object for each picture, to be added to. */
    public static List<ObjectNode> begun(List<Path> pictures) {
        return pictures.stream()
                .map(picture -> Configs.JSON.createObjectNode().put(IMAGE, picture.toString()))
                .toList();
    }

    /** The input, if it is an idx file of images, which is asked by itself; else null. */
    @Nullable
    public Path idx() {
        Path input = asked.input();
        boolean isIdx = input != null && Files.isRegularFile(input) && ImageSet.isIdx(input);
        if (isIdx && !(asked.texts().size() == 0 && asked.images().isEmpty())) {
            throw new ConfigException("--input: " + input + " is an idx file, which is asked by itself; leave "
                    + (asked.images().isEmpty() ? "--text" : "--image") + " out");
        }
        return isIdx ? input : null;
    }

    /**
     * Some at a time, of a model that reads the texts beside them too.
     *
     * @throws ConfigException if there are none
     */
    public void besideTexts(AskedModel model, Consumer<List<Path>> sink) {
        each(toBeTold(), model, sink);
    }

    private List<Path> toBeTold() {
        List<Path> all = alone();
        if (all.isEmpty()) {
            throw new ConfigException("--image: this model tells which of the texts goes with an image; give one, or"
                    + " --input with a directory of pictures");
        }
        return all;
    }

    private static void each(List<Path> pictures, AskedModel model, Consumer<List<Path>> sink) {
        model.inference().progress().begin(pictures.size());
        for (int from = 0; from < pictures.size(); from += Questions.TOGETHER) {
            sink.accept(pictures.subList(from, Math.min(pictures.size(), from + Questions.TOGETHER)));
        }
    }

    /**
     * The texts that are to be told apart by pictures.
     *
     * @throws ConfigException if there is no picture, or if there are fewer than two texts
     */
    public List<String> classes() {
        toBeTold();
        if (asked.texts().size() < 2) {
            throw new ConfigException("--text: this model tells which of several texts goes with an image; give two or"
                    + " more, as --text \"a photo of a cat\" --text \"a photo of a dog\"");
        }
        return Questions.Texts.of(asked.texts()).all();
    }

    private List<Path> alone() {
        asked.refusePairs("images");
        Path input = asked.input();
        var all = new ArrayList<>(asked.images());
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
