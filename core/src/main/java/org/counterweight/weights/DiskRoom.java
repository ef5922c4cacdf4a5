package org.counterweight.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Whether a disk has room for what will be written: asked before the work, not after it. */
public final class DiskRoom {
    private DiskRoom() {}

    /**
     * Refuses to begin where the end is sure.
     *
     * @param place where it will be written; need not be there yet
     * @param bytes how much, at least
     * @throws WeightsException if the disk has less left
     */
    public static void require(Path place, long bytes) throws IOException {
        Path there = place.toAbsolutePath().normalize();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        long free = Files.getFileStore(there).getUsableSpace();
        if (bytes > free) {
            throw new WeightsException(
                    place,
                    String.format(
                            Locale.ROOT,
                            "needs %,d bytes, and the disk has %,d left; make room, or name another place",
                            bytes,
                            free));
        }
    }
}
