package org.counterweight.cli.option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.formats.easyedit.EasyEditSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** How edits are made, for commands that make some. */
public final class GraceOptions {
    @Option(names = "--layer", paramLabel = "NAME", description = "the layer to wrap, such as layer.4.output.dense")
    private @Nullable String layer;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a setting of cw explain grace, such as eps=0.5; may be repeated")
    private Map<String, String> sets = new LinkedHashMap<>();

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "all settings in YAML, ours, EasyEdit's or the official code's")
    private @Nullable Path settings;

    /** Whether any was given. */
    public boolean areGiven() {
        return layer != null || settings != null || !sets.isEmpty();
    }

    /** @param warnings takes what of another program's file has no effect */
    public GraceConfig config(PrintWriter warnings) throws IOException {
        return Configs.bind(tree(warnings), GraceConfig.class, "grace");
    }

    /** All that was given, not yet looked at. */
    public ObjectNode tree(PrintWriter warnings) throws IOException {
        ObjectNode tree = Configs.JSON.createObjectNode();
        if (settings != null) {
            ObjectNode read = Configs.read(settings);
            if (EasyEditSettings.isOne(read)) {
                EasyEditSettings theirs = EasyEditSettings.of(read, settings.toString());
                theirs.warnings().forEach(warnings::println);
                read = theirs.settings();
            }
            tree.setAll(read);
        }
        if (layer != null) {
            tree.put("layer", layer);
        }
        sets.forEach((key, value) ->
                tree.set(key, Configs.yaml("value: " + value, "--set " + key).get("value")));
        return tree;
    }
}
