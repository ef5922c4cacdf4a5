package org.counterweight.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.counterweight.cli.job.Destination;
import org.counterweight.weights.Staged;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code --overwrite} of commands that write a directory, and what is refused without it. */
final class Overwrite {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(names = "--overwrite", description = "replace what is in the directory")
    private boolean overwrite;

    /** Whether it was given. */
    boolean isGiven() {
        return overwrite;
    }

    /**
     * Refuses a directory that holds something already, or cannot be written: before any work.
     *
     * @param name the parameter or option that names it
     */
    void check(Path directory, String name) {
        CommandLine command = spec.commandLine();
        if (Files.isRegularFile(directory)) {
            throw new ParameterException(command, name + ": " + directory + " is a file; name a directory");
        }
        if (!overwrite && Staged.wouldReplace(directory)) {
            throw new ParameterException(
                    command, name + ": " + directory + " is not empty; name another, or add --overwrite");
        }
        Path parent = directory.toAbsolutePath().normalize().getParent();
        Destination.check(parent == null ? directory : parent, name);
    }
}
