package org.counterweight.cli.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import tools.jackson.databind.node.ObjectNode;

/**
 * Recipes of whole programs: each is told by a section that no other recipe has, and has a command of its own, which {@code cw
 * run} calls.
 */
public final class Programs {
    private static final Map<String, Class<?>> BY_SECTION = Map.of(
            "grow", GrowCommand.class,
            "federate", FederateCommand.class,
            "clients", FederateCommand.class,
            "distill", DistillCommand.class,
            "generator", GenerateCommand.class);

    private Programs() {}

    /** Their commands. */
    public static Collection<Class<?>> commands() {
        return BY_SECTION.values();
    }

    /** The name of the command that a recipe is of; null for one training run. */
    static @Nullable String of(Path file) throws IOException {
        ObjectNode recipe = Configs.read(file);
        return BY_SECTION.entrySet().stream()
                .filter(entry -> recipe.has(entry.getKey()))
                .map(entry -> entry.getValue().getAnnotation(Command.class).name())
                .findFirst()
                .orElse(null);
    }
}
