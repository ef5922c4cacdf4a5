package org.counterweight.jobs.recipe;

import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Settings given on the command line, {@code train.lr=3e-3}, put in place of the recipe's. */
public final class Overrides {
    private Overrides() {}

    /** Puts each setting where its key says, in the tree itself. */
    public static void apply(ObjectNode recipe, List<String> settings) {
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new ConfigException("--set", setting, "a key and a value, such as train.lr=1e-3");
            }
            String[] path = setting.substring(0, equals).strip().split("\\.", -1);
            ObjectNode at = recipe;
            for (int i = 0; i + 1 < path.length; i++) {
                JsonNode below = at.get(path[i]);
                at = below instanceof ObjectNode object ? object : at.putObject(path[i]);
            }
            JsonNode value = Configs.yaml("value: " + setting.substring(equals + 1), "--set " + setting)
                    .get("value");
            at.set(path[path.length - 1], value);
        }
    }
}
