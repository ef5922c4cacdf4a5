package org.counterweight.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.counterweight.cli.job.Classifier;
import org.counterweight.cli.job.TextFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Asks a classifier of texts. */
@Command(
        name = "predict",
        description = "Tells the classes of texts, by a model that was trained to: one JSON object a line.",
        footerHeading = "%nExample, after cw quickstart:%n",
        footer = "  ./cw predict runs/quickstart/merged --text \"a small furry animal\"")
final class PredictCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "directory of a model; the head may be the adapter's")
    private Path model;

    @Option(names = "--text", paramLabel = "TEXT", description = "a text; may be repeated")
    private List<String> texts = List.of();

    @Option(names = "--input", paramLabel = "FILE", description = "texts in a CSV, JSONL or Parquet file")
    private @Nullable Path input;

    @Option(names = "--column", paramLabel = "NAME", description = "their column or key (default: ${DEFAULT-VALUE})")
    private String column = "text";

    @Option(
            names = "--adapter",
            paramLabel = "DIR",
            description = "an adapter to put on the model, PEFT's or of cw run")
    private @Nullable Path adapter;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "write there: .jsonl, or .safetensors for the logits alone; otherwise to standard output")
    private @Nullable Path output;

    @Option(
            names = "--max-length",
            paramLabel = "N",
            description = "tokens of a text; longer ones are cut (default: ${DEFAULT-VALUE})")
    private int maxLength = 128;

    @Override
    public Integer call() {
        var all = new ArrayList<>(texts);
        if (input != null) {
            all.addAll(new TextFile(input).column(column));
        }
        if (all.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "there is nothing to tell; give --text or --input");
        }
        if (output != null && !output.toString().matches(".*\\.(jsonl|safetensors)")) {
            throw new ParameterException(spec.commandLine(), output + ": the ending is none of .jsonl, .safetensors");
        }
        var classifier = new Classifier(model, adapter, maxLength);
        if (output == null) {
            classifier.predict(all).forEach(line -> spec.commandLine().getOut().println(line));
            spec.commandLine().getOut().flush();
        } else {
            classifier.write(all, output);
        }
        return 0;
    }
}
