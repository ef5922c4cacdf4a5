package org.counterweight.datasets;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
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
            throw new DataException(program + " could not fetch " + coordinates + ": " + outcome.why(program));
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
        private static final int MOST_LETTERS = 240;
        private static final Pattern NO_NETWORK = Pattern.compile(
                "unknown ?host|could not resolve|enotfound|eai_again|temporary failure|name or service not"
                        + " known|connection (refused|reset|timed out)|connect timed"
                        + " out|econnrefused|econnreset|etimedout|network is unreachable|no route to"
                        + " host|enetunreach|ehostunreach|cannot access .* in offline mode",
                Pattern.CASE_INSENSITIVE);
        private static final Pattern FULL =
                Pattern.compile("no space left|enospc|disk quota", Pattern.CASE_INSENSITIVE);
        private static final Pattern UNKNOWN = Pattern.compile(
                "\\b(e?404)\\b|could not find artifact|was not found in|unable to locate package|no matching"
                        + " version|etarget",
                Pattern.CASE_INSENSITIVE);
        private static final Pattern PREFIX =
                Pattern.compile("^(\\[(ERROR|WARNING|INFO)]|npm (ERR!|error)|E:|W:)\\s*(code \\w+$)?");

        /** Why it failed, and what to do, in words of ours where the cause is one of the usual. */
        String why(String program) {
            if (NO_NETWORK.matcher(output).find()) {
                return "the network, or the registry that " + program
                        + " asks, cannot be reached; look at the connection" + " and at " + program
                        + "'s proxy, and try again: what was fetched before is used without any";
            }
            if (FULL.matcher(output).find()) {
                return "the disk is full; make room, or name another cache with CW_CACHE";
            }
            if (UNKNOWN.matcher(output).find()) {
                return "the registry that " + program
                        + " asks has no such package; ask the one that it usually comes from";
            }
            String first = output.lines()
                    .map(line -> PREFIX.matcher(line).replaceFirst("").strip())
                    .filter(line -> !line.isEmpty())
                    .findFirst()
                    .orElse("it ended with status " + status);
            return first.length() <= MOST_LETTERS ? first : first.substring(0, MOST_LETTERS) + " …";
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
