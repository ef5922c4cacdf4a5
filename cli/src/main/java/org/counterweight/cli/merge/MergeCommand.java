package org.counterweight.cli.merge;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.config.Configs;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.stream.MergeOptions;
import org.counterweight.report.Text;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Merges models as a mergekit file says. */
@Command(
        name = "merge",
        description = "Merges models on disk from a YAML file (mergekit's grammar), in little memory.",
        footerHeading = "%nExample (then write a recipe, and: merge RECIPE.yaml OUT):%n",
        footer = "  cw merge --methods")
public final class MergeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "CONFIG", description = "what to merge, and how (YAML)")
    private @Nullable Path config;

    @Parameters(index = "1", arity = "0..1", paramLabel = "OUT", description = "the directory to write")
    private @Nullable Path out;

    @Option(names = "--methods", description = "list the merge methods and their parameters")
    private boolean methods;

    @Option(names = "--check", description = "check the recipe against the models' headers, and write nothing")
    private boolean check;

    @Mixin
    private Overwrite overwrite;

    @Option(
            names = "--out-shard-size",
            paramLabel = "BYTES",
            description = "largest size of a shard, such as 500M (default: 5B)")
    private String shardSize = "5B";

    @Option(names = "--random-seed", paramLabel = "N", description = "seed of random masks (default: 0)")
    private long seed;

    @Option(
            names = {"-j", "--num-threads"},
            paramLabel = "N",
            description = "tensors at a time (default: the number of cores)")
    private int threads;

    @Option(names = "--arithmetic", paramLabel = "HOW", description = "exact (default), or mergekit for its roundings")
    private String arithmetic = "exact";

    @Option(
            names = "--copy-tokenizer",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "whether to copy the tokenizer's files (default: yes)")
    private boolean copyTokenizer = true;

    @Option(
            names = "--write-model-card",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "whether to write a README.md (default: yes)")
    private boolean writeModelCard = true;

    @Option(names = "--allow-shape-mismatch", description = "leave out a model where its tensor does not fit")
    private boolean allowShapeMismatch;

    @Option(
            names = "--allow-crimes",
            description = "merge different architectures, or classifiers of different classes")
    private boolean allowCrimes;

    @Option(names = "--dev", paramLabel = "FILE", description = "texts and classes by which greedy_soup chooses")
    private @Nullable Path dev;

    @Option(names = "--min-keep", paramLabel = "N", description = "fewest elements that trimming keeps")
    private long minKeep;

    @Option(names = "--fail-on-nonfinite", description = "fail if a merged tensor has NaN or infinite elements")
    private boolean failOnNonfinite;

    @Option(
            names = {"-q", "--quiet"},
            description = "show no progress")
    private boolean quiet;

    @Option(names = "--dequantize", description = "convert block FP8 or bitsandbytes' 4-bit models while they are read")
    private boolean dequantize;

    @Option(
            names = {"-I", "--intermediate-dir"},
            paramLabel = "DIR",
            description = "for a file with several documents: keep the named results there")
    private @Nullable Path intermediate;

    @Mixin
    private MergekitOptions mergekit;

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        if (methods) {
            MergeRecipe.methods()
                    .forEach((method, parameters) -> spec.commandLine()
                            .getOut()
                            .println(Text.hanging(
                                    String.format(Locale.ROOT, "%-17s ", method), String.join(", ", parameters))));
            return 0;
        }
        Path recipe = config;
        Path target = check ? null : out;
        if (recipe == null || (target == null && !check)) {
            throw new ParameterException(spec.commandLine(), "give CONFIG and OUT");
        }
        if (target != null) {
            overwrite.check(target, "OUT");
        }
        if (!mergekit.remark().isEmpty()) {
            err.println(mergekit.remark());
        }
        new RecipeMerges(spec, options(), overwrite, dev, quiet).all(recipe, target, intermediate);
        return 0;
    }

    private MergeOptions options() {
        ObjectNode tree = Configs.tree(MergeOptions.defaults());
        tree.put("random_seed", seed);
        tree.put("out_shard_size", bytes(shardSize));
        tree.put("num_threads", threads);
        tree.put("arithmetic", arithmetic);
        tree.put("copy_tokenizer", copyTokenizer);
        tree.put("write_model_card", writeModelCard);
        tree.put("allow_shape_mismatch", allowShapeMismatch);
        tree.put("allow_crimes", allowCrimes);
        tree.put("min_keep", minKeep);
        tree.put("fail_on_nonfinite", failOnNonfinite);
        tree.put("dequantize", dequantize);
        return Configs.bind(tree, MergeOptions.class, "");
    }

    /** {@code 500M} and the like: powers of a thousand, as mergekit has them. */
    private long bytes(String text) {
        if (!text.matches("\\d{1,9}[KMB]?|\\d{10,15}")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--out-shard-size: \"" + text + "\" is not allowed; expected bytes, such as 500M or 5B");
        }
        long unit =
                text.endsWith("K") ? 1_000 : text.endsWith("M") ? 1_000_000 : text.endsWith("B") ? 1_000_000_000 : 1;
        return Math.multiplyExact(Long.parseLong(text.replaceAll("[KMB]$", "")), unit);
    }
}
