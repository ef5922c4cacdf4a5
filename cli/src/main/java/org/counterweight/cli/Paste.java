package org.counterweight.cli;

import java.lang.reflect.RecordComponent;
import org.counterweight.catalogue.Method;
import org.counterweight.catalogue.Verb;
import org.counterweight.config.Configs;
import org.counterweight.config.Setting;
import org.counterweight.merge.PeriodicStockConfig;

/** What to paste for a method: a section of a recipe with all settings at their defaults, a merge file, or a command. */
final class Paste {
    private Paste() {}

    /** The text for {@code method}. */
    static String text(Method method) {
        if (method.verb() != Verb.COMBINE) {
            String section = method.verb() == Verb.WEIGH ? "weigh" : "adapter";
            return section + ":\n  method: " + method.name() + "\n" + defaults(method.config());
        }
        return switch (method.name()) {
            case "model_stock" ->
                "# while training, in a recipe of cw run; in merge stand the settings above\nstock:\n"
                        + defaults(PeriodicStockConfig.class)
                        + """
                    # of models that are trained, in a file for cw merge FILE OUT
                    merge_method: model_stock
                    base_model: BASE
                    models: [{model: TUNED_1}, {model: TUNED_2}]
                    """;
            case "bcwi" -> "./cw update OLD NEW --dev dev.csv --output OUT\n";
            case "uniform_soup" -> """
                    # in a file for cw merge FILE OUT
                    merge_method: linear
                    models:
                    - {model: A, parameters: {weight: 1}}
                    - {model: B, parameters: {weight: 1}}
                    """;
            case "wise_ft" -> """
                    # in a file for cw merge FILE OUT; the weights are 1 - alpha and alpha
                    merge_method: linear
                    models:
                    - {model: BASE, parameters: {weight: 0.5}}
                    - {model: TUNED, parameters: {weight: 0.5}}
                    """;
            default -> "No command so far: " + method.config().getName() + " is for use from Java.\n";
        };
    }

    private static String defaults(Class<? extends Record> settings) {
        var yaml = new StringBuilder();
        for (RecordComponent component : settings.getRecordComponents()) {
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
