package org.counterweight.studies.bed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;

/** By how much a piece of work raises the resident memory of this process at its highest. Linux alone tells. */
public final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path MARK = Path.of("/proc/self/clear_refs");

    private PeakMemory() {}

    /** Whether this system tells. */
    public static boolean isKnown() {
        return Files.isWritable(MARK) && Files.isReadable(STATUS);
    }

    /** In megabytes: the mark during the work less what was resident before; 0 where the system does not tell. */
    public static double during(Runnable work) {
        if (!isKnown()) {
            work.run();
            return 0;
        }
        try {
            System.gc();
            Pointer.trimMemory(); // what earlier work freed goes back to the system, or it would hide this one's need
            Files.writeString(MARK, "5"); // the mark begins anew at what is resident now
            double before = megabytes("VmRSS:");
            work.run();
            return megabytes("VmHWM:") - before;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double megabytes(String key) throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith(key))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
