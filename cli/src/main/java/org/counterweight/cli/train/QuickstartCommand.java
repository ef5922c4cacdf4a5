package org.counterweight.cli.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.counterweight.jobs.recipe.Recipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The first job. */
@Command(
        name = "quickstart",
        description = {
            "Runs a first job: MiniLM learns 26 kinds of nouns from dictionary glosses, in a few minutes.",
            "The same as cw run examples/quickstart.yaml."
        },
        footerHeading = "%nExample:%n",
        footer = "  cw quickstart --check")
public final class QuickstartCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private RunOptions options;

    @Override
    public Integer call() throws IOException {
        Path recipe = Path.of(System.getProperty("cw.home", "."), "examples", "quickstart.yaml");
        if (!Files.exists(recipe)) {
            throw new ParameterException(
                    spec.commandLine(), recipe + " is not there; start cw through the launcher ./cw of the repository");
        }
        return options.run(Recipe.read(recipe, options.settings()), spec.commandLine());
    }
}
