package org.counterweight.cli.ask;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.counterweight.cli.option.Force;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.cli.option.PairOptions;
import org.counterweight.cli.option.TableOptions;
import org.counterweight.cli.option.TextOptions;
import org.counterweight.cli.option.WorkOptions;
import org.counterweight.config.ConfigException;
import org.counterweight.data.text.Passages;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.evaluate.EvaluateJob;
import org.counterweight.jobs.evaluate.Evaluated;
import org.counterweight.jobs.evaluate.EvaluationPage;
import org.counterweight.jobs.evaluate.ThresholdChoice;
import org.counterweight.jobs.evaluate.ThresholdRule;
import org.counterweight.jobs.predict.Predictor;
import org.counterweight.jobs.predict.question.Asked;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.train.measure.uncertainty.Bootstrap;
import org.counterweight.weights.Staged;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Judges a model by rows whose answers are known. */
@Command(
        name = "evaluate",
        description = {
            "Judges a trained model by rows whose answers are known: figures with intervals, by group if asked for.",
            "Of classes accuracy, macro-F1, log loss and calibration; of scores errors and correlations; of sets of classes"
                    + " F1 and exact matches; of tagged words F1 of entities. Intervals are of the bootstrap, 95 %%."
        },
        footerHeading = "%nExample, after cw run examples/table.yaml:%n",
        footer = "  ./cw evaluate runs/table/merged --input examples/data/houses.csv --label kind --group town")
public final class EvaluateCommand implements Callable<Integer> {
    private static final double LEVEL = 0.95;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "a model's directory, or name in the catalogue")
    private Path model;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "FILE",
            description =
                    "a CSV, JSONL or Parquet file, a directory with one of pictures for each class, or an idx file")
    private Path input;

    @Option(
            names = "--label",
            paramLabel = "NAME",
            description = "column of what is true of a row (default: ${DEFAULT-VALUE})")
    private String label = "label";

    @Option(names = "--group", paramLabel = "NAME", description = "column by which figures are told apart")
    private @Nullable String group;

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description = "an adapter to put on the model, PEFT's or of cw run")
    private @Nullable Path adapter;

    @Option(names = "--edits", paramLabel = "DIR", description = "edits to put on the model, of cw edit")
    private @Nullable Path edits;

    @Option(
            names = "--resamples",
            paramLabel = "N",
            description = "how often rows are drawn for the intervals, 0 for none (default: ${DEFAULT-VALUE})")
    private int resamples = 1000;

    @Option(names = "--seed", paramLabel = "N", description = "of these draws (default: ${DEFAULT-VALUE})")
    private long seed = 0;

    @Option(
            names = "--threshold",
            paramLabel = "FOR",
            description =
                    "choose on these rows from which probability on a class is told, for the best f1, or for the most"
                            + " with precision=P or recall=R; it is kept beside the model (or the adapter), and cw predict"
                            + " keeps to it")
    private @Nullable String threshold;

    @Option(
            names = "--positive",
            paramLabel = "CLASS",
            description = "of two classes the one that the threshold is of (default: the later by the alphabet)")
    private @Nullable String positive;

    @Option(names = "--json", description = "print the figures as JSON")
    private boolean json;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "write figures.json, predictions.jsonl and report.html there")
    private @Nullable Path output;

    @Mixin
    private WorkOptions work;

    @Mixin
    private Overwrite overwrite;

    @Mixin
    private Force force;

    @Mixin
    private TextOptions reading;

    @Mixin
    private PairOptions pairs;

    @Mixin
    private TableOptions tables;

    @Override
    public Integer call() throws IOException {
        if (resamples != 0 && resamples < Bootstrap.LEAST) {
            throw new ConfigException("--resamples", resamples, "0 for no intervals, or at least " + Bootstrap.LEAST);
        }
        Bootstrap bootstrap = resamples == 0 ? null : new Bootstrap(resamples, LEVEL, seed);
        Path directory = Sources.local(model);
        ThresholdChoice choice = choice();
        if (output != null) {
            overwrite.check(output, "--output");
            Destination.checkApart(
                    output,
                    Stream.of(directory, input, adapter, edits)
                            .filter(Objects::nonNull)
                            .toList(),
                    "--output");
            overwrite.checkContents(output, "--output");
        }
        if (adapter != null) {
            force.check(directory, adapter);
        }
        var progress =
                new AskingProgress(new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal")));
        var asked = new Asked(directory, adapter, edits, reading.maxLength(), 0, this::say, work.work(progress));
        Predictor predictor = Predictor.of(asked, null, false);
        Evaluated evaluated = new EvaluateJob(
                        directory, predictor, input, label, group, this::questions, bootstrap, choice)
                .run(this::say);
        progress.end();
        if (output != null) {
            write(evaluated, output);
        }
        if (choice != null) {
            Path kept = adapter == null ? directory : adapter;
            say("wrote " + evaluated.thresholds().write(kept, input) + ": cw predict keeps to it");
        }
        print(evaluated);
        return 0;
    }

    private @Nullable ThresholdChoice choice() {
        if (threshold == null) {
            if (positive != null) {
                throw new ParameterException(
                        spec.commandLine(), "--positive says of which class a threshold is; add --threshold");
            }
            return null;
        }
        if (adapter == null && !Files.isDirectory(model)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--threshold is kept beside the model, and " + model
                            + " is the catalogue's; copy it, and name the copy");
        }
        return new ThresholdChoice(ThresholdRule.of(threshold), positive);
    }

    private Questions questions(List<String> columns) {
        return new Questions(
                Passages.alone(List.of()),
                List.of(),
                input,
                reading.column(),
                pairs.pair(),
                null,
                columns,
                tables.format());
    }

    private void print(Evaluated evaluated) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(evaluated.json().toPrettyString());
        } else {
            new FigureLines(out).print(evaluated, group);
        }
        if (output != null) {
            (json ? spec.commandLine().getErr() : out).println("wrote " + output);
        }
        out.flush();
    }

    private static void write(Evaluated evaluated, Path output) throws IOException {
        try (Staged staged = Staged.output(output)) {
            Files.writeString(
                    staged.path().resolve("figures.json"), evaluated.json().toPrettyString() + "\n");
            Files.write(
                    staged.path().resolve("predictions.jsonl"),
                    evaluated.lines().stream().map(ObjectNode::toString).toList());
            EvaluationPage.of(evaluated).write(staged.path().resolve("report.html"));
            staged.commit();
        }
    }

    private void say(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }
}
