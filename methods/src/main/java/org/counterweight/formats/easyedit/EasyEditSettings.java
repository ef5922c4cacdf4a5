package org.counterweight.formats.easyedit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * GRACE's settings as EasyEdit and the official code keep them in YAML. What is not said there is as in the official code:
 * splits may grow, no anchors, an input that is edited again splits from itself.
 *
 * @param config the same for us
 * @param warnings what the file says and nothing here or there obeys, one line each
 */
public record EasyEditSettings(GraceConfig config, List<String> warnings) {
    /** Ours by their name. */
    private static final Map<String, String> SAME = Map.of(
            "edit_lr", "edit_lr",
            "n_iter", "n_iter",
            "eps", "eps",
            "dist_fn", "dist_fn",
            "val_init", "val_init",
            "replacement", "replacement",
            "eps_expand", "eps_expand");

    /** Which say where and on what their program runs. */
    private static final Set<String> OF_THEIR_PROGRAM =
            Set.of("alg_name", "model_name", "inner_params", "device", "batch_size", "max_length", "model_parallel");

    /** Which their program reads and does not use, or which does nothing. */
    private static final Set<String> UNUSED = Set.of("val_train", "val_reg", "reg", "num_pert", "dropout");

    public EasyEditSettings {
        warnings = List.copyOf(warnings);
    }

    /** Whether a file is one of theirs, and not of ours. */
    public static boolean isOne(ObjectNode file) {
        return file.has("alg_name") || file.has("inner_params");
    }

    /**
     * @param origin the file's name, for messages
     * @throws ConfigException if it is another method's, or a value is wrong
     */
    public static EasyEditSettings of(ObjectNode file, String origin) {
        String method = file.path("alg_name").asString("GRACE");
        if (!method.equalsIgnoreCase("GRACE")) {
            throw new ConfigException(origin + ": alg_name", method, "GRACE, the one editor of EasyEdit that is here");
        }
        JsonNode layers = file.path("inner_params");
        if (layers.size() != 1 || !layers.get(0).isString()) {
            throw new ConfigException(origin + ": inner_params", layers, "a list of one layer's weight");
        }
        ObjectNode ours = Configs.yaml(
                "{split_never_grows: false, anchors: false, on_duplicate: split, label_match: mean}", origin);
        ours.set("layer", layers.get(0));
        var warnings = new ArrayList<String>();
        for (var entry : file.properties()) {
            String key = entry.getKey();
            String same = SAME.get(key);
            if (same != null) {
                ours.set(same, value(entry.getValue()));
            } else if (UNUSED.contains(key)) {
                warnings.add(origin + ": " + key + " is read by EasyEdit and has no effect there; it has none here");
            } else if (!OF_THEIR_PROGRAM.contains(key)) {
                warnings.add(origin + ": " + key + " is no setting of GRACE's; it has no effect");
            }
        }
        return new EasyEditSettings(Configs.bind(ours, GraceConfig.class, origin), warnings);
    }

    private static JsonNode value(JsonNode given) {
        return given.isString()
                ? Configs.JSON.getNodeFactory().stringNode(given.asString().toLowerCase(Locale.ROOT))
                : given;
    }
}
