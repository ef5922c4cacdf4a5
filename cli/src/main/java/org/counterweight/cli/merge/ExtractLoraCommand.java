package org.counterweight.cli.merge;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.merge.AdapterExtraction;
import org.counterweight.merge.extract.LowRankFit.Budget;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes what a fine-tuning changed as a LoRA. */
@Command(
        name = "extract-lora",
        description = "Writes the difference between a fine-tuned model and its base as a LoRA, in PEFT's format.",
        footerHeading = "%nExample:%n",
        footer = "  ./cw extract-lora runs/quickstart/merged models/base runs/lora --rank 16")
public final class ExtractLoraCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL", description = "the fine-tuned model's directory")
    private Path model;

    @Parameters(index = "1", paramLabel = "BASE", description = "the directory of the model that it was made from")
    private Path base;

    @Parameters(index = "2", paramLabel = "OUT", description = "the directory to write")
    private Path out;

    @Mixin
    private Overwrite overwrite;

    @Option(
            names = {"--rank", "--max-rank"},
            paramLabel = "R",
            description =
                    "The rank of each module's difference at most (default 16; with --energy as many as it takes).")
    private @Nullable Integer rank;

    @Option(
            names = "--energy",
            paramLabel = "SHARE",
            description = "keep as many ranks of each difference as hold this share of its squared norm, such as 0.9")
    private @Nullable Double energy;

    @Option(names = "--include", paramLabel = "REGEX", description = "only modules whose names contain this")
    private @Nullable String include;

    @Option(names = "--exclude", paramLabel = "REGEX", description = "leave out modules whose names contain this")
    private @Nullable String exclude;

    @Option(
            names = "--skip-undecomposable",
            description = "leave out norms and embeddings that changed, instead of keeping them whole")
    private boolean skip;

    @Option(names = "--dequantize", description = "convert block FP8 or bitsandbytes' 4-bit models")
    private boolean dequantize;

    @Override
    public Integer call() {
        overwrite.check(out, "OUT");
        Path tuned = Sources.local(model);
        Path origin = Sources.local(base);
        Destination.checkApart(out, List.of(tuned, origin), "OUT");
        overwrite.checkContents(out, "OUT");
        int most = rank != null ? rank : energy != null ? Integer.MAX_VALUE : 16;
        var budget = new Budget(most, energy == null ? 1 : energy);
        new AdapterExtraction(
                        tuned,
                        origin,
                        budget,
                        pattern("--include", include),
                        pattern("--exclude", exclude),
                        !skip,
                        dequantize)
                .write(out)
                .forEach(spec.commandLine().getErr()::println);
        spec.commandLine().getOut().println("Adapter        " + out);
        return 0;
    }

    private static @Nullable Pattern pattern(String option, @Nullable String given) {
        try {
            return given == null ? null : Pattern.compile(given);
        } catch (PatternSyntaxException e) {
            throw new ConfigException(
                    option + ": \"" + given + "\" is no regular expression: " + e.getDescription(), e);
        }
    }
}
