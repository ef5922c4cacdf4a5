package org.counterweight.data.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;

/** The classes of the images of an idx file, which lie beside it. */
public final class IdxLabels {
    private IdxLabels() {}

    /** Where MNIST and its like keep the labels of a file of images: beside it, under the same name but for these words. */
    public static Path beside(Path images) {
        String name = String.valueOf(images.getFileName());
        if (!name.contains("images")) {
            throw new DataException(images + ": is no directory, and no idx file of images by its name, as"
                    + " train-images-idx3-ubyte.gz, beside which train-labels-idx1-ubyte.gz lies; name one");
        }
        return images.resolveSibling(name.replace("images", "labels").replace("idx3", "idx1"));
    }

    /** The names of the classes beside an idx file, a line each; none for their numbers. */
    public static List<String> names(Path images) {
        Path names = images.resolveSibling("labels.txt");
        try {
            return Files.exists(names) ? Files.readAllLines(names) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(names + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The class of each image, by name, or its number where there are no names.
     *
     * @throws DataException if the labels are not there, or there is a class without a name
     */
    public static List<String> of(Path images) {
        Path labels = beside(images);
        List<String> names = names(images);
        return IntStream.of(numbers(labels))
                .mapToObj(number -> named(number, names, labels))
                .toList();
    }

    /** The numbers in an idx file of labels. */
    static int[] numbers(Path labels) {
        byte[] classes = IdxFile.labels(labels).bytes();
        return IntStream.range(0, classes.length)
                .map(row -> Byte.toUnsignedInt(classes[row]))
                .toArray();
    }

    private static String named(int number, List<String> names, Path labels) {
        if (names.isEmpty()) {
            return String.valueOf(number);
        }
        if (number >= names.size()) {
            throw new DataException(
                    labels + ": has class " + number + ", but only " + names.size() + " names were given");
        }
        return names.get(number);
    }
}
