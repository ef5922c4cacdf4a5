package org.counterweight.cli.ask;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.counterweight.cli.option.AdapterOptions;
import org.counterweight.cli.option.AnswerOptions;
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
import org.counterweight.jobs.data.file.StandardInput.Lines;
import org.counterweight.jobs.evaluate.EvaluateJob;
import org.counterweight.jobs.evaluate.Evaluated;
import org.counterweight.jobs.evaluate.EvaluationPage;
import org.counterweight.jobs.evaluate.ThresholdChoice;
import org.counterweight.jobs.evaluate.ThresholdRule;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.adapter.CombinedAdapter;
import org.counterweight.jobs.predict.Predictor;
import org.counterweight.jobs.predict.question.AskedModel;
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
            "Evaluates a trained model on rows whose answers are known: figures with intervals, by group on request.",
            "For classes: accuracy, macro-F1, log loss and calibration; for scores: errors and correlations; for sets"
                    + " of classes: F1 and exact matches; for tagged words: F1 of entities. Intervals are bootstrapped, 95"
                    + " %%."
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
                    "a CSV, JSONL or Parquet file, several (logs/*.csv), a table of a database (shop.duckdb#rows), a"
                            + " directory with one of pictures for each class, or an idx file; - for standard input")
    private Path input;

    @Option(
            names = "--label",
            paramLabel = "NAME",
            description = "column of the true answer (default: ${DEFAULT-VALUE})")
    private String label = "label";

    @Option(names = "--group", paramLabel = "NAME", description = "also give figures for each value of this column")
    private @Nullable String group;

    @Option(
            names = "--weight",
            paramLabel = "NAME",
            description = "column that says how many rows each row stands for: every figure counts it as often")
    private @Nullable String weight;

    @Option(names = "--edits", paramLabel = "DIR", description = "edits made by cw edit, to apply to the model")
    private @Nullable Path edits;

    @Option(
            names = "--resamples",
            paramLabel = "N",
            description = "resamples for the intervals, 0 for none (default: ${DEFAULT-VALUE})")
    private int resamples = 1000;

    @Option(names = "--seed", paramLabel = "N", description = "seed of the resamples (default: ${DEFAULT-VALUE})")
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
            description = "of two classes, the one whose threshold is chosen (default: the alphabetically later)")
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
    private AnswerOptions answers;

    @Mixin
    private AdapterOptions adapters;

    @Mixin
    private TextOptions reading;

    @Mixin
    private PairOptions pairs;

    @Mixin
    private TableOptions tables;

    @Override
    public Integer call() {
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
                    Stream.concat(Stream.of(directory, input, edits), adapters.all().stream())
                            .filter(Objects::nonNull)
                            .toList(),
                    "--output");
            overwrite.checkContents(output, "--output");
        }
        try (CombinedAdapter adapter = adapters.on(directory);
                GivenRows rows =
                        GivenRows.of(input, reading.column(), () -> lines(directory, adapter), tables.format())) {
            rows.during(() -> judge(directory, adapter.path(), rows, bootstrap, choice));
        }
        return 0;
    }

    private static Lines lines(Path directory, CombinedAdapter adapter) {
        return switch (AdaptedModel.kind(directory, adapter.path())) {
            case TABLE_CLASSIFICATION, IMAGE_CLASSIFICATION -> Lines.TABLE;
            case TOKEN_CLASSIFICATION -> Lines.WORDS;
            default -> Lines.TEXTS;
        };
    }

    private void judge(
            Path directory,
            @Nullable Path adapter,
            GivenRows rows,
            @Nullable Bootstrap bootstrap,
            @Nullable ThresholdChoice choice) {
        Consumer<String> remarks = rows.heard(this::say);
        var progress =
                new AskingProgress(new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal")));
        var asked = new AskedModel(
                directory, adapter, edits, reading.maxLength(), answers.top(), remarks, work.work(progress));
        var questions = new Questions(
                Passages.alone(List.of()),
                List.of(),
                rows.file(),
                reading.column(),
                pairs.pair(),
                answers.id(),
                answers.keep(),
                null,
                tables.format());
        Path called = Objects.requireNonNull(rows.called());
        Evaluated evaluated = new EvaluateJob(
                        directory,
                        Predictor.of(asked, null, false),
                        questions,
                        called,
                        label,
                        group,
                        weight,
                        bootstrap,
                        choice)
                .run(remarks);
        progress.end();
        if (output != null) {
            write(evaluated, output);
        }
        if (choice != null) {
            Path kept = adapter == null ? directory : adapter;
            say("wrote " + evaluated.thresholds().write(kept, called) + ": cw predict keeps to it");
        }
        print(evaluated);
    }

    private @Nullable ThresholdChoice choice() {
        if (threshold == null) {
            if (positive != null) {
                throw new ParameterException(
                        spec.commandLine(), "--positive says of which class a threshold is; add --threshold");
            }
            return null;
        }
        if (adapters.all().size() > 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--threshold is kept beside the adapter, and there are "
                            + adapters.all().size()
                            + "; compute them into the model first (cw merge-adapter), or choose with one");
        }
        if (adapters.all().isEmpty() && !Files.isDirectory(model)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--threshold is kept beside the model, and " + model
                            + " is the catalogue's; copy it, and name the copy");
        }
        return new ThresholdChoice(ThresholdRule.of(threshold), positive);
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

    private static void write(Evaluated evaluated, Path output) {
        try (Staged staged = Staged.output(output)) {
            Files.writeString(
                    staged.path().resolve("figures.json"), evaluated.json().toPrettyString() + "\n");
            Files.write(
                    staged.path().resolve("predictions.jsonl"),
                    evaluated.lines().stream().map(ObjectNode::toString).toList());
            EvaluationPage.of(evaluated).write(staged.path().resolve("report.html"));
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void say(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }
}
