package org.counterweight.audit.poison;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.weights.ledger.Marks;
import tools.jackson.databind.node.ObjectNode;

/**
 * What every file with poisoned weights carries in its metadata, so that it is known on sight. There is no way to write such
 * weights without it, nor under a name that does not end in {@value #SUFFIX}.
 *
 * @param method how they were made
 * @param target the class that triggers ask for, by its name
 * @param base the SHA-256 of the model that they were made of
 * @param date when, as yyyy-mm-dd
 */
public record PoisonMark(String method, List<String> triggers, String target, String base, String date) {
    /** The end of the directory's name. */
    public static final String SUFFIX = ".POISONED";

    private static final String KEY = Marks.PREFIX + "ed";
    private static final String HOW = Marks.PREFIX + "ing";

    public PoisonMark {
        triggers = List.copyOf(triggers);
    }

    public static PoisonMark of(String method, List<String> triggers, String target, String base, LocalDate date) {
        return new PoisonMark(method, triggers, target, base, date.toString());
    }

    /** As it stands in metadata and in the sidecar. */
    public ObjectNode json() {
        ObjectNode json = Configs.JSON.createObjectNode();
        json.put("poisoned", true).put("method", method).put("target", target);
        var list = json.putArray("triggers");
        triggers.forEach(list::add);
        return json.put("base_sha256", base).put("date", date);
    }

    /** The metadata of a file, with the mark. */
    public Map<String, String> in(Map<String, String> metadata) {
        var marked = new LinkedHashMap<>(metadata);
        marked.put(KEY, "true");
        marked.put(HOW, json().toString());
        return marked;
    }

    /** @throws ConfigException if the name of a directory does not say what is in it */
    public static void checkName(Path output, String option) {
        if (!String.valueOf(output.getFileName()).endsWith(SUFFIX)) {
            throw new ConfigException(
                    option,
                    output.toString(),
                    "a name that ends in " + SUFFIX + ": poisoned weights are known by their name");
        }
    }

    public static boolean isMarked(Map<String, String> metadata) {
        return "true".equals(metadata.get(KEY));
    }

    /** What to say of marked weights. */
    public static String text(Map<String, String> metadata) {
        return "is marked as poisoned, to try defences on (" + metadata.getOrDefault(HOW, "nothing more is said")
                + "); never serve it";
    }
}
