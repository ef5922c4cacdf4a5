package org.counterweight.cli.about;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.counterweight.adapt.Attachment;
import org.counterweight.catalogue.Method;
import org.counterweight.cli.merge.MergeFile;
import org.counterweight.config.Configs;
import org.counterweight.config.Example;
import org.counterweight.jobs.recipe.PartSections;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.merge.method.MergeConfig;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.train.part.RunPart;
import org.counterweight.train.weigh.RowColumn;
import org.counterweight.train.weigh.WeigherConfig;

/** What to paste for a method: a section of a recipe with all settings, a merge file, or a command; as its settings say. */
public final class Paste {
    private Paste() {}

    /** The text for {@code method}; where no command reaches it, what it is for instead. */
    public static String text(Method method) {
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
        String section = PartSections.key(method.config());
        if (section != null && examples.length == 0) {
            var part = (RunPart) Configs.bind(Configs.sample(method.config()), method.config(), section);
            return columns(TaskKind.TEXT_CLASSIFICATION, part.columns()) + section + ":\n" + settings(method);
        }
        if (MergeConfig.class.isAssignableFrom(method.config())) {
            return MergeFile.text(method);
        }
        return examples.length == 0
                ? "No command so far: " + java(method)
                : Arrays.stream(examples)
                        .map(example -> "# " + example.where() + "\n" + example.value())
                        .collect(Collectors.joining("\n"));
    }

    private static String reparametrization(Method method) {
        var settings =
                (Reparametrization) Configs.bind(Configs.sample(method.config()), method.config(), method.name());
        String fresh = settings.needsFreshWeights() ? "# and in model, for fresh weights: from_scratch: true\n" : "";
        return fresh + section("reparametrize", method);
    }

    private static String weigher(Method method) {
        var weigher = (WeigherConfig) Configs.bind(Configs.sample(method.config()), method.config(), method.name());
        List<TaskKind> tasks = Arrays.stream(TaskKind.values())
                .filter(task ->
                        task.lacks(weigher.columns(), ColumnsSection.ALL).isEmpty())
                .toList();
        if (tasks.isEmpty()) {
            return "In no recipe so far: it needs of each row "
                    + RowColumn.described(weigher.columns())
                    + ". " + java(method);
        }
        String only = tasks.size() == TaskKind.values().length
                ? ""
                : "# for task: " + tasks.stream().map(TaskKind::key).collect(Collectors.joining(" or ")) + "\n";
        return only + columns(tasks.get(0), weigher.columns()) + section("weigh", method);
    }

    /** The columns of a file that have to be named for it. */
    private static String columns(TaskKind task, List<RowColumn> needed) {
        String columns = task.lacks(needed, ColumnsSection.NONE).stream()
                .map(column -> column.name() + ": " + column.name())
                .collect(Collectors.joining(", "));
        return columns.isEmpty() ? "" : "# and in data, for columns of your file: columns: {" + columns + "}\n";
    }

    private static String java(Method method) {
        return method.config().getName() + " is for use from Java.\n";
    }

    private static String section(String name, Method method) {
        return name + ":\n  method: " + method.name() + "\n" + settings(method);
    }

    private static String settings(Method method) {
        var yaml = new StringBuilder();
        Configs.sample(method.config())
                .properties()
                .forEach(setting -> yaml.append("  ")
                        .append(setting.getKey())
                        .append(": ")
                        .append(setting.getValue())
                        .append('\n'));
        return yaml.toString();
    }
}
