package org.counterweight.cli.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.counterweight.jobs.recipe.Recipe;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Trains as a recipe says. */
@Command(
        name = "run",
        description = {
            "Trains a model as a recipe says; writes adapter, model and report.",
            "A recipe for grow, federate, distill or generate is handed to that command.",
            "Paths in a recipe are relative to the current directory. Ctrl-C leaves a checkpoint."
        },
        footerHeading = "%nExample:%n",
        footer = "  cw run examples/quickstart.yaml --check")
public final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RECIPE", description = "what to train, on what, and how (YAML or JSON)")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "override a setting of the recipe, such as train.lr=1e-3; may be repeated")
    private List<String> settings = List.of();

    @Option(names = "--output", paramLabel = "DIR", description = "directory for the run (default: the recipe's)")
    private @Nullable Path output;

    @Mixin
    private RunOptions options;

    @Override
    public Integer call() throws IOException {
        var all = new ArrayList<>(settings);
        all.addAll(options.settings());
        String program = Programs.of(file);
        if (program != null) {
            return spec.root().commandLine().execute(words(program, all));
        }
        Recipe recipe = Recipe.read(file, all);
        return options.run(output == null ? recipe : recipe.into(output), spec.commandLine());
    }

    /** The same for the command of a whole program. */
    private String[] words(String program, List<String> all) {
        var words = new ArrayList<>(List.of(program, file.toString()));
        all.forEach(setting -> words.addAll(List.of("--set", setting)));
        if (output != null) {
            words.addAll(List.of("--output", output.toString()));
        }
        words.addAll(options.flags());
        return words.toArray(String[]::new);
    }
}
