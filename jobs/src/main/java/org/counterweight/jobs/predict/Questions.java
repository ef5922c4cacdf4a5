package org.counterweight.jobs.predict;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.data.image.PictureFolder;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.jobs.data.TextFile;
import org.jspecify.annotations.Nullable;

/**
 * What a trained model is asked about. Which of these are meant, and how a file is read, depends on the model.
 *
 * @param texts given one by one
 * @param images pictures given one by one
 * @param input a file with rows, or a directory of pictures; null without one
 * @param column of the texts in it
 * @param format how a file is written
 */
public record Questions(
        List<String> texts, List<Path> images, @Nullable Path input, String column, TableFormat format) {
    public Questions {
        texts = List.copyOf(texts);
        images = List.copyOf(images);
    }

    /** Whether there is nothing to be asked. */
    public boolean isEmpty() {
        return texts.isEmpty() && images.isEmpty() && input == null;
    }

    /**
     * The texts, those of the file last.
     *
     * @param remarks takes what was found of the file's form, a line each
     * @throws ConfigException if there are pictures
     * @throws DataException if the file cannot be read
     */
    List<String> texts(Consumer<String> remarks) {
        if (!images.isEmpty()) {
            throw new ConfigException("--image: this model reads texts; give --text, or --input with a file of them");
        }
        var all = new ArrayList<>(texts);
        if (input != null) {
            all.addAll(new TextFile(input, format).column(column, remarks));
        }
        return all;
    }

    /**
     * The pictures, those of the directory last, by the alphabet; where it has none itself, those of the directories in it.
     *
     * @throws ConfigException if there are texts
     * @throws DataException if a directory has no pictures
     */
    List<Path> pictures() {
        if (!texts.isEmpty()) {
            throw new ConfigException(
                    "--text: this model reads images; give --image, or --input with a directory of pictures");
        }
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
