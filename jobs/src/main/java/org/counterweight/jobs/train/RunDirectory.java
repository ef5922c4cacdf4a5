package org.counterweight.jobs.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.jobs.InEffect;
import org.counterweight.jobs.Occupied;
import org.counterweight.jobs.recipe.PartSections;
import org.counterweight.jobs.recipe.Recipe;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WrittenFiles;

/**
 * The directory of a run: files of names of its own, which are replaced one by one, and {@code adapter/}, {@code merged/} and
 * {@code reparametrized/}, which are replaced whole and know their files.
 */
record RunDirectory(Path path) {
    static final String CHECKPOINT = "checkpoint.safetensors";
    static final String RECIPE = "recipe.yaml";
    static final String METRICS = "metrics.jsonl";
    static final String RESULT = "result.json";
    static final String REPORT = "report.html";
    static final String PREDICTIONS = "predictions.jsonl";
    static final String ADAPTER = "adapter";
    static final String MERGED = "merged";
    static final String REPARAMETRIZED = "reparametrized";

    private static final List<String> PARTS = List.of(ADAPTER, MERGED, REPARAMETRIZED);
    private static final Set<String> FILES = Set.of(
            CHECKPOINT,
            RECIPE,
            METRICS,
            RESULT,
            REPORT,
            METRICS + ".part",
            REPORT + ".part",
            PREDICTIONS,
            Occupied.FILE,
            InEffect.FILE);

    /** What lies there and no run wrote, in the order of the names; those of directories end in a slash. */
    List<String> foreign() {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        boolean isRun = isRun();
        var foreign = new ArrayList<String>();
        try (Stream<Path> entries = Files.list(path)) {
            for (Path entry : entries.sorted().toList()) {
                String name = String.valueOf(entry.getFileName());
                if (PARTS.contains(name) || Staged.isUnfinished(entry)) {
                    continue;
                }
                if (!isRun || !(FILES.contains(name) || PartSections.files().contains(name)) || !isFile(name)) {
                    foreign.add(Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS) ? name + "/" : name);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be listed: " + e.getMessage(), e);
        }
        foreign.addAll(foreignInParts());
        return foreign;
    }

    /** The same of what is replaced whole, and so would be lost. */
    List<String> foreignInParts() {
        var foreign = new ArrayList<String>();
        for (String part : PARTS) {
            Path directory = path.resolve(part);
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                WrittenFiles.foreign(directory).forEach(file -> foreign.add(part + "/" + file));
            } else if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
                foreign.add(part);
            }
        }
        return foreign;
    }

    /** @throws ConfigException with those names, if there are any */
    void refuse(List<String> foreign) {
        if (!foreign.isEmpty()) {
            throw new ConfigException(path + " holds " + WrittenFiles.named(foreign)
                    + ", which no run wrote and none replaces; name another directory with --output");
        }
    }

    /** A run writes its recipe first, and then figures; a recipe that stands alone may be its user's. */
    private boolean isRun() {
        return isFile(RECIPE)
                && (isFile(METRICS) || isFile(CHECKPOINT) || isFile(RESULT) || isWrittenOut(path.resolve(RECIPE)));
    }

    /** Whether a recipe has every setting, in the order and form in which a run writes them. */
    private static boolean isWrittenOut(Path recipe) {
        try {
            return Files.readString(recipe)
                    .equals(Configs.yaml(Recipe.read(recipe, List.of()).tree()));
        } catch (ConfigException e) {
            return false; // no recipe of today's at all
        } catch (IOException e) {
            throw new UncheckedIOException(recipe + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private boolean isFile(String name) {
        return Files.isRegularFile(path.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }
}
