package org.counterweight.formats.easyedit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * GRACE's settings as EasyEdit and the official code keep them in YAML. What is not said there is as in the official code:
 * splits may grow, no anchors, an input that is edited again splits from itself.
 *
 * @param settings the same by our names; without a layer where the file names none
 * @param warnings what the file says and nothing here or there obeys, one line each
 */
public record EasyEditSettings(ObjectNode settings, List<String> warnings) {
    /** Ours by their name. */
    private static final Map<String, String> SAME = Map.of(
            "edit_lr", "edit_lr",
            "n_iter", "n_iter",
            "eps", "eps",
            "dist_fn", "dist_fn",
            "val_init", "val_init",
            "replacement", "replacement",
            "eps_expand", "eps_expand");

    /** Values that their files spell in two ways. */
    private static final Map<String, String> SPELT = Map.of("moving_avg", "moving_average");

    /** Which say where and on what their program runs. */
    private static final Set<String> OF_THEIR_PROGRAM = Set.of(
            "alg_name", "_name", "model_name", "inner_params", "device", "batch_size", "max_length", "model_parallel");

    /** Which their program reads and does not use, or which does nothing. */
    private static final Set<String> UNUSED = Set.of("val_train", "val_reg", "reg", "num_pert", "dropout");

    public EasyEditSettings {
        warnings = List.copyOf(warnings);
    }

    /** Whether a file is one of theirs, and not of ours. */
    public static boolean isOne(ObjectNode file) {
        ObjectNode flat = flat(file);
        return flat.has("alg_name") || flat.has("_name") || flat.has("inner_params");
    }

    /** What the official code writes down of a run has the settings of the editor and of the model in sections. */
    private static ObjectNode flat(ObjectNode file) {
        if (!(file.get("editor") instanceof ObjectNode editor)) {
            return file;
        }
        ObjectNode flat = editor.deepCopy();
        JsonNode layers = file.path("model").path("inner_params");
        return layers.isMissingNode() ? flat : flat.set("inner_params", layers);
    }

    /**
     * @param origin the file's name, for messages
     * @throws ConfigException if it is another method's, or names no layer where it should
     */
    public static EasyEditSettings of(ObjectNode file, String origin) {
        ObjectNode theirs = flat(file);
        String key = theirs.has("alg_name") ? "alg_name" : "_name";
        String method = theirs.path(key).asString("GRACE");
        if (!method.equalsIgnoreCase("GRACE")) {
            throw new ConfigException(
                    origin + ": " + key, method, "GRACE, the one editor of EasyEdit and its kin that is here");
        }
        ObjectNode ours = Configs.yaml(
                "{split_never_grows: false, anchors: false, on_duplicate: split, label_match: mean}", origin);
        JsonNode layers = theirs.path("inner_params");
        if (layers.size() == 1 && layers.get(0).isString()) {
            ours.set("layer", layers.get(0));
        } else if (!layers.isMissingNode() && !layers.isNull()) { // the official file of an editor names none
            throw new ConfigException(origin + ": inner_params", layers, "a list of one layer's weight");
        }
        var warnings = new ArrayList<String>();
        for (var entry : theirs.properties()) {
            String name = entry.getKey();
            String same = SAME.get(name);
            if (same != null) {
                ours.set(same, value(entry.getValue()));
            } else if (UNUSED.contains(name)) {
                warnings.add(origin + ": " + name + " is read by EasyEdit and has no effect there; it has none here");
            } else if (!OF_THEIR_PROGRAM.contains(name)) {
                warnings.add(origin + ": " + name + " is no setting of GRACE's; it has no effect");
            }
        }
        return new EasyEditSettings(ours, warnings);
    }

    private static JsonNode value(JsonNode given) {
        if (!given.isString()) {
            return given;
        }
        String word = given.asString().toLowerCase(Locale.ROOT);
        return Configs.JSON.getNodeFactory().stringNode(SPELT.getOrDefault(word, word));
    }
}
