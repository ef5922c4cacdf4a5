package org.counterweight.jobs.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What of this process lies in memory, native tensors included. */
final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ResidentMemory() {}

    /** In bytes; NaN where the system does not tell. */
    static double bytes() {
        try {
            return Files.exists(STATUS)
                    ? Files.readAllLines(STATUS).stream()
                            .filter(line -> line.startsWith("VmRSS:"))
                            .mapToDouble(line -> 1024 * Double.parseDouble(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElse(Double.NaN)
                    : Double.NaN;
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
