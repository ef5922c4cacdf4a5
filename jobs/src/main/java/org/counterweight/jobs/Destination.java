package org.counterweight.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.counterweight.config.ConfigException;

/** Where something is to be written, looked at before the work whose result it is. */
public final class Destination {
    private Destination() {}

    /**
     * Refuses a directory that cannot be made or written to.
     *
     * @param option that names another
     * @throws ConfigException with what stands in the way
     */
    public static void check(Path directory, String option) {
        Path at = directory.toAbsolutePath().normalize();
        while (!Files.exists(at) && at.getParent() != null) {
            at = at.getParent();
        }
        if (!Files.isDirectory(at)) {
            throw new ConfigException(at + " is a file; name a directory with " + option);
        }
        try {
            Files.delete(Files.createTempDirectory(at, ".cw-")); // permissions alone do not tell of read-only disks
        } catch (IOException e) {
            throw new ConfigException(
                    directory + ": nothing can be written in " + at + "; name another directory with " + option, e);
        }
    }

    /**
     * Refuses a directory that is one of the inputs or holds one, which would be lost with what it replaces; and one that
     * lies in an input, which is only read.
     *
     * @param option that names another
     * @throws ConfigException with the input
     */
    public static void checkApart(Path directory, Collection<Path> inputs, String option) {
        checkHoldsNone(directory, inputs, option);
        Path out = real(directory);
        for (Path input : inputs) {
            if (out.startsWith(real(input))) {
                throw new ConfigException(option + ": " + directory + " lies in an input, " + input
                        + ", which is only read; name another directory");
            }
        }
    }

    /**
     * Refuses a directory that is one of the inputs or holds one, which would be lost with what it replaces.
     *
     * @param option that names another
     * @throws ConfigException with the input
     */
    public static void checkHoldsNone(Path directory, Collection<Path> inputs, String option) {
        Path out = real(directory);
        for (Path input : inputs) {
            Path in = real(input);
            if (in.startsWith(out)) {
                throw new ConfigException(option + ": " + directory + (in.equals(out) ? " is" : " holds")
                        + " an input, " + input + ", which would be lost; name another directory");
            }
        }
    }

    /**
     * Refuses a file that is an input, or one of its files, and would be lost.
     *
     * @param option that names another
     * @throws ConfigException with the input
     */
    public static void checkFile(Path file, Collection<Path> inputs, String option) {
        Path out = real(file);
        for (Path input : inputs) {
            if (Files.exists(file) && out.startsWith(real(input))) {
                throw new ConfigException(option + ": " + file + (out.equals(real(input)) ? " is" : " belongs to")
                        + " an input, " + input + ", and would be lost; name another file");
            }
        }
    }

    /** The path without links, also of what is not there yet. */
    private static Path real(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        try {
            Path parent = absolute.getParent();
            return Files.exists(absolute) || parent == null
                    ? absolute.toRealPath()
                    : real(parent).resolve(absolute.getFileName());
        } catch (IOException e) {
            return absolute; // may not be looked at: it is judged by its name
        }
    }
}
