package org.counterweight.cli.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
