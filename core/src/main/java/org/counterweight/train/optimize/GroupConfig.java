package org.counterweight.train.optimize;

import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** Some parameters, by a pattern of their names, with a learning rate or weight decay of their own. */
public record GroupConfig(
        @Setting(value = "A pattern of names; * stands for any letters", example = "\"classifier.*\"")
        String names,

        @Setting(value = "Learning rate; null for the run's", defaultsTo = "null", range = "at least 0") @Nullable
        Double lr,

        @Setting(value = "Weight decay; null for the run's", defaultsTo = "null", range = "at least 0") @Nullable
        Double weightDecay) {

    public GroupConfig {
        Checks.ranges(GroupConfig.class, "train.groups", lr, weightDecay);
        if (names.isBlank()) {
            throw new ConfigException(
                    "train.groups.names", names, "a pattern of parameter names, such as \"classifier.*\"");
        }
    }

    /** Whether the pattern matches the whole name. */
    public boolean matches(String name) {
        String[] parts = names.split("\\*", -1);
        if (parts.length == 1) {
            return name.equals(names);
        }
        if (!name.startsWith(parts[0])) {
            return false;
        }
        int at = parts[0].length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = name.indexOf(parts[i], at);
            if (found < 0) {
                return false;
            }
            at = found + parts[i].length();
        }
        String last = parts[parts.length - 1];
        return name.length() - last.length() >= at && name.endsWith(last);
    }
}
