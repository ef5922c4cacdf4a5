package org.counterweight.cli;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Method;
import org.counterweight.config.Configs;
import org.counterweight.config.Example;
import org.counterweight.config.Setting;
import org.counterweight.jobs.recipe.ColumnsSection;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.WeigherConfig;
import tools.jackson.databind.node.ObjectNode;

/** What to paste for a method: a section of a recipe with all settings, a merge file, or a command; as its settings say. */
final class Paste {
    private Paste() {}

    /** The text for {@code method}; where no command reaches it, what it is for instead. */
    static String text(Method method) {
        if (Attachment.class.isAssignableFrom(method.config())) {
            return section("adapter", method);
        }
        if (WeigherConfig.class.isAssignableFrom(method.config())) {
            return weigher(method);
        }
        if (Reparametrization.class.isAssignableFrom(method.config())) {
            return reparametrization(method);
        }
        Example[] examples = method.config().getAnnotationsByType(Example.class);
        return examples.length == 0
                ? "No command so far: " + java(method)
                : Arrays.stream(examples)
                        .map(example -> "# " + example.where() + "\n" + example.value())
                        .collect(Collectors.joining("\n"));
    }

    private static String reparametrization(Method method) {
        var settings = (Reparametrization) Configs.bind(settings(method), method.config(), method.name());
        String fresh = settings.needsFreshWeights() ? "# and in model, for fresh weights: from_scratch: true\n" : "";
        return fresh + section("reparametrize", method);
    }

    /** All settings, each with the value to begin with. */
    private static ObjectNode settings(Method method) {
        ObjectNode settings = Configs.JSON.createObjectNode();
        for (RecordComponent component : method.config().getRecordComponents()) {
            settings.set(Configs.key(component.getName()), Configs.JSON.readTree(value(component)));
        }
        return settings;
    }

    private static String weigher(Method method) {
        var weigher = (WeigherConfig) Configs.bind(settings(method), method.config(), method.name());
        List<TaskKind> tasks = Arrays.stream(TaskKind.values())
                .filter(task -> task.lacks(weigher, ColumnsSection.ALL).isEmpty())
                .toList();
        if (tasks.isEmpty()) {
            return "In no recipe so far: it needs of each row "
                    + RowColumn.described(weigher.columns())
                    + ". " + java(method);
        }
        String only = tasks.size() == TaskKind.values().length
                ? ""
                : "# for task: " + tasks.stream().map(TaskKind::key).collect(Collectors.joining(" or ")) + "\n";
        String columns = tasks.get(0).lacks(weigher, ColumnsSection.NONE).stream()
                .map(column -> column.name() + ": " + column.name())
                .collect(Collectors.joining(", "));
        String data = columns.isEmpty() ? "" : "# and in data, for columns of your file: columns: {" + columns + "}\n";
        return only + data + section("weigh", method);
    }

    private static String java(Method method) {
        return method.config().getName() + " is for use from Java.\n";
    }

    private static String section(String name, Method method) {
        var yaml = new StringBuilder(name + ":\n  method: " + method.name() + "\n");
        for (RecordComponent component : method.config().getRecordComponents()) {
            yaml.append("  ")
                    .append(Configs.key(component.getName()))
                    .append(": ")
                    .append(value(component))
                    .append('\n');
        }
        return yaml.toString();
    }

    /** The value to begin with, as JSON. */
    private static String value(RecordComponent component) {
        Setting setting = component.getAnnotation(Setting.class);
        String value = setting.example().isEmpty() ? setting.defaultsTo() : setting.example();
        if (value.equals(Setting.REQUIRED)) {
            throw new IllegalStateException(
                    component.getDeclaringRecord().getName() + ": " + component.getName() + " has no example");
        }
        return value;
    }
}
