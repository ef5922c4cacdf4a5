package org.counterweight.cli;

import java.lang.reflect.RecordComponent;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Verb;
import org.counterweight.config.Configs;
import org.counterweight.config.Setting;

/** Recipes to paste: a method with all its settings at their defaults, in a file that {@code cw} accepts. */
final class Paste {
    private Paste() {}

    /** The section of a recipe that names {@code method}, in YAML. */
    static String recipe(Method method) {
        var yaml = new StringBuilder();
        String section = method.verb() == Verb.WEIGH ? "weigh" : method.verb() == Verb.COMBINE ? "merge" : "adapter";
        yaml.append(section).append(":\n  method: ").append(method.name()).append('\n');
        for (RecordComponent component : method.config().getRecordComponents()) {
            Setting setting = component.getAnnotation(Setting.class);
            if (setting != null && !setting.defaultsTo().equals(Setting.REQUIRED)) {
                yaml.append("  ")
                        .append(Configs.key(component.getName()))
                        .append(": ")
                        .append(setting.defaultsTo())
                        .append('\n');
            }
        }
        return yaml.toString();
    }
}
