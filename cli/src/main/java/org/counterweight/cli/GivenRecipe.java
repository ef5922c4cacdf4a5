package org.counterweight.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Recognises a recipe that was given to another command than it is for, which explains most of what fails then. */
final class GivenRecipe {
    private static final String RUN = "run";

    /** Keys by which recipes are told, in this order, and whose they are. */
    private static final List<Map.Entry<String, String>> COMMANDS = List.of(
            Map.entry("merge_method", "merge"),
            Map.entry("gate_mode", "merge"),
            Map.entry("generator", "generate"),
            Map.entry("clients", "federate"),
            Map.entry("federate", "federate"),
            Map.entry("distill", "distill"),
            Map.entry("grow", "grow"),
            Map.entry("source", "weigh"),
            Map.entry("model", RUN),
            Map.entry("task", RUN));

    /** Commands whose recipes are those of a run with a section more, which may be left out. */
    private static final Set<String> KIN = Set.of("federate", "distill", "grow");

    /** Commands that {@code cw run} calls. */
    private static final Set<String> CALLED = Set.of("federate", "distill", "grow", "generate");

    private static final long LONGEST = 1 << 20;

    private GivenRecipe() {}

    /**
     * What to say behind the reason of a failure: that one of these words names another command's recipe; empty if none does.
     *
     * @param command that failed
     */
    static String hint(String command, List<String> words) {
        return words.stream()
                .filter(word -> word.matches(".+\\.(ya?ml|json)"))
                .map(word -> hint(command, word))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("");
    }

    private static @Nullable String hint(String command, String word) {
        String other = command(word);
        boolean isTaken = other == null
                || other.equals(command)
                || (RUN.equals(command) && CALLED.contains(other))
                || (KIN.contains(command) && RUN.equals(other));
        return isTaken ? null : "; " + word + " is a recipe of cw " + other + ": give it to that command";
    }

    /** The command whose recipe a file is; null if it is none. */
    private static @Nullable String command(String word) {
        try {
            Path file = Path.of(word);
            if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) {
                return null;
            }
            ObjectNode recipe = Configs.read(file);
            return COMMANDS.stream()
                    .filter(entry -> recipe.has(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
        } catch (IOException | ConfigException | InvalidPathException e) {
            return null; // no recipe at all
        }
    }
}
