package org.counterweight.cli.weigh;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.cli.option.TableOptions;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.weigh.WeighJob;
import org.counterweight.jobs.weigh.WeighRecipe;
import org.counterweight.jobs.weigh.WeighResult;
import org.counterweight.report.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives the rows of tables weights, before a model is trained. */
@Command(
        name = "weigh",
        description = {
            "Gives the rows of tables weights, so that a model is trained for where it will be used.",
            "Tables are CSV, JSON or Parquet files, globs of them, or SQL for DuckDB. Columns without a"
                    + " role are features. The tables are written again with their weights, beside a report."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw weigh examples/weigh/shift.yaml --output runs/weighed")
public final class WeighCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "METHOD|RECIPE",
            description = "double_weighting, density_ratio, fair_correlation_shifts,"
                    + " ab_weighted_training or class_balance; or a recipe (.yaml)")
    private String method;

    @Parameters(index = "1", arity = "0..1", paramLabel = "SOURCE", description = "the rows to weigh, without a recipe")
    private @Nullable String source;

    @Option(
            names = "--target",
            paramLabel = "TABLE",
            description =
                    "rows of where the model will be used; of a test without a column of arms, the control's records")
    private @Nullable String target;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "tables with weights and report.html are written there")
    private @Nullable Path output;

    @Option(names = "--label", paramLabel = "NAME", description = "column of the class")
    private @Nullable String label;

    @Option(names = "--group", paramLabel = "NAME", description = "column of the sensitive group")
    private @Nullable String group;

    @Option(names = "--arm", paramLabel = "NAME", description = "column of a test's arm")
    private @Nullable String arm;

    @Option(names = "--outcome", split = ",", paramLabel = "NAME", description = "columns that a test measures")
    private List<String> outcomes = List.of();

    @Option(names = "--unit", paramLabel = "NAME", description = "column of the unit that was assigned to an arm")
    private @Nullable String unit;

    @Option(names = "--weight", paramLabel = "NAME", description = "column of how many rows each row stands for")
    private @Nullable String weight;

    @Option(
            names = "--features",
            split = ",",
            paramLabel = "NAME",
            description = "columns that are features (default: all" + " others)")
    private List<String> features = List.of();

    @Option(names = "--ignore", split = ",", paramLabel = "NAME", description = "columns that are no features")
    private List<String> ignore = List.of();

    @Option(
            names = "--format",
            paramLabel = "FORM",
            description = "csv, jsonl or parquet (default: that of the source)")
    private @Nullable String format;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a setting of the method, d=2; or of the recipe, columns.positive=yes; may be repeated")
    private List<String> settings = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "seed of every random draw (default: the recipe's, or 1)")
    private @Nullable Long seed;

    @Option(names = "--check", description = "only check, and print the recipe with all defaults")
    private boolean check;

    @Mixin
    private TableOptions tables;

    @Mixin
    private Overwrite overwrite;

    @Override
    public Integer call() throws IOException {
        WeighRecipe recipe = recipe();
        var progress = new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal"));
        PrintWriter out = spec.commandLine().getOut();
        var job = new WeighJob(recipe, progress);
        job.check();
        if (check) {
            out.print(Configs.yaml(recipe.tree()));
            out.flush();
            return 0;
        }
        Path into = output != null
                ? output
                : recipe.output().directory() == null
                        ? null
                        : Path.of(recipe.output().directory());
        if (into == null) {
            throw new ConfigException("--output is missing: name a directory for the tables and the report");
        }
        overwrite.check(into, "--output");
        Destination.checkApart(into, job.inputs(), "--output");
        overwrite.checkContents(into, "--output");
        print(job.write(into), into);
        return 0;
    }

    private WeighRecipe recipe() throws IOException {
        boolean file = method.endsWith(".yaml") || method.endsWith(".yml") || method.endsWith(".json");
        if (file && source != null) {
            throw new ConfigException("SOURCE: " + source + " is given beside the recipe " + method
                    + ", which names its own; --set source=… puts another in its place");
        }
        if (!file && source == null) {
            throw new ConfigException("SOURCE is missing: name the table whose rows " + method + " is to weigh");
        }
        ObjectNode tree = file ? Configs.read(Path.of(method)) : Configs.JSON.createObjectNode();
        if (!file) {
            tree.putObject("weigh").put("method", method.replace('-', '_'));
            tree.put("source", source);
        }
        if (target != null) {
            tree.put("target", target);
        }
        if (seed != null) {
            tree.put("seed", seed.longValue());
        }
        ObjectNode columns = section(tree, "columns");
        put(columns, "label", label);
        put(columns, "group", group);
        put(columns, "arm", arm);
        put(columns, "unit", unit);
        put(columns, "weight", weight);
        put(columns, "outcomes", outcomes);
        put(columns, "features", features);
        put(columns, "ignore", ignore);
        put(section(tree, "output"), "format", format);
        if (tables.isGiven()) {
            tree.set("format", Configs.tree(tables.format()));
        }
        return WeighRecipe.of(tree, settings.stream().map(WeighCommand::placed).toList());
    }

    /** A key without a dot is one of the method's settings. */
    private static String placed(String setting) {
        int equals = setting.indexOf('=');
        String key = equals < 0 ? setting : setting.substring(0, equals);
        boolean top = List.of("source", "target", "seed").contains(key.strip());
        return key.contains(".") || top || equals < 1 ? setting : "weigh." + setting;
    }

    private static ObjectNode section(ObjectNode tree, String key) {
        return tree.get(key) instanceof ObjectNode object ? object : tree.putObject(key);
    }

    private static void put(ObjectNode into, String key, @Nullable String value) {
        if (value != null) {
            into.put(key, value);
        }
    }

    private static void put(ObjectNode into, String key, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = into.putArray(key);
            new ArrayList<>(values).forEach(array::add);
        }
    }

    private void print(WeighResult result, Path into) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(Text.hanging("", result.findings().lead()));
        out.println();
        result.spreads()
                .forEach((name, spread) -> out.printf(
                        Locale.ROOT,
                        "%-18s %.4g to %.4g, mean %.4g; as much as %,.1f of %,d rows%n",
                        name,
                        spread.least(),
                        spread.most(),
                        spread.mean(),
                        spread.effective(),
                        spread.count()));
        result.findings().figures().forEach((name, value) -> out.printf(Locale.ROOT, "%-50s %.6g%n", name, value));
        if (!result.balance().features().isEmpty()) {
            out.printf(
                    Locale.ROOT,
                    "%-50s %.3f, was %.3f%n",
                    "largest difference of a feature",
                    result.balance().worstAfter(),
                    result.balance().worstBefore());
        }
        result.warnings().forEach(warning -> out.println(Text.hanging("Doubt     ", warning)));
        result.findings().withheld().forEach(reason -> out.println(Text.hanging("Withheld  ", reason)));
        result.files().forEach(file -> out.println("Table     " + into.resolve(file)));
        out.println("Report    " + into.resolve("report.html"));
        out.flush();
    }
}
