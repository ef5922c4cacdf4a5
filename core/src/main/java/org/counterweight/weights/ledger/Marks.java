package org.counterweight.weights.ledger;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.WeightsException;

/**
 * Warnings in a file's metadata that go with the weights, whatever is made of them: that they were poisoned, to try defences on.
 * A {@link Ledger} takes them over from its inputs, so that no command writes such weights without.
 */
public final class Marks {
    /** What the keys of warnings begin with. */
    public static final String PREFIX = "counterweight.poison";

    private Marks() {}

    /** The warnings among a file's remarks. */
    public static Map<String, String> in(Map<String, String> metadata) {
        var marks = new LinkedHashMap<String, String>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(PREFIX)) {
                marks.put(key, value);
            }
        });
        return marks;
    }

    /** The warnings that inputs carry, where they can be found under their names. */
    static Map<String, String> of(List<Ledger.Input> inputs) {
        var marks = new LinkedHashMap<String, String>();
        for (Ledger.Input input : inputs) {
            marks.putAll(of(input.name()));
        }
        return marks;
    }

    private static Map<String, String> of(String name) {
        try {
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                try (ModelDirectory model = ModelDirectory.open(path)) {
                    return in(model.metadata());
                }
            }
            if (Files.isRegularFile(path) && name.endsWith(".safetensors")) {
                try (SafetensorsFile file = SafetensorsFile.open(path)) {
                    return in(file.metadata());
                }
            }
        } catch (WeightsException | InvalidPathException e) {
            return Map.of(); // no weights, and so no warnings of theirs: a table of texts, an adapter's directory
        }
        return Map.of();
    }
}
