package org.counterweight.cli.train;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.datasets.Fetcher;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.tokenizer.TokenizerJob;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Learns a vocabulary from texts. */
@Command(
        name = "tokenizer",
        description = "Learns a byte-pair vocabulary from texts, and writes it as Hugging Face's tokenizer.json, for a"
                + " language model from scratch.",
        footerHeading = "%nExample:%n",
        footer = "  ./cw tokenizer examples/generate/language.txt --vocab-size 400 --output runs/vocabulary")
public final class TokenizerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "TEXTS",
            description =
                    "a .txt, CSV, JSONL or Parquet file, or a corpus from cw data list; several are read one after"
                            + " the other")
    private List<String> inputs;

    @Option(names = "--text", paramLabel = "NAME", description = "column of the texts (default: ${DEFAULT-VALUE})")
    private String column = "text";

    @Option(
            names = "--vocab-size",
            paramLabel = "N",
            description = "number of tokens, including all 256 bytes (default: ${DEFAULT-VALUE})")
    private int size = 8192;

    @Option(
            names = "--min-frequency",
            paramLabel = "N",
            description = "pairs that occur less often do not become tokens (default: ${DEFAULT-VALUE})")
    private int leastFrequent = 2;

    @Option(
            names = "--end",
            paramLabel = "TOKEN",
            description = "the token that ends a text, number 0 (default: ${DEFAULT-VALUE})")
    private String end = "<|endoftext|>";

    @Option(
            names = "--special",
            paramLabel = "TOKEN",
            description = "a further token that stands for itself; may be repeated")
    private List<String> specials = List.of();

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "directory to write")
    private Path output;

    @Mixin
    private Overwrite overwrite;

    @Override
    public Integer call() {
        var progress = new ProgressLine(spec.commandLine().getErr(), Boolean.getBoolean("cw.terminal"));
        var job = new TokenizerJob(
                inputs, column, size, leastFrequent, end, specials, Fetcher.ofUser(progress::say), progress);
        job.check();
        overwrite.check(output, "--output");
        Destination.checkApart(output, job.files(), "--output");
        overwrite.checkContents(output, "--output");
        TokenizerJob.Learnt learnt = job.write(output);
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(
                Locale.ROOT,
                "%,d tokens from %,d bytes; %.2f bytes a token",
                learnt.tokens(),
                learnt.bytes(),
                learnt.bytesPerToken()));
        out.println("Tokenizer  " + output.resolve("tokenizer.json"));
        out.flush();
        return ExitCode.OK;
    }
}
