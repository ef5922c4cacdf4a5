package org.counterweight.datasets;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.counterweight.data.DataException;
import org.counterweight.weights.ledger.Digest;

/**
 * One package of a registry, in one version.
 *
 * @param coordinates as the client wants them
 * @param sha256 the first hexadecimal digits of the SHA-256 of the package's file; 16 to 64
 * @param wanted which of the files in it are unpacked, by their path there
 */
public record PackageFile(PackageClient client, String coordinates, String sha256, Pattern wanted) {
    public PackageFile {
        if (!sha256.matches("[0-9a-f]{16,64}")) {
            throw new IllegalArgumentException(coordinates + ": \"" + sha256 + "\" is no SHA-256");
        }
    }

    static PackageFile of(PackageClient client, String coordinates, String sha256, String wanted) {
        return new PackageFile(client, coordinates, sha256, Pattern.compile(wanted));
    }

    /**
     * Holds a downloaded file against {@link #sha256}.
     *
     * @return its whole digest
     */
    String check(Path file) {
        String found = Digest.sha256(file);
        if (!found.startsWith(sha256)) {
            throw new DataException(coordinates + ": the SHA-256 of the package begins with " + found.substring(0, 16)
                    + ", expected " + sha256.substring(0, 16)
                    + "; it is not the package that was checked, and was not unpacked");
        }
        return found;
    }
}
