package org.counterweight.jobs.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.counterweight.data.BatchSource;
import org.counterweight.data.Dataset;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.Split;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.recipe.data.DataConfig;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rows of a run, whatever they are: to learn from, to choose by, to judge by.
 *
 * @param labels the names of their classes; empty where they have none
 * @param files that they were read from, for the ledger
 * @param seen what becomes of their batches before a model sees them: words may be hidden
 * @param shape of one row, for a model of a recipe's own sizes; empty of texts
 * @param beside what is to lie beside the model, by the name of the file, so that rows can be read again as these were
 */
public record Prepared(
        Split<Dataset> split,
        List<String> labels,
        List<Path> files,
        UnaryOperator<BatchSource> seen,
        List<Integer> shape,
        Map<String, ObjectNode> beside) {
    public Prepared {
        labels = List.copyOf(labels);
        files = List.copyOf(files);
        shape = List.copyOf(shape);
        beside = Collections.unmodifiableMap(new LinkedHashMap<>(beside));
    }

    /** Texts, which a model that there is reads in its own way. */
    static Prepared ofTexts(
            Split<Dataset> split, List<String> labels, List<Path> files, UnaryOperator<BatchSource> seen) {
        return new Prepared(split, labels, files, seen, List.of(), Map.of());
    }

    /**
     * The three parts of rows with classes: those that have no file of their own are held out of {@code train}, every class
     * in its proportion; each has at most as many rows as the recipe says.
     */
    static Split<Dataset> parts(
            LabelledDataset train,
            @Nullable LabelledDataset dev,
            @Nullable LabelledDataset test,
            DataConfig data,
            Seed seed) {
        Split<LabelledDataset> parts = Split.stratified(
                train, dev == null ? data.devShare() : 0, test == null ? data.testShare() : 0, seed.child("split"));
        return new Split<>(
                limited(parts.train(), data.rows(), seed.child("train")),
                limited(dev == null ? parts.dev() : dev, data.evalRows(), seed.child("dev")),
                limited(test == null ? parts.test() : test, data.evalRows(), seed.child("test")));
    }

    private static Dataset limited(LabelledDataset rows, @Nullable Integer most, Seed seed) {
        return most == null ? rows : Split.limit(rows, most, seed);
    }

    /** How many rows of each class there are to learn from; empty where rows have no classes. */
    public List<Integer> classRows() {
        return split.train() instanceof LabelledDataset rows
                ? Arrays.stream(rows.labelCounts()).boxed().toList()
                : List.of();
    }
}
