package org.counterweight.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which files of a directory we wrote, in a list among them: only those may be replaced later. Whatever else lies there is
 * its user's, links and empty directories too.
 */
public final class WrittenFiles {
    /** The list's name: a path a line, with slashes, from the directory on. */
    public static final String LIST = ".cw-files";

    private static final int NAMED = 4;

    private WrittenFiles() {}

    /** Lists all that lies in a directory now. */
    public static void list(Path directory) {
        var names = new TreeSet<String>(Set.of(LIST));
        try {
            try (Stream<Path> files = Files.walk(directory)) {
                files.filter(WrittenFiles::isFile).forEach(file -> names.add(name(directory, file)));
            }
            Files.write(directory.resolve(LIST), names);
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** Lists one more file of ours, in a directory that has a list; one without is its user's. */
    public static void add(Path directory, String file) {
        Path list = directory.resolve(LIST);
        if (isFile(list)) {
            var names = new TreeSet<>(of(directory));
            names.add(file);
            try {
                Files.write(list, names);
            } catch (IOException e) {
                throw new UncheckedIOException(list + ": cannot be written: " + e.getMessage(), e);
            }
        }
    }

    /** What the list of a directory names, whether it is there or not; nothing if there is no list. */
    private static Set<String> of(Path directory) {
        Path list = directory.resolve(LIST);
        try {
            return isFile(list) ? Set.copyOf(Files.readAllLines(list)) : Set.of();
        } catch (IOException e) {
            throw new UncheckedIOException(list + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * What lies in a directory and is not ours, in the order of the names; those of directories end in a slash, and of one
     * without any file of ours it alone is named.
     */
    public static List<String> foreign(Path directory) {
        var foreign = new ArrayList<String>();
        if (Files.isDirectory(directory)) {
            collect(directory, directory, of(directory), foreign);
        }
        return foreign;
    }

    /** The names, or the first of them, in one text. */
    public static String named(List<String> names) {
        return names.stream().limit(NAMED).collect(Collectors.joining(", "))
                + (names.size() > NAMED ? " and " + (names.size() - NAMED) + " more" : "");
    }

    /**
     * Refuses a directory, or a link to one, that is not ours alone.
     *
     * @throws WeightsException with what would be lost
     */
    static void refuseForeign(Path directory) {
        if (Files.isSymbolicLink(directory)) {
            throw new WeightsException(directory, "is a link, which is not replaced; name the directory itself");
        }
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new WeightsException(directory, "is a file; name a directory");
        }
        List<String> foreign = foreign(directory);
        if (!foreign.isEmpty()) {
            throw new WeightsException(
                    directory,
                    "holds " + named(foreign) + ", which cw did not write and does not remove; name another directory");
        }
    }

    private static void collect(Path root, Path directory, Set<String> listed, List<String> foreign) {
        for (Path entry : entries(directory)) {
            String name = name(root, entry);
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                if (listed.stream().anyMatch(file -> file.startsWith(name + "/"))) {
                    collect(root, entry, listed, foreign);
                } else {
                    foreign.add(name + "/");
                }
            } else if (!listed.contains(name) || !isFile(entry)) {
                foreign.add(name);
            }
        }
    }

    private static List<Path> entries(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** Not a link to one, which is its user's. */
    private static boolean isFile(Path path) {
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static String name(Path root, Path file) {
        return root.relativize(file).toString().replace('\\', '/');
    }
}
