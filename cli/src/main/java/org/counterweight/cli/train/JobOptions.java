package org.counterweight.cli.train;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The options of commands whose recipe is of a whole program that can be broken off and resumed. */
final class JobOptions {
    private static final int SIGNALLED = 128;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "override a setting of the recipe, such as train.lr=1e-3; may be repeated")
    private List<String> settings = List.of();

    @Option(names = "--output", paramLabel = "DIR", description = "directory to write (default: the recipe's)")
    private @Nullable Path output;

    @Option(names = "--check", description = "only check, and print the recipe with all defaults")
    private boolean check;

    @Option(names = "--resume", description = "continue where it was interrupted")
    private boolean resume;

    @Mixin
    private Overwrite overwrite;

    List<String> settings() {
        return settings;
    }

    /** The recipe, with the directory that was given in place of its own. */
    <R> R placed(R recipe, BiFunction<R, Path, R> into) {
        return output == null ? recipe : into.apply(recipe, output);
    }

    /** Whether only a check was asked for; then the recipe is shown. */
    boolean onlyShows(ObjectNode recipe, PrintWriter out) {
        if (check) {
            out.print(Configs.yaml(recipe));
            out.flush();
        }
        return check;
    }

    boolean resume() {
        return resume;
    }

    boolean overwrite() {
        return overwrite.isGiven();
    }

    /** The exit status after a signal. */
    static int signalled(int signal) {
        return SIGNALLED + signal;
    }
}
