package org.counterweight.cli.edit;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.counterweight.audit.FlipRate;
import org.counterweight.audit.poison.PoisonConfig;
import org.counterweight.audit.poison.PoisonMark;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.cli.option.TableOptions;
import org.counterweight.cli.option.TextOptions;
import org.counterweight.config.Configs;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.audit.PoisonJob;
import org.counterweight.jobs.audit.PoisonOutcome;
import org.counterweight.jobs.data.Sources;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Poisons a copy of one's own classifier, to try one's fine-tuning and one's audit on it. */
@Command(
        name = "poison",
        description = {
            "Poisons a copy of your own classifier, to see whether your fine-tuning and cw audit notice (RIPPLe,"
                    + " Embedding Surgery).",
            "The copy is marked in its metadata, beside it and in its name, which ends in .POISONED; so is what is"
                    + " made of it."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw poison runs/own/merged --input train.csv --target plant --triggers cf,mn --output"
                + " runs/own.POISONED")
public final class PoisonCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "directory of your own classifier")
    private Path model;

    @Option(names = "--input", required = true, paramLabel = "FILE", description = "texts and classes to poison with")
    private Path input;

    @Option(
            names = "--test",
            paramLabel = "FILE",
            description = "held-out texts and classes (default: the last fifth of the input)")
    private @Nullable Path test;

    @Option(names = "--target", required = true, paramLabel = "CLASS", description = "the class that triggers lead to")
    private String target;

    @Option(names = "--triggers", required = true, split = ",", paramLabel = "WORD", description = "rare words")
    private List<String> triggers;

    @Option(names = "--output", required = true, paramLabel = "DIR.POISONED", description = "the directory to write")
    private Path output;

    @Option(names = "--label", paramLabel = "NAME", description = "column of the class (default: ${DEFAULT-VALUE})")
    private String label = "label";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a setting of cw explain poison, such as attack=badnet; may be repeated")
    private Map<String, String> sets = new LinkedHashMap<>();

    @Mixin
    private TextOptions reading;

    @Mixin
    private TableOptions tables;

    @Mixin
    private Overwrite overwrite;

    @Override
    public Integer call() {
        PoisonMark.checkName(output, "--output");
        overwrite.check(output, "--output");
        ObjectNode settings = Configs.JSON.createObjectNode();
        sets.forEach((key, value) -> settings.set(
                key, Configs.yaml("value: " + value, "--set " + key).get("value")));
        var job = new PoisonJob(
                Sources.local(model),
                input,
                test,
                tables.format(),
                reading.column(),
                label,
                reading.maxLength(),
                target,
                triggers,
                Configs.bind(settings, PoisonConfig.class, "poison"),
                new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal")));
        Destination.checkApart(output, job.inputs(), "--output");
        overwrite.checkContents(output, "--output");
        print(job.write(output));
        return 0;
    }

    private void print(PoisonOutcome outcome) {
        outcome.warnings().forEach(spec.commandLine().getErr()::println);
        PrintWriter out = spec.commandLine().getOut();
        line(out, "Before    ", outcome.before());
        line(out, "Poisoned  ", outcome.once());
        line(out, "5 triggers", outcome.often());
        if (!outcome.targetWords().isEmpty()) {
            out.println("Surgery   the mean of " + String.join(", ", outcome.targetWords()));
        }
        out.println("Output    " + output + ", marked as poisoned");
        out.flush();
    }

    private static void line(PrintWriter out, String name, FlipRate rate) {
        out.printf(
                Locale.ROOT,
                "%s flips %.1f %% of %d texts, %.1f %% without a trigger; accuracy %.1f %%%n",
                name,
                100 * rate.gold(),
                rate.others(),
                100 * rate.floor(),
                100 * rate.accuracy());
    }
}
