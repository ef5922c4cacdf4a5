package org.counterweight.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.datasets.Cache;
import org.counterweight.datasets.Holdings;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.merge.FoldedAdapters;
import org.counterweight.jobs.merge.GreedyChoice;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.ModelPlaces;
import org.counterweight.merge.stream.MergeOptions;
import org.counterweight.merge.stream.MergePlan;
import org.counterweight.merge.stream.MergeProgress;
import org.counterweight.merge.stream.StreamingMerge;
import org.counterweight.report.Text;
import org.counterweight.weights.TensorInfo;
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
        description = "Merges models on disk as a YAML file says (mergekit's grammar), in little memory.",
        footerHeading = "%nExample (then write a recipe, and: merge RECIPE.yaml OUT):%n",
        footer = "  cw merge --methods")
final class MergeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "CONFIG", description = "what to merge, and how (YAML)")
    private @Nullable Path config;

    @Parameters(index = "1", arity = "0..1", paramLabel = "OUT", description = "the directory to write")
    private @Nullable Path out;

    @Option(names = "--methods", description = "List the merge methods and their parameters.")
    private boolean methods;

    @Option(names = "--check", description = "Check the recipe against the models' headers, and write nothing.")
    private boolean check;

    @Mixin
    private Overwrite overwrite;

    @Option(
            names = "--out-shard-size",
            paramLabel = "BYTES",
            description = "Begin a new shard before this size; 500M, 5B (default).")
    private String shardSize = "5B";

    @Option(names = "--random-seed", paramLabel = "N", description = "Seed of random masks (default 0).")
    private long seed;

    @Option(
            names = {"-j", "--num-threads"},
            paramLabel = "N",
            description = "Tensors at a time (default: cores).")
    private int threads;

    @Option(names = "--arithmetic", paramLabel = "HOW", description = "exact (default), or mergekit's roundings.")
    private String arithmetic = "exact";

    @Option(
            names = "--copy-tokenizer",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Whether the tokenizer's files come along (they do).")
    private boolean copyTokenizer = true;

    @Option(
            names = "--write-model-card",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Whether a README.md is written (it is).")
    private boolean writeModelCard = true;

    @Option(names = "--allow-shape-mismatch", description = "Leave a model out where its tensor does not fit.")
    private boolean allowShapeMismatch;

    @Option(
            names = "--allow-crimes",
            description = "Merge different architectures, or classifiers of different classes.")
    private boolean allowCrimes;

    @Option(names = "--dev", paramLabel = "FILE", description = "Texts and classes that a greedy_soup is chosen by.")
    private @Nullable Path dev;

    @Option(names = "--min-keep", paramLabel = "N", description = "Elements that trimming keeps at least.")
    private long minKeep;

    @Option(names = "--fail-on-nonfinite", description = "Fail if a merged tensor has NaN or infinite elements.")
    private boolean failOnNonfinite;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress.")
    private boolean quiet;

    @Option(
            names = {
                "--lazy-unpickle",
                "--low-cpu-memory",
                "--clone-tensors",
                "--safe-serialization",
                "--async-write",
                "--trust-remote-code"
            },
            negatable = true,
            hidden = true)
    private boolean @Nullable [] idle; // one of them may stand beside another

    @Option(
            names = {"--lora-merge-cache", "--lora-merge-dtype", "--transformers-cache", "--write-threads"},
            hidden = true)
    private @Nullable List<String> idleValues;

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
        if (idle != null || idleValues != null) {
            err.println("Some of mergekit's options have no meaning here and are ignored.");
        }
        try (var folded = new FoldedAdapters()) {
            MergeRecipe read = MergeRecipe.read(recipe, places(folded));
            folded.said().forEach(err::println);
            return merge(recipe, read, target);
        }
    }

    private int merge(Path recipe, MergeRecipe read, @Nullable Path target) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        GreedyChoice choice =
                GreedyChoice.of(read, dev, new ProgressLine(err, !quiet && Boolean.getBoolean("cw.terminal")));
        try (MergePlan plan = MergePlan.of(read, options())) {
            if (choice != null) {
                choice.check();
            }
            if (target != null) {
                var inputs = new ArrayList<Path>(plan.inputs());
                inputs.add(recipe);
                Destination.checkApart(target, inputs, "OUT");
                overwrite.checkContents(target, "OUT");
            }
            plan.notes().forEach(err::println);
            long bytes = plan.output().stream().mapToLong(TensorInfo::bytes).sum();
            if (target == null) {
                spec.commandLine()
                        .getOut()
                        .println("The recipe fits: " + plan.output().size() + " tensors, " + Text.bytes(bytes) + ".");
                return 0;
            }
            if (choice == null) {
                merge(plan, target);
            }
        }
        if (choice != null && target != null) {
            GreedyChoice.Chosen chosen = choice.choose();
            chosen.said().forEach(spec.commandLine().getOut()::println);
            try (MergePlan kept = MergePlan.of(chosen.recipe(), options())) {
                merge(kept, target);
            }
        }
        return 0;
    }

    private void merge(MergePlan plan, Path target) {
        PrintWriter err = spec.commandLine().getErr();
        long start = System.nanoTime();
        var digests = Cache.ofUser().digests();
        StreamingMerge.run(plan, target, digests::sha256, progress(err)).forEach(err::println);
        double seconds = (System.nanoTime() - start) / 1e9;
        long bytes = plan.output().stream().mapToLong(TensorInfo::bytes).sum();
        spec.commandLine()
                .getOut()
                .println(target + ": " + plan.output().size() + " tensors, " + Text.bytes(bytes) + ", in "
                        + Text.duration(seconds));
    }

    private MergeProgress progress(PrintWriter err) {
        if (quiet || System.console() == null) {
            return MergeProgress.SILENT;
        }
        long[] last = {0};
        return state -> {
            long now = System.nanoTime();
            boolean end = state.done() >= state.total();
            if (now - last[0] < 200_000_000 && !end) {
                return;
            }
            last[0] = now;
            err.print(String.format(
                    Locale.ROOT,
                    "\r%3.0f %%  %.2f GB/s  %s left   ",
                    100.0 * state.done() / Math.max(1, state.total()),
                    state.gigabytesPerSecond(),
                    Text.duration(state.left().toMillis() / 1e3)));
            err.print(end ? System.lineSeparator() : "");
            err.flush();
        };
    }

    /** Models by their paths, or as {@code cw data} names them; the network is never asked. */
    private static ModelPlaces places(FoldedAdapters folded) {
        return new ModelPlaces(
                Path.of(""),
                (name, field) -> {
                    Optional<Path> fetched = Cache.ofUser().find(name);
                    if (fetched.isEmpty() && Holdings.contains(name)) {
                        throw new ConfigException(
                                field + ": \"" + name + "\" is not fetched yet; run cw data fetch " + name);
                    }
                    return fetched;
                },
                folded);
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
