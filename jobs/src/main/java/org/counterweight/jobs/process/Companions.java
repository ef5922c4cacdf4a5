package org.counterweight.jobs.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.counterweight.jobs.TemporaryDirectory;
import org.counterweight.train.group.GlooGroup;
import org.counterweight.train.group.LostProcessException;
import org.counterweight.train.state.TrainingException;

/** JVMs beside this one, started with its options and its class path; they end with it. */
public final class Companions implements AutoCloseable {
    /** Longer than any step takes. */
    private static final Duration PATIENCE = Duration.ofHours(6);

    private static final long SECONDS_TO_END = 5;
    private static final int FAILED = 1; // its last line says why

    private final TemporaryDirectory directory;
    private final List<Process> processes = new ArrayList<>();
    private boolean joined;

    private Companions(TemporaryDirectory directory) {
        this.directory = directory;
    }

    /**
     * Starts them.
     *
     * @param main a class with a main method that takes the words of a {@link Companion}
     * @param recipe what they are to do, as the text of a file
     * @param size how many processes there are to be, this one included: at least 2
     * @param threads of one operation in each of them
     */
    public static Companions start(Class<?> main, String recipe, int size, int threads) {
        GlooGroup.start(); // refuses where there is none, before anything is begun
        var companions = new Companions(TemporaryDirectory.create("counterweight-processes"));
        try {
            Path file = Files.writeString(companions.file("recipe.yaml"), recipe);
            for (int rank = 1; rank < size; rank++) {
                companions.start(main, new Companion(file, rank, size, companions.file("meeting"), threads));
            }
            return companions;
        } catch (IOException e) {
            companions.close();
            throw new UncheckedIOException("another process could not be started: " + e.getMessage(), e);
        }
    }

    private Path file(String name) {
        return directory.path().resolve(name);
    }

    private Path said(int rank) {
        return file("said-" + rank);
    }

    private void start(Class<?> main, Companion companion) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(Predicate.not(option -> option.startsWith("-agentlib:jdwp"))) // its port is taken
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(companion.words());
        processes.add(new ProcessBuilder(command)
                .redirectError(said(companion.rank()).toFile())
                .start());
    }

    /**
     * Waits until all of them have made ready, and joins them.
     *
     * @return the group whose first is this process; the caller's, to be closed
     * @throws TrainingException if one ends before
     */
    public GlooGroup join() {
        for (int i = 0; i < processes.size(); i++) {
            BufferedReader lines = processes.get(i).inputReader(StandardCharsets.UTF_8);
            try {
                String line = lines.readLine();
                while (line != null && !line.equals(Companion.READY)) { // a library may have something to say
                    line = lines.readLine();
                }
                if (line == null) {
                    throw new TrainingException(ended(i) + " before the first step");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(ended(i) + ": " + e.getMessage(), e);
            }
        }
        joined = true;
        int size = processes.size() + 1;
        return GlooGroup.onThisMachine(file("meeting"), new GlooGroup.Member(0, size, PATIENCE));
    }

    /** The same failure, if a process was lost with which has ended, and why; any other as it is. */
    public TrainingException explained(TrainingException failure) {
        boolean isLoss = failure.getCause() instanceof LostProcessException;
        for (int i = 0; isLoss && i < processes.size(); i++) {
            if (hasEnded(processes.get(i))) {
                return new TrainingException(failure.getMessage() + " (" + ended(i) + ")", failure);
            }
        }
        return failure;
    }

    private static boolean hasEnded(Process process) {
        try {
            return process.waitFor(1, TimeUnit.SECONDS); // its connection closes before it is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** What became of one of them: its status, and why, if it could still say so. */
    private String ended(int i) {
        String name = "process " + (i + 2) + " of " + (processes.size() + 1);
        try {
            if (!processes.get(i).waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                return name + " did not make ready";
            }
            int status = processes.get(i).exitValue();
            List<String> lines = Files.readAllLines(said(i + 1));
            boolean saysWhy = status == FAILED && !lines.isEmpty();
            return name + " ended with status " + status + (saysWhy ? ": " + lines.get(lines.size() - 1) : "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return name + " did not make ready";
        } catch (IOException e) {
            throw new UncheckedIOException(said(i + 1) + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Ends those that still live: after a run of which they have been told that it is over, they end by themselves. */
    @Override
    public void close() {
        for (Process process : processes) {
            try {
                if (!joined || !process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        directory.close();
    }
}
