package org.counterweight.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.counterweight.engine.Engine;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * How a process ends that is asked to (Ctrl-C, SIGTERM, a terminal that is closed) while LibTorch is at work: what the Java
 * machine does at its end is done, and then the signal itself ends it, so that its status is that of the signal.
 *
 * <p>Java alone would wait three tenths of a second for threads outside of it and call {@code exit} of the C library, which takes
 * LibTorch apart: the code it made for this processor is unmapped, and a thread that is still within a long operation, such as
 * backward through many steps, runs into nothing. The process said SIGSEGV then, left a file about it, and ended with status 134.
 */
public final class Ending {
    /** With what Java does at its end, of which the longest is a server's last answers. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final long LOOK = 20; // milliseconds from one look at the threads to the next

    /** What DuckDB unpacks for each process, and leaves to Java to remove. */
    private static final String UNPACKED = "libduckdb_java";

    private final Signal signal;
    private final Set<Thread> before;

    private static volatile @Nullable Ending asked;

    private Ending(Signal signal) {
        this.signal = signal;
        this.before = new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    /** From here on the process ends like this; once is enough. {@link Interrupt} takes the same signals while it is open. */
    public static void bySignals() {
        Runtime.getRuntime().addShutdownHook(new Thread(Ending::end, "ends by the signal"));
        for (String name : Interrupt.SIGNALS) {
            try {
                var signal = new Signal(name);
                SignalHandler present = Signal.handle(signal, Ending::ask);
                if (present == SignalHandler.SIG_IGN) {
                    Signal.handle(signal, present); // as nohup wants it
                }
            } catch (IllegalArgumentException e) {
                continue; // this system has no such signal, or Java was told to leave signals alone (-Xrs)
            }
        }
    }

    /** Ends the process without a word, whatever its threads are at. */
    public static void atOnce() {
        send("KILL");
        Runtime.getRuntime().halt(1); // where there are no signals
    }

    private static void ask(Signal signal) {
        if (asked == null) {
            asked = new Ending(signal);
        }
        Runtime.getRuntime().exit(128 + signal.getNumber());
    }

    private static void end() {
        Ending ending = asked;
        if (ending == null || !Engine.hasStarted()) {
            return; // Java's own end will do
        }
        ending.awaitOthers();
        removeUnpacked();
        Signal.handle(ending.signal, SignalHandler.SIG_DFL);
        send(ending.signal.getName()); // returns in the first process of a container, which no signal ends: then Java
        // does
    }

    /** Sent from outside, for Java raises no signal whose handler is the system's. */
    private static void send(String signal) {
        String kill = "kill -" + signal + " " + ProcessHandle.current().pid();
        try {
            new ProcessBuilder("/bin/sh", "-c", kill).start().waitFor();
        } catch (IOException e) {
            return; // there are no signals on this system
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for what else Java does at its end: threads that began after the process was asked. */
    private void awaitOthers() {
        long until = System.nanoTime() + PATIENCE.toNanos();
        try {
            do {
                Thread.sleep(LOOK);
            } while (isOthersAlive() && System.nanoTime() < until);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOthersAlive() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread != Thread.currentThread() && !thread.isDaemon() && !before.contains(thread));
    }

    /** Java removes such files after all else, which is too late here. */
    private static void removeUnpacked() {
        Path mapped = Path.of("/proc/self/maps");
        Path directory = Path.of(System.getProperty("java.io.tmpdir"));
        if (!Files.isReadable(mapped)) {
            return;
        }
        try (Stream<String> lines = Files.lines(mapped)) {
            List<Path> unpacked = lines.filter(line -> line.contains(UNPACKED))
                    .map(line -> Path.of(line.substring(line.indexOf('/'))))
                    .filter(file -> directory.equals(file.getParent()))
                    .distinct()
                    .toList();
            for (Path file : unpacked) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            return; // a file too many in the directory of temporary ones is no reason not to end
        }
    }
}
