package org.counterweight.cli.merge;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.cli.option.TableOptions;
import org.counterweight.cli.option.TextOptions;
import org.counterweight.config.Configs;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.merge.ModelUpdate;
import org.counterweight.jobs.merge.UpdateTexts;
import org.counterweight.merge.update.AlphaSweep;
import org.counterweight.merge.update.BcwiConfig;
import org.counterweight.merge.update.BcwiReport;
import org.counterweight.merge.update.Flips;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Updates a served classifier so that few right answers become wrong. */
@Command(
        name = "update",
        description = {
            "Interpolates a deployed classifier with its update, so that few right answers become wrong (BCWI).",
            "NEW is OLD trained further: cw run with model.name: OLD. The share of OLD is chosen on the dev set:"
                    + " the fewest negative flips among those that keep NEW's accuracy."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw update runs/old/merged runs/new/merged --dev dev.csv --output models/updated")
public final class UpdateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "OLD", description = "directory of the deployed model")
    private Path old;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "NEW",
            description = "directory of its update; several are averaged (SoupBCWI)")
    private List<Path> updates;

    @Option(names = "--dev", required = true, paramLabel = "FILE", description = "texts and classes to choose by")
    private Path dev;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "the model's directory to write")
    private Path output;

    @Option(names = "--test", paramLabel = "FILE", description = "texts and classes to evaluate the choice on")
    private @Nullable Path test;

    @Option(
            names = "--variant",
            paramLabel = "HOW",
            description = "plain (default), or fisher: the more a weight matters to OLD, the less it moves")
    private String variant = "plain";

    @Option(
            names = "--fisher-data",
            paramLabel = "FILE",
            description = "texts to estimate that on (default: the dev set's)")
    private @Nullable Path fisherData;

    @Option(
            names = "--alpha",
            split = ",",
            paramLabel = "A",
            description = "shares of OLD to try, 0 to 1, ascending; a single one is used as it is (default: the paper's"
                    + " grid)")
    private List<Double> alphas = List.of();

    @Option(
            names = "--tolerance",
            paramLabel = "POINTS",
            description = "accuracy that may be lost against NEW, in points (default: ${DEFAULT-VALUE})")
    private double tolerance;

    @Option(
            names = "--max-nfr",
            paramLabel = "PERCENT",
            description = "instead: the most accurate with at most this rate of negative flips")
    private @Nullable Double maxNfr;

    @Mixin
    private TextOptions reading;

    @Mixin
    private TableOptions tables;

    @Option(names = "--label", paramLabel = "NAME", description = "column of the class (default: ${DEFAULT-VALUE})")
    private String label = "label";

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "seed of the intervals' resamples (default: ${DEFAULT-VALUE})")
    private long seed;

    @Mixin
    private Overwrite overwrite;

    @Override
    public Integer call() {
        overwrite.check(output, "--output");
        if (fisherData != null && !variant.equals("fisher")) {
            throw new ParameterException(
                    spec.commandLine(), "--fisher-data is of no use without --variant fisher; add it");
        }
        var inputs = new ArrayList<Path>(updates);
        inputs.addAll(List.of(old, dev));
        Destination.checkApart(output, inputs, "--output");
        overwrite.checkContents(output, "--output");
        PrintWriter err = spec.commandLine().getErr();
        PrintWriter out = spec.commandLine().getOut();
        var job = new ModelUpdate(
                Sources.local(old),
                updates.stream().map(Sources::local).toList(),
                new UpdateTexts(dev, test, fisherData, tables.format(), reading.column(), label, reading.maxLength()),
                config(),
                seed,
                new ProgressLine(err, Boolean.getBoolean("cw.terminal")));
        job.check();
        BcwiReport report = job.write(output);
        AlphaSweep sweep = report.sweep();
        out.print(report.table());
        sweep.warnings().forEach(warning -> err.println("warning: " + warning));
        if (!sweep.choice().feasible()) {
            err.println("warning: no share meets the constraint; the smallest was taken");
        }
        out.println();
        Flips chosen = sweep.rows().get(sweep.choice().index()).flips();
        out.println(line("dev", sweep.choice().alpha(), chosen));
        report.chosen()
                .forEach((set, flips) -> out.println(line(set, sweep.choice().alpha(), flips)));
        out.println("Model    " + output);
        out.println("Report   " + output.resolve(ModelUpdate.REPORT));
        out.flush();
        return 0;
    }

    private static String line(String set, double alpha, Flips flips) {
        return String.format(
                Locale.ROOT,
                "%-8s alpha %s: accuracy %.2f %% (old %.2f %%), negative flips %.2f %%, positive %.2f %%",
                set,
                alpha,
                flips.accNew(),
                flips.accOld(),
                flips.nfr(),
                flips.pfr());
    }

    private BcwiConfig config() {
        ObjectNode tree = Configs.tree(Configs.defaults(BcwiConfig.class));
        tree.put("variant", variant);
        tree.put("tolerance", tolerance);
        if (!alphas.isEmpty()) {
            tree.set("alphas", Configs.JSON.valueToTree(alphas));
        }
        if (maxNfr != null) {
            tree.put("max_nfr", maxNfr);
        }
        return Configs.bind(tree, BcwiConfig.class, "");
    }
}
