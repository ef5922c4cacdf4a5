package org.counterweight.jobs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.weights.FileTree;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WrittenFiles;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The directory of a program that can be broken off and goes on with {@code --resume}: it has a recipe, files of names that the
 * program knows, and nothing else.
 *
 * @param path where it lies
 * @param own the names of what the program writes there, beside {@value #RECIPE}
 * @param what the program makes, in the words of messages: a distillation
 */
public record ResumableDirectory(Path path, Pattern own, String what) {
    /** The recipe, written at the beginning. */
    public static final String RECIPE = "recipe.yaml";

    /** Keys of a recipe on which the course of the work does not depend. */
    private static final List<String> BESIDE = List.of("output", "device", "threads");

    /**
     * Refuses to write over other work, or to go on with nothing.
     *
     * @param tree the recipe, with every default written out
     */
    public void check(ObjectNode tree, boolean resume, boolean overwrite) {
        Destination.check(path, "--output");
        Occupied.check(path);
        boolean begun = Files.exists(path.resolve(RECIPE));
        if (resume) {
            if (!begun) {
                throw new ConfigException(path + " has no " + RECIPE + " to resume from; start without --resume");
            }
            checkUnchanged(tree);
            return;
        }
        if (!Staged.wouldReplace(path)) {
            return;
        }
        List<String> foreign = foreign();
        if (!overwrite || !foreign.isEmpty()) {
            throw new ConfigException(path + " is not empty; "
                    + (foreign.isEmpty() ? "go on with --resume, add --overwrite, or " : "")
                    + "name another with --output"
                    + (foreign.isEmpty()
                            ? ""
                            : "; it holds " + WrittenFiles.named(foreign) + ", which no " + what + " wrote"));
        }
    }

    private List<String> foreign() {
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(entry -> !Staged.isUnfinished(entry))
                    .map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> !isOwn(name) && !name.equals(Occupied.FILE))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    private boolean isOwn(String name) {
        return name.equals(RECIPE) || own.matcher(name).matches();
    }

    private void checkUnchanged(ObjectNode now) {
        Path file = path.resolve(RECIPE);
        ObjectNode before;
        try {
            before = Configs.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
        for (String key : now.propertyNames()) {
            String changed = BESIDE.contains(key) ? null : difference(key, before.path(key), now.path(key));
            if (changed != null) {
                String pointer = "/" + changed.replace('.', '/');
                throw new ConfigException(
                        changed + ": " + shown(now.at(pointer)) + ", but " + file + " has " + shown(before.at(pointer))
                                + "; resume with the same settings, or start anew with --overwrite");
            }
        }
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "nothing" : value.toString();
    }

    private static @Nullable String difference(String at, JsonNode before, JsonNode now) {
        if (before instanceof ObjectNode old && now instanceof ObjectNode present) {
            for (String key : present.propertyNames()) {
                String found = difference(at + "." + key, old.path(key), present.path(key));
                if (found != null) {
                    return found;
                }
            }
            return null;
        }
        return before.toString().equals(now.toString()) ? null : at;
    }

    /**
     * Makes the directory with its recipe; what another of its kind left there goes.
     *
     * @return to be closed when the work has ended
     */
    public Occupied begin(ObjectNode tree, boolean resume) {
        Occupied occupied = Occupied.take(path);
        try {
            if (!resume) {
                try (Stream<Path> entries = Files.list(path)) {
                    for (Path entry : entries.filter(file -> isOwn(String.valueOf(file.getFileName())))
                            .toList()) {
                        FileTree.remove(entry);
                    }
                }
            }
            Files.writeString(path.resolve(RECIPE), Configs.yaml(tree));
            return occupied;
        } catch (IOException e) {
            occupied.close();
            throw new UncheckedIOException(path + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** Writes a text of its own, whole or not at all. */
    public void write(String name, String text) {
        try (Staged staged = Staged.file(path.resolve(name))) {
            Files.writeString(staged.path(), text);
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(path.resolve(name) + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** Takes away what was only needed to go on. */
    public void drop(String name) {
        try {
            Files.deleteIfExists(path.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(path.resolve(name) + ": cannot be deleted: " + e.getMessage(), e);
        }
    }
}
