package org.counterweight.cli.option;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.jobs.Destination;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WrittenFiles;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code --overwrite} of commands that write a directory, and what is refused without it. */
public final class Overwrite {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--overwrite",
            description = "replace what an earlier cw wrote in the directory; refused if anything else is in it")
    private boolean overwrite;

    /** Whether it was given. */
    public boolean isGiven() {
        return overwrite;
    }

    /**
     * Refuses a directory that holds something already, a link, or what cannot be written: before any work. What it holds is
     * left to {@link #checkContents}, after it is known to be no input.
     *
     * @param name the parameter or option that names it
     */
    public void check(Path directory, String name) {
        CommandLine command = spec.commandLine();
        if (Files.isRegularFile(directory)) {
            throw new ParameterException(command, name + ": " + directory + " is a file; name a directory");
        }
        if (Files.isSymbolicLink(directory)) {
            throw new ParameterException(
                    command, name + ": " + directory + " is a link, which is not replaced; name the directory itself");
        }
        if (!overwrite && Staged.wouldReplace(directory)) {
            throw new ParameterException(
                    command, name + ": " + directory + " is not empty; name another" + instead(directory));
        }
        Path parent = directory.toAbsolutePath().normalize().getParent();
        Destination.check(parent == null ? directory : parent, name);
    }

    private static String instead(Path directory) {
        List<String> foreign = WrittenFiles.foreign(directory);
        return foreign.isEmpty()
                ? ", or add --overwrite"
                : "; it holds " + WrittenFiles.named(foreign) + ", which cw did not write";
    }

    /**
     * Refuses a directory with anything that we did not write, before any work.
     *
     * @param name the parameter or option that names it
     */
    public void checkContents(Path directory, String name) {
        List<String> foreign = WrittenFiles.foreign(directory);
        if (!foreign.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    name + ": " + directory + " holds " + WrittenFiles.named(foreign)
                            + ", which cw did not write and does not remove; name another directory");
        }
    }
}
