package org.counterweight.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import tools.jackson.databind.JsonNode;

/** Finds which option, or which setting of a recipe, named a column that a file lacks: often nobody did, and a default stands. */
final class NamedColumn {
    private static final String DATA = "data";

    /** Settings of a recipe's data that name a column even where they are left out: their defaults are their own names. */
    private static final Set<String> DEFAULTS = Set.of("text", "label");

    private NamedColumn() {}

    /** What to say behind the reason: which option or setting chooses the column; empty if none is found. */
    static String hint(CommandSpec command, List<String> words, String column) {
        List<String> names = Stream.concat(
                        command.options().stream()
                                .filter(option -> isNamed(option.getValue(), column))
                                .map(OptionSpec::longestName),
                        words.stream()
                                .filter(word -> word.matches(".+\\.(ya?ml|json)"))
                                .flatMap(word -> settings(word, column)))
                .distinct()
                .toList();
        return names.isEmpty() ? "" : "; choose with " + String.join(" or ", names);
    }

    private static boolean isNamed(Object value, String column) {
        return column.equals(value) || (value instanceof Collection<?> several && several.contains(column));
    }

    private static Stream<String> settings(String word, String column) {
        try {
            Path file = Path.of(word);
            if (!Files.isRegularFile(file)) {
                return Stream.of();
            }
            JsonNode recipe = Configs.read(file);
            List<String> found = below("", recipe, column).toList();
            boolean isDefault = DEFAULTS.contains(column)
                    && recipe.path(DATA).isObject()
                    && !recipe.path(DATA).has(column);
            return found.isEmpty() && isDefault ? Stream.of(DATA + "." + column) : found.stream();
        } catch (IOException | ConfigException | InvalidPathException e) {
            return Stream.of(); // no recipe at all
        }
    }

    private static Stream<String> below(String path, JsonNode node, String column) {
        if (node.isString()) {
            return Objects.equals(node.asString(), column) ? Stream.of(path) : Stream.of();
        }
        if (node.isArray()) {
            return node.valueStream().flatMap(one -> below(path, one, column));
        }
        return node.properties().stream()
                .flatMap(entry ->
                        below(path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue(), column));
    }
}
