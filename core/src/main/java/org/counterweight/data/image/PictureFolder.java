package org.counterweight.data.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.counterweight.data.DataException;

/** Pictures as they lie in directories: what Java reads (PNG, JPEG, GIF, BMP), by the endings of their names. */
public final class PictureFolder {
    private static final String ENDINGS = "(?i).*\\.(png|jpe?g|gif|bmp)";

    private PictureFolder() {}

    /**
     * The pictures of each class: a directory for each, named after it, by the alphabet. Other files, and what begins with a
     * dot, are passed over.
     *
     * @throws DataException if there are no directories, or one has no pictures
     */
    public static Map<String, List<Path>> classes(Path directory) {
        List<Path> folders = list(directory, Files::isDirectory);
        if (folders.isEmpty()) {
            throw new DataException(
                    directory + ": has no directories; expected one for each class, with pictures in it");
        }
        var byClass = new LinkedHashMap<String, List<Path>>();
        folders.forEach(folder -> byClass.put(String.valueOf(folder.getFileName()), pictures(folder)));
        return Collections.unmodifiableMap(byClass);
    }

    /**
     * The pictures that lie in a directory itself, by the alphabet.
     *
     * @throws DataException if there are none
     */
    public static List<Path> pictures(Path directory) {
        List<Path> found = named(directory);
        if (found.isEmpty()) {
            throw new DataException(
                    directory + ": has no pictures (.png, .jpg, .gif, .bmp); put some in, or take it away");
        }
        return found;
    }

    /**
     * The pictures of a directory, by the alphabet; where it has none itself, those of the directories in it.
     *
     * @throws DataException if there are none
     */
    public static List<Path> all(Path directory) {
        List<Path> own = named(directory);
        return !own.isEmpty() || list(directory, Files::isDirectory).isEmpty()
                ? pictures(directory)
                : classes(directory).values().stream().flatMap(List::stream).toList();
    }

    private static List<Path> named(Path directory) {
        return list(directory, path -> path.toString().matches(ENDINGS) && Files.isRegularFile(path));
    }

    private static List<Path> list(Path directory, Predicate<Path> wanted) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(wanted)
                    .filter(path -> !String.valueOf(path.getFileName()).startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new DataException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }
}
