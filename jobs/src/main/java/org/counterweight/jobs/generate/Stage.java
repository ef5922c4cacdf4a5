package org.counterweight.jobs.generate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.jobs.InEffect;
import org.counterweight.jobs.Occupied;
import org.counterweight.jobs.recipe.program.GenerateRecipe;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The stages of a run, each with the files that it leaves and the settings that it goes by. */
public enum Stage {
    /** Prefixes are tuned. */
    TUNE(
            List.of(TuneStage.FILE, TuneStage.PART),
            List.of(
                    "/generator",
                    "/labels",
                    "/data/train",
                    "/data/text",
                    "/data/pair",
                    "/data/label",
                    "/data/format",
                    "/fewgen/tune",
                    "/fewgen/seed")),
    /** Texts are written. */
    WRITE(List.of(WriteStage.FILE, WriteStage.PART, WriteStage.OFFICIAL), List.of("/texts", "/fewgen/write")),
    /** The classifier learns. */
    LEARN(
            List.of(
                    LearnStage.FEW_SHOT,
                    "few-shot.part.safetensors",
                    LearnStage.REPEATED,
                    "repeated.part.safetensors",
                    LearnStage.LEARNT,
                    "learnt.part.safetensors",
                    GenerateJob.SYNTHETIC,
                    GenerateJob.FIGURES,
                    GenerateJob.REPORT,
                    InEffect.FILE),
            List.of(
                    "/classifier",
                    "/classifier_prompt",
                    "/data/dev",
                    "/data/test",
                    "/data/max_length",
                    "/fewgen/learn"));

    private static final List<String> BESIDE = List.of("recipe.yaml", GenerateJob.MERGED, Occupied.FILE);

    private final List<String> files;
    private final List<String> settings;

    Stage(List<String> files, List<String> settings) {
        this.files = files;
        this.settings = settings;
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Removes what this stage and those after it left. */
    void removeFrom(Path directory) throws IOException {
        for (Stage stage : values()) {
            if (stage.ordinal() >= ordinal()) {
                for (String file : stage.files) {
                    Files.deleteIfExists(directory.resolve(file));
                }
            }
        }
    }

    /** Refuses to begin with this stage where the one before it left nothing. */
    void checkBefore(Path directory) {
        for (Stage stage : values()) {
            String file = stage.files.get(0);
            if (stage.ordinal() < ordinal() && !Files.exists(directory.resolve(file))) {
                throw new ConfigException("--from " + word() + ": " + directory + " has no " + file
                        + ", which it begins with; take --from " + stage.word());
            }
        }
    }

    /** Refuses to go on with other settings than a stage was done with. */
    static void checkSame(Path file, ObjectNode now, @Nullable Stage from) {
        ObjectNode before;
        try {
            before = GenerateRecipe.of(Configs.read(file)).tree(); // with defaults of settings that came later
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
        for (Stage stage : values()) {
            if (from != null && stage.ordinal() >= from.ordinal()) {
                return;
            }
            for (String path : stage.settings) {
                if (!before.at(path).equals(now.at(path))) {
                    throw new ConfigException(path.substring(1).replace('/', '.') + " is not as in " + file
                            + "; resume with the same settings, or add --from " + stage.word()
                            + " to do that stage and those after it anew");
                }
            }
        }
    }

    /** What lies in a directory that no run wrote. */
    static List<String> foreign(Path directory) {
        var own = new ArrayList<>(BESIDE);
        Arrays.stream(values()).forEach(stage -> own.addAll(stage.files));
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .filter(name -> !own.contains(name))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }
}
