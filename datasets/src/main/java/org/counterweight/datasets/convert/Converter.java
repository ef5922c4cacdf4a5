package org.counterweight.datasets.convert;

import java.io.IOException;
import java.nio.file.Path;

/** Makes of a package's files what the toolkit reads. */
@FunctionalInterface
public interface Converter {
    /**
     * @param in the unpacked files of all packages, by their paths there
     * @param out an empty directory
     */
    void convert(Path in, Path out) throws IOException;
}
