package org.counterweight.cli.merge;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.cli.option.TextOptions;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.dawin.DawinJob;
import org.counterweight.jobs.dawin.DawinResult;
import org.counterweight.jobs.dawin.DawinSettings;
import org.counterweight.jobs.dawin.DawinTexts;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Answers rows with classifiers that are mixed for each of them. */
@Command(
        name = "dawin",
        description = {
            "Answers texts with classifiers of one base, mixed for each text by how confident each is (DaWin).",
            "Two models are interpolated; with --base any number of them is added to it as differences. Texts with"
                    + " similar coefficients share one of K merged models, which are written too. No labels are needed."
        },
        footerHeading = "%nExample:%n",
        footer = "  ./cw dawin runs/a/merged runs/b/merged --input rows.jsonl --output runs/dawin")
public final class DawinCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "directories of two models or more, same classes")
    private List<Path> models;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "FILE",
            description = "texts in a CSV, JSONL or Parquet file")
    private Path input;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "DIR",
            description = "predictions, coefficients, merged models and report.html are written there")
    private Path output;

    @Option(
            names = "--base",
            paramLabel = "DIR",
            description = "what the models were fine-tuned from; needed for three or more")
    private @Nullable Path base;

    @Option(
            names = "--clusters",
            paramLabel = "K",
            description = "merged models at most; 0 for one a text (default: 3, with --base 1)")
    private @Nullable Integer clusters;

    @Option(
            names = "--temperature",
            split = ",",
            paramLabel = "T",
            description = "divide the models' logits by this: one number, one for each model, or fit (default: 1)")
    private List<String> temperatures = List.of();

    @Option(names = "--dev", paramLabel = "FILE", description = "texts and classes, held out, for --temperature fit")
    private @Nullable Path dev;

    @Option(
            names = "--reference",
            paramLabel = "FILE",
            description = "fit offset and clusters to these texts, and treat those of --input one by one: for a stream"
                    + " (default: to the input itself)")
    private @Nullable Path reference;

    @Option(
            names = "--label",
            paramLabel = "NAME",
            description = "column of the class, to report how many answers are right, also for each model")
    private @Nullable String label;

    @Option(
            names = "--expertise",
            paramLabel = "HOW",
            description = "how two models' expertise is measured (default: negexp_ent_ratio)")
    private @Nullable String expertise;

    @Option(names = "--no-offset", description = "do not pull two models' coefficients towards the texts' mean")
    private boolean withoutOffset;

    @Option(names = "--scale", paramLabel = "S", description = "scale of the differences from the base (default: 0.3)")
    private @Nullable Double scale;

    @Mixin
    private TextOptions reading;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "seed of the clusters' starts (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Mixin
    private Overwrite overwrite;

    @Override
    public Integer call() {
        overwrite.check(output, "--output");
        var job = new DawinJob(
                models.stream().map(Sources::local).toList(),
                base == null ? null : Sources.local(base),
                new DawinTexts(input, reference, dev, reading.column(), label, reading.maxLength()),
                new DawinSettings(expertise, !withoutOffset, clusters, scale, temperatures, seed),
                new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal")));
        Destination.checkApart(output, job.inputs(), "--output");
        overwrite.checkContents(output, "--output");
        job.check();
        print(job.write(output));
        return 0;
    }

    private void print(DawinResult result) {
        PrintWriter out = spec.commandLine().getOut();
        for (int m = 0; m < result.models().size(); m++) {
            DawinResult.Spread entropy = result.entropies().get(m);
            out.printf(
                    Locale.ROOT,
                    "Entropy   %.3f nats (%.3f to %.3f) at temperature %.3f: %s%n",
                    entropy.mean(),
                    entropy.lowest(),
                    entropy.highest(),
                    result.temperatures().get(m),
                    result.models().get(m));
        }
        if (result.isClustered()) {
            for (DawinResult.Cluster cluster : result.clusters()) {
                out.printf(
                        Locale.ROOT,
                        "Cluster   %d: %,d rows, coefficients %s%n",
                        cluster.number(),
                        cluster.rows(),
                        cluster.coefficients().stream()
                                .map(value -> String.format(Locale.ROOT, "%.3f", value))
                                .collect(Collectors.joining(" ")));
            }
        }
        result.accuracy()
                .forEach((who, share) -> out.printf(Locale.ROOT, "Accuracy  %5.2f %%  %s%n", 100 * share, who));
        out.println("Output    " + output);
        out.println("Report    " + output.resolve("report.html"));
        out.flush();
    }
}
