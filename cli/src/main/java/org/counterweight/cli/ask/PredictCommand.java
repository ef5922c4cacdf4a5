package org.counterweight.cli.ask;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.counterweight.cli.option.AdapterOptions;
import org.counterweight.cli.option.AnswerOptions;
import org.counterweight.cli.option.DecoderOptions;
import org.counterweight.cli.option.PairOptions;
import org.counterweight.cli.option.TableOptions;
import org.counterweight.cli.option.TextOptions;
import org.counterweight.cli.option.WorkOptions;
import org.counterweight.data.text.Passages;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.data.file.StandardInput.Lines;
import org.counterweight.jobs.evaluate.EvaluateJob;
import org.counterweight.jobs.evaluate.Evaluated;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.adapter.CombinedAdapter;
import org.counterweight.jobs.predict.Entities;
import org.counterweight.jobs.predict.Predictor;
import org.counterweight.jobs.predict.entity.Aggregation;
import org.counterweight.jobs.predict.question.AskedModel;
import org.counterweight.jobs.predict.question.Questions;
import org.counterweight.jobs.predict.written.AnswerFile;
import org.counterweight.jobs.predict.written.AnswerForm;
import org.counterweight.jobs.recipe.TaskKind;
import org.counterweight.train.measure.uncertainty.Bootstrap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a trained model. */
@Command(
        name = "predict",
        description = {
            "Queries a trained model about texts, images or rows of a table; prints one JSON object a line.",
            "A classifier returns classes, a regression model scores, a token classifier entities; a decoder"
                    + " continues the text, or computes its perplexity; a masked language model fills each [MASK]."
        },
        footerHeading = "%nExample, after cw quickstart:%n",
        footer = "  ./cw predict runs/quickstart/merged --text \"a small furry animal\"")
public final class PredictCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "MODEL",
            description = "a model's directory, or name in the catalogue; the head may be the adapter's")
    private Path model;

    @Option(names = "--text", paramLabel = "TEXT", description = "a text; may be repeated")
    private List<String> texts = List.of();

    @Option(
            names = "--pair",
            paramLabel = "TEXT",
            description =
                    "a text read together with --text, for models of pairs; one for each --text, in the same order")
    private List<String> pairs = List.of();

    @Option(names = "--image", paramLabel = "FILE", description = "a picture; may be repeated")
    private List<Path> images = List.of();

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description =
                    "texts or rows in a CSV, JSONL or Parquet file, a directory of pictures, or an idx file of images;"
                            + " - for standard input, also a text a line")
    private @Nullable Path input;

    @Option(
            names = "--aggregation",
            paramLabel = "HOW",
            description =
                    "how tags of tokens become entities: simple, token by token, or first, by each word's first token"
                            + " (default: simple)")
    private @Nullable Aggregation aggregation;

    @Option(
            names = "--embed",
            description = "return the vector of each text, as 1_Pooling and similar files beside the model say")
    private boolean embed;

    @Option(
            names = "--prompt",
            paramLabel = "NAME",
            description = "with --embed: which of the model's prompts stands before each text")
    private @Nullable String prompt;

    @Option(names = "--edits", paramLabel = "DIR", description = "edits made by cw edit, to apply to the model")
    private @Nullable Path edits;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "write to this file: .jsonl, .csv or .parquet, or .safetensors for the logits or vectors alone"
                            + " (default: standard output)")
    private @Nullable Path output;

    @Option(
            names = "--format",
            paramLabel = "FORM",
            description = "jsonl, csv, parquet or safetensors, whatever the file's ending")
    private @Nullable String form;

    @Option(
            names = "--label",
            paramLabel = "NAME",
            description =
                    "column of the file with what is true of its rows: figures are told at the end, as cw evaluate"
                            + " does it")
    private @Nullable String label;

    @Mixin
    private WorkOptions work;

    @Mixin
    private AnswerOptions answers;

    @Mixin
    private AdapterOptions adapters;

    @Mixin
    private TextOptions reading;

    @Mixin
    private PairOptions columns;

    @Mixin
    private TableOptions tables;

    @ArgGroup(exclusive = false, heading = "%nA decoder:%n")
    private DecoderOptions decoder = new DecoderOptions();

    @Override
    public Integer call() {
        refuseWords();
        AnswerForm written = AnswerForm.of(output, form);
        if (output != null) {
            Path parent = output.toAbsolutePath().normalize().getParent();
            Destination.check(parent == null ? output : parent, "--output");
            Destination.checkFile(
                    output,
                    Stream.of(Stream.of(model, edits, input), adapters.all().stream(), images.stream())
                            .flatMap(paths -> paths)
                            .filter(Objects::nonNull)
                            .toList(),
                    "--output");
        }
        Path directory = Sources.local(model);
        try (CombinedAdapter adapter = adapters.on(directory);
                GivenRows rows =
                        GivenRows.of(input, reading.column(), () -> lines(directory, adapter), tables.format())) {
            rows.during(() -> tell(directory, adapter.path(), rows, written));
        }
        return 0;
    }

    private static Lines lines(Path directory, CombinedAdapter adapter) {
        return AdaptedModel.kind(directory, adapter.path()) == TaskKind.TABLE_CLASSIFICATION
                ? Lines.TABLE
                : Lines.TEXTS;
    }

    private void refuseWords() {
        if (input == null && tables.isGiven()) {
            throw refused("how a file is written is of no use without --input; name it");
        }
        if (!pairs.isEmpty() && pairs.size() != texts.size()) {
            throw refused("--pair: " + pairs.size() + " for " + texts.size()
                    + " of --text; give one for each, in their order");
        }
        if (input == null && columns.pair() != null) {
            throw refused("--pair-column names a column of --input; name the file");
        }
        if (input == null && (answers.id() != null || !answers.keep().isEmpty() || label != null)) {
            throw refused((answers.id() != null ? "--id" : label != null ? "--label" : "--keep")
                    + " names a column of --input; name the file");
        }
        if (texts.isEmpty() && images.isEmpty() && input == null) {
            throw refused("there is nothing to tell; give --text, --image or --input");
        }
        if (label != null && (!texts.isEmpty() || !images.isEmpty() || embed)) {
            throw refused("--label judges the rows of --input by their classes or scores; leave out --text, --image and"
                    + " --embed");
        }
        if (decoder.perplexity() && decoder.speech(this::hear) != null) {
            throw refused("--perplexity tells how likely texts are and goes on with none; leave out --stream,"
                    + " --max-new-tokens and what else says how");
        }
        if ((output != null || form != null) && decoder.streams()) {
            throw refused("--stream tells texts as they come, without a file; leave --output and --format out");
        }
    }

    private ParameterException refused(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private void tell(Path directory, @Nullable Path adapter, GivenRows rows, AnswerForm written) {
        var questions = new Questions(
                new Passages(texts, pairs),
                images,
                rows.file(),
                reading.column(),
                columns.pair(),
                answers.id(),
                answers.keep(),
                null,
                tables.format());
        Consumer<String> remarks = rows.heard(this::say);
        var progress =
                new AskingProgress(new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal")));
        var asked = new AskedModel(
                directory, adapter, edits, reading.maxLength(), answers.top(), remarks, work.work(progress));
        Predictor predictor = predictor(asked);
        if (decoder.streams()) {
            predictor.answers(questions);
        } else if (written == AnswerForm.SAFETENSORS) {
            predictor.writeTensors(questions, Objects.requireNonNull(output));
        } else {
            try (AnswerFile out = output == null
                    ? AnswerFile.to(spec.commandLine().getOut(), written)
                    : AnswerFile.to(output, written)) {
                if (label == null) {
                    predictor.answer(questions, lines -> progress.aside(() -> out.add(lines)));
                } else {
                    Path called = Objects.requireNonNull(rows.called());
                    Evaluated evaluated = new EvaluateJob(
                                    directory, predictor, questions, called, label, null, null, Bootstrap.usual(), null)
                            .run(remarks);
                    out.add(evaluated.lines());
                    new FigureLines(spec.commandLine().getErr()).print(evaluated, null);
                }
                out.commit();
            }
        }
        progress.end();
    }

    private Predictor predictor(AskedModel asked) {
        if (!embed) {
            if (prompt != null) {
                throw refused("--prompt goes with --embed; add it");
            }
            return aggregated(Predictor.of(asked, decoder.speech(this::hear), decoder.perplexity()));
        }
        if (edits != null
                || answers.top() != 0
                || aggregation != null
                || decoder.perplexity()
                || decoder.speech(this::hear) != null) {
            throw refused(
                    "--embed tells vectors; --edits, --top, --aggregation and what concerns decoders do not go with"
                            + " it");
        }
        return Predictor.embedding(asked, prompt);
    }

    private Predictor aggregated(Predictor predictor) {
        if (aggregation == null) {
            return predictor;
        }
        if (predictor instanceof Entities entities) {
            return entities.with(aggregation);
        }
        throw refused("--aggregation says how tags of tokens become entities, and this model tells none; leave it out");
    }

    private void hear(String piece) {
        spec.commandLine().getOut().print(piece);
        spec.commandLine().getOut().flush();
    }

    private void say(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }
}
