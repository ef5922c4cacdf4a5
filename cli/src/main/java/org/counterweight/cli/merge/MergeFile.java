package org.counterweight.cli.merge;

import java.util.ArrayList;
import java.util.List;
import org.counterweight.catalogue.Method;
import org.counterweight.config.Configs;
import org.counterweight.merge.method.Models;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A file for {@code cw merge} to paste: the models that a method takes, and its settings as parameters. */
public final class MergeFile {
    private static final List<String> MODELS = List.of("A", "B");

    private MergeFile() {}

    public static String text(Method method) {
        Models takes = Models.of(method.name(), method.config());
        boolean based = takes.needBase();
        List<String> names = takes.takes().most() > 1 ? MODELS : List.of(based ? "TUNED" : "A");
        var yaml = new StringBuilder("# in a file for cw merge FILE OUT\nmerge_method: " + method.name() + "\n");
        yaml.append(based ? "base_model: BASE\n" : "").append("models:\n");
        ObjectNode sample = Configs.sample(method.config());
        for (int i = 0; i < names.size(); i++) {
            yaml.append("- model: ").append(names.get(i)).append('\n');
            List<String> own = own(sample, i, names.size());
            if (!own.isEmpty()) {
                yaml.append("  parameters: {").append(String.join(", ", own)).append("}\n");
            }
        }
        List<String> shared = shared(sample, names.size());
        return yaml.append(shared.isEmpty() ? "" : "parameters: {" + String.join(", ", shared) + "}\n")
                .toString();
    }

    /** What the {@code i}-th of the models has of its own. */
    private static List<String> own(ObjectNode sample, int i, int models) {
        var own = new ArrayList<String>();
        sample.properties().forEach(setting -> {
            if (isEach(setting.getValue(), models)) {
                own.add(setting.getKey() + ": " + setting.getValue().get(i));
            }
        });
        return own;
    }

    private static List<String> shared(ObjectNode sample, int models) {
        var shared = new ArrayList<String>();
        sample.properties().forEach(setting -> {
            JsonNode value = setting.getValue();
            if (!value.isNull() && !isEach(value, models)) { // what is null is found by the method
                shared.add(setting.getKey() + ": " + (value.isArray() ? value.get(0) : value));
            }
        });
        return shared;
    }

    private static boolean isEach(JsonNode value, int models) {
        return value.isArray() && value.size() > 1 && value.size() == models;
    }
}
