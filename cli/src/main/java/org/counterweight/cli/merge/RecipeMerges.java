package org.counterweight.cli.merge;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.counterweight.cli.option.Overwrite;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.datasets.Cache;
import org.counterweight.datasets.Holdings;
import org.counterweight.datasets.HubCache;
import org.counterweight.jobs.Destination;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.merge.ExpertMixture;
import org.counterweight.jobs.merge.FoldedAdapters;
import org.counterweight.jobs.merge.GreedyChoice;
import org.counterweight.jobs.recipe.data.HomeDirectory;
import org.counterweight.merge.mergekit.MergeRecipe;
import org.counterweight.merge.mergekit.ModelPlaces;
import org.counterweight.merge.mergekit.RecipeDocuments;
import org.counterweight.merge.moe.MixtureRecipe;
import org.counterweight.merge.stream.MergeOptions;
import org.counterweight.merge.stream.MergePlan;
import org.counterweight.merge.stream.MergeProgress;
import org.counterweight.merge.stream.StreamingMerge;
import org.counterweight.report.Text;
import org.counterweight.weights.Staged;
import org.counterweight.weights.TensorInfo;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.node.ObjectNode;

/**
 * The merges of one file, one for each of its documents, and what is printed of them.
 *
 * @param dev texts and classes that a greedy soup is chosen by
 */
public record RecipeMerges(
        CommandSpec spec,
        MergeOptions options,
        Overwrite overwrite,
        @Nullable Path dev,
        boolean quiet) {

    /**
     * @param target where the result goes; null for a check alone
     * @param kept where results with a name go; null if they are not kept
     */
    void all(Path file, @Nullable Path target, @Nullable Path kept) throws IOException {
        try (var folded = new FoldedAdapters()) {
            all(file, target, kept, folded);
        }
    }

    private void all(Path file, @Nullable Path target, @Nullable Path kept, FoldedAdapters folded) throws IOException {
        ModelPlaces places = places(folded);
        RecipeDocuments documents = RecipeDocuments.of(file);
        ObjectNode tree = documents.size() == 1 ? Configs.yaml(documents.texts().get(0), file.toString()) : null;
        if (tree != null && MixtureRecipe.isOne(tree)) {
            mix(file, MixtureRecipe.of(tree, documents.texts().get(0), places), target);
            return;
        }
        if (target == null || documents.size() == 1 || kept != null) {
            Path named = kept == null ? file.resolveSibling(file.getFileName() + ".documents") : kept;
            all(file, documents.recipes(places, named), folded, target, named, true);
            return;
        }
        try (Staged passing = Staged.directory(target.resolveSibling(target.getFileName() + ".documents"))) {
            all(
                    file,
                    documents.recipes(places, passing.path()),
                    folded,
                    target,
                    passing.path(),
                    false); // never committed, and so gone when all is done
        }
    }

    private void mix(Path file, MixtureRecipe recipe, @Nullable Path target) {
        var mixture = new ExpertMixture(recipe, options.randomSeed(), options.outShardSize(), options.dequantize());
        if (target != null) {
            var inputs = new ArrayList<Path>(mixture.inputs());
            inputs.add(file);
            Destination.checkApart(target, inputs, "OUT");
            overwrite.checkContents(target, "OUT");
        }
        mixture.write(target).forEach(spec.commandLine().getErr()::println);
        if (target != null) {
            spec.commandLine().getOut().println("Mixture        " + target);
        }
    }

    private void all(
            Path file,
            List<MergeRecipe> recipes,
            FoldedAdapters folded,
            @Nullable Path target,
            Path named,
            boolean keeps) {
        folded.said().forEach(spec.commandLine().getErr()::println);
        for (MergeRecipe recipe : recipes) {
            boolean isLast = recipe == recipes.get(recipes.size() - 1);
            if (target == null) {
                check(file, recipe, named);
            } else if (isLast) {
                String name = recipe.name() == null ? "" : " (" + recipe.name() + ")";
                merge(file, recipe, target, "OUT", target + name);
            } else {
                String name = String.valueOf(recipe.name());
                Path own = named.resolve(name);
                overwrite.check(own, "--intermediate-dir");
                merge(file, recipe, own, "--intermediate-dir", keeps ? own.toString() : name + ", not kept");
            }
        }
    }

    private void check(Path file, MergeRecipe recipe, Path named) {
        List<String> waits = recipe.models().stream()
                .filter(model -> model.path().startsWith(named) && !Files.exists(model.path()))
                .map(model -> "\"" + model.text() + "\"")
                .toList();
        if (!waits.isEmpty()) {
            spec.commandLine()
                    .getOut()
                    .println("The recipe that takes " + String.join(" and ", waits)
                            + " is well formed; whether it fits is seen when that is merged.");
            return;
        }
        GreedyChoice choice = choice(recipe);
        try (MergePlan plan = plan(file, recipe, choice, null, "")) {
            spec.commandLine()
                    .getOut()
                    .println("The recipe fits: " + plan.output().size() + " tensors, " + Text.bytes(bytes(plan)) + ".");
        }
    }

    private void merge(Path file, MergeRecipe recipe, Path target, String field, String told) {
        GreedyChoice choice = choice(recipe);
        try (MergePlan plan = plan(file, recipe, choice, target, field)) {
            if (choice == null) {
                write(plan, target, told);
                return;
            }
        }
        GreedyChoice.Chosen chosen = choice.choose();
        chosen.said().forEach(spec.commandLine().getOut()::println);
        try (MergePlan kept = MergePlan.of(chosen.recipe(), options)) {
            write(kept, target, told);
        }
    }

    private @Nullable GreedyChoice choice(MergeRecipe recipe) {
        PrintWriter err = spec.commandLine().getErr();
        return GreedyChoice.of(recipe, dev, new ProgressLine(err, !quiet && Boolean.getBoolean("cw.terminal")));
    }

    /** Checked, and its notes told. */
    private MergePlan plan(
            Path file, MergeRecipe recipe, @Nullable GreedyChoice choice, @Nullable Path target, String field) {
        MergePlan plan = MergePlan.of(recipe, options);
        try {
            if (choice != null) {
                choice.check();
            }
            if (target != null) {
                var inputs = new ArrayList<Path>(plan.inputs());
                inputs.add(file);
                Destination.checkApart(target, inputs, field);
                overwrite.checkContents(target, field);
            }
            plan.notes().forEach(spec.commandLine().getErr()::println);
            return plan;
        } catch (RuntimeException e) {
            plan.close();
            throw e;
        }
    }

    private static long bytes(MergePlan plan) {
        return plan.output().stream().mapToLong(TensorInfo::bytes).sum();
    }

    private void write(MergePlan plan, Path target, String told) {
        PrintWriter err = spec.commandLine().getErr();
        long start = System.nanoTime();
        var digests = Cache.ofUser().digests();
        StreamingMerge.run(plan, target, digests::sha256, progress(err)).forEach(err::println);
        double seconds = (System.nanoTime() - start) / 1e9;
        spec.commandLine()
                .getOut()
                .println(told + ": " + plan.output().size() + " tensors, " + Text.bytes(bytes(plan)) + ", in "
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

    /**
     * Models by their paths, those below {@code ~} too, as {@code cw data} names them, or as a hub does that were fetched; no
     * network is asked.
     */
    private static ModelPlaces places(FoldedAdapters folded) {
        ModelPlaces.Names names = (name, field) -> {
            String path = HomeDirectory.expanded(name);
            if (!path.equals(name)) {
                return Optional.of(Path.of(path)).filter(Files::exists);
            }
            Optional<Path> fetched =
                    Cache.ofUser().find(name).or(() -> HubCache.ofUser().find(name));
            if (fetched.isEmpty() && Holdings.contains(name)) {
                throw new ConfigException(field + ": \"" + name + "\" is not fetched yet; run cw data fetch " + name);
            }
            return fetched;
        };
        return new ModelPlaces(Path.of(""), names, folded);
    }
}
