package org.counterweight.formats.peft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.counterweight.config.Configs;
import org.counterweight.formats.peft.config.PeftConfig;
import org.counterweight.weights.SafetensorsFile;
import org.counterweight.weights.TensorInfo;

/**
 * What a PEFT directory tells before there is a model to hold it against: its task, and the shapes of what it stores, among
 * them those of modules that were trained and saved whole. PEFT writes no {@code config.json}, so the number of classes of a
 * classification adapter stands in the shape of its head alone.
 *
 * @param directory where it lies
 * @param task PEFT's {@code task_type}; empty if the file names none
 * @param tensors what is stored, by the names of {@link #bare}
 */
public record SavedWhole(Path directory, String task, Map<String, TensorInfo> tensors) {
    /** The name that PEFT gives an adapter where the user gives none; saved files go without it, raw state dicts have it. */
    private static final Pattern DEFAULT = Pattern.compile("\\.default(?=\\.|$)");

    /** The name under which {@code torch.compile} keeps what it wraps. */
    private static final String COMPILED = "_orig_mod.";

    /** Whether a directory has weights that can be read. */
    public static boolean isAt(Path directory) {
        return Files.exists(directory.resolve(PeftAdapter.FILE))
                || !PeftAdapter.shards(directory).isEmpty();
    }

    /**
     * Reads settings and header.
     */
    public static SavedWhole of(Path directory) {
        Path settings = directory.resolve(PeftConfig.FILE);
        var tensors = new LinkedHashMap<String, TensorInfo>();
        for (Path path : PeftAdapter.files(directory)) {
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                file.tensors().forEach((name, info) -> {
                    if (!isOriginal(name)) {
                        tensors.put(bare(name), info);
                    }
                });
            }
        }
        try {
            return new SavedWhole(
                    directory, Configs.read(settings).path(PeftConfig.TASK).asString(""), tensors);
        } catch (IOException e) {
            throw new UncheckedIOException(settings + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** With {@code bias: all}, PEFT stores a saved module's old biases too. */
    static boolean isOriginal(String stored) {
        return stored.contains(".original_module.");
    }

    /**
     * A stored name without what stands before and within the model's own: PEFT's prefix, the adapter's name, and
     * what is {@link #uncompiled}.
     */
    static String bare(String stored) {
        String uncompiled = uncompiled(stored);
        String name = without(PeftAdapter.PREFIX, uncompiled);
        if (name.equals(uncompiled)) {
            name = without("base_model.", uncompiled); // beside a prefix, the model is wrapped once
        }
        return DEFAULT.matcher(name).replaceAll("").replace(".modules_to_save.", ".");
    }

    /** A name without what {@code torch.compile} puts before the names of each module that it wraps. */
    static String uncompiled(String stored) {
        return stored.replace(COMPILED, "");
    }

    private static String without(String prefix, String name) {
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    /** Whether the adapter was trained to tell the classes of texts, or of their tokens. */
    public boolean isForClasses() {
        return task.equals("SEQ_CLS") || isForTokens();
    }

    /** Whether it was trained to tell the classes of tokens. */
    public boolean isForTokens() {
        return task.equals("TOKEN_CLS");
    }

    /** The number of classes that a head of that name has a row for; empty if none was saved. */
    public OptionalInt classes(String head) {
        TensorInfo weight = tensors.get(head + ".weight");
        return weight == null || weight.shape().length != 2
                ? OptionalInt.empty()
                : OptionalInt.of(Math.toIntExact(weight.shape()[0]));
    }
}
