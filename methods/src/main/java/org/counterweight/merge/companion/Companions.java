package org.counterweight.merge.companion;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.counterweight.config.Configs;
import org.counterweight.weights.WeightsException;
import tools.jackson.databind.JsonNode;

/**
 * What beside weights, config and tokenizer decides what a model's answers mean: how hidden states become the vector of a
 * sentence, how pictures and sounds are read, how texts go on, code of the model's own (which is copied and never run), the
 * licence.
 */
public final class Companions {
    private static final String MODULES = "modules.json";

    private static final Pattern KEPT =
            Pattern.compile("modules\\.json|config_sentence_transformers\\.json|sentence_.*\\.json"
                    + "|generation_config\\.json|table_config\\.json|(?:.*_)?(?:pre)?processor_config\\.json|.*\\.py"
                    + "|chat_template\\.(?:jinja|json)|(?:LICENSE|LICENCE|NOTICE|USE_POLICY)(?:\\..*)?");

    private Companions() {}

    /**
     * Copies them into {@code target}, which exists.
     *
     * @throws WeightsException if {@code modules.json} leads out of the directory
     */
    public static void copy(Path model, Path target) throws IOException {
        if (!Files.isDirectory(model)) {
            return; // a single file has nothing beside it
        }
        try (var entries = Files.list(model)) {
            for (Path file : entries.filter(Files::isRegularFile).sorted().toList()) {
                if (KEPT.matcher(String.valueOf(file.getFileName())).matches()) {
                    Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
        for (Path part : parts(model)) {
            copyTree(model.resolve(part), target.resolve(part));
        }
    }

    /** The directories of pooling and the like that a sentence encoder names. */
    private static List<Path> parts(Path model) throws IOException {
        Path file = model.resolve(MODULES);
        var parts = new ArrayList<Path>();
        if (!Files.isRegularFile(file)) {
            return parts;
        }
        for (JsonNode module : Configs.list(file)) {
            String named = module.path("path").asString("");
            Path part = Path.of(named).normalize();
            if (part.isAbsolute() || part.startsWith("..")) {
                throw new WeightsException(file, "names \"" + named + "\", which lies outside of its directory");
            }
            if (!part.toString().isEmpty() && Files.isDirectory(model.resolve(part))) {
                parts.add(part);
            }
        }
        return parts;
    }

    private static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(to.resolve(from.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
