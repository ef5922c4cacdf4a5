package org.counterweight.jobs.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.counterweight.data.BatchSource;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.Split;
import org.counterweight.data.graph.Domains;
import org.counterweight.data.table.feature.NumberFeature;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.InEffect;
import org.counterweight.jobs.data.columns.SplitColumn;
import org.counterweight.jobs.recipe.data.DataConfig;
import org.counterweight.train.part.ClassRows;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rows of a run, whatever they are: to learn from, to choose by, to judge by.
 *
 * @param labels the names of their classes; empty where they have none
 * @param files that they were read from, for the ledger
 * @param seen what becomes of their batches before a model sees them: words may be hidden
 * @param shape of one row, for a model of a recipe's own sizes; empty of texts
 * @param score how scores that are learnt were standardised; null if they were not
 * @param beside what is to lie beside the model, by the name of the file, so that rows can be read again as these were
 * @param begun an object of each row that is told at last, in their order: its id or number, and its text; empty where nothing
 *     is told of single rows
 * @param domains of nodes, where labels are learnt in one and the model is to be used in the other; null elsewhere
 * @param others rows that are told at last in place of those to judge by; null for these
 */
public record Prepared(
        Split<Dataset> split,
        List<String> labels,
        List<Path> files,
        UnaryOperator<BatchSource> seen,
        List<Integer> shape,
        @Nullable NumberFeature score,
        Map<String, ObjectNode> beside,
        List<ObjectNode> begun,
        @Nullable Domains domains,
        @Nullable Dataset others) {
    public Prepared {
        labels = List.copyOf(labels);
        files = List.copyOf(files);
        shape = List.copyOf(shape);
        begun = List.copyOf(begun);
        beside = Collections.unmodifiableMap(new LinkedHashMap<>(beside));
    }

    /** Rows that are judged and told alike, in no two domains. */
    public Prepared(
            Split<Dataset> split,
            List<String> labels,
            List<Path> files,
            UnaryOperator<BatchSource> seen,
            List<Integer> shape,
            @Nullable NumberFeature score,
            Map<String, ObjectNode> beside,
            List<ObjectNode> begun) {
        this(split, labels, files, seen, shape, score, beside, begun, null, null);
    }

    /** The same in two domains, with other rows to be told at last. */
    Prepared in(@Nullable Domains both, @Nullable Dataset rows) {
        return new Prepared(split, labels, files, seen, shape, score, beside, begun, both, rows);
    }

    /** The same with a file more beside the model. */
    public Prepared with(String file, ObjectNode json) {
        var more = new LinkedHashMap<>(beside);
        more.put(file, json);
        return new Prepared(split, labels, files, seen, shape, score, more, begun, domains, others);
    }

    /** The same where nothing is told of single rows: a model has no answer to them. */
    public Prepared unanswered() {
        return new Prepared(split, labels, files, seen, shape, score, beside, List.of(), domains, others);
    }

    /** The rows that are told at last. */
    public Dataset told() {
        return others == null ? split.test() : others;
    }

    /** Texts, which a model that there is reads in its own way. */
    public static Prepared ofTexts(
            Split<Dataset> split,
            List<String> labels,
            List<Path> files,
            UnaryOperator<BatchSource> seen,
            List<ObjectNode> begun) {
        return new Prepared(split, labels, files, seen, List.of(), null, Map.of(), begun);
    }

    /**
     * The three parts of rows: those that have no file of their own are held out of {@code train}, of rows with classes every
     * class in its proportion; each has at most as many rows as the recipe says.
     */
    public static Split<Dataset> parts(
            Dataset train, @Nullable Dataset dev, @Nullable Dataset test, DataConfig data, Seed seed) {
        return parts(train, dev, test, data, seed, null, line -> {});
    }

    /**
     * The same.
     *
     * @param parting by what rows are held out; null for chance alone
     * @param remarks is told how
     */
    static Split<Dataset> parts(
            Dataset train,
            @Nullable Dataset dev,
            @Nullable Dataset test,
            DataConfig data,
            Seed seed,
            @Nullable SplitColumn parting,
            Consumer<String> remarks) {
        double devShare = dev == null ? data.devShare() : 0;
        double testShare = test == null ? data.testShare() : 0;
        Seed own = seed.child("split");
        Split<? extends Dataset> parts = parting != null
                ? parting.of(train, devShare, testShare, own, remarks)
                : train instanceof LabelledDataset labelled
                        ? Split.stratified(labelled, devShare, testShare, own)
                        : Split.random(train, devShare, testShare, own);
        return new Split<>(
                limited("learn from", parts.train(), data.rows(), seed.child("train")),
                limited("choose by", dev == null ? parts.dev() : dev, data.evalRows(), seed.child("dev")),
                limited("judge by", test == null ? parts.test() : test, data.evalRows(), seed.child("test")));
    }

    private static Dataset limited(String purpose, Dataset rows, @Nullable Integer most, Seed seed) {
        if (rows.size() == 0) {
            throw new DataException("data: there are too few rows: none is left to " + purpose
                    + "; give more, or files for" + " data.dev and data.test");
        }
        if (most == null || most >= rows.size()) {
            return rows;
        }
        return rows instanceof LabelledDataset labelled
                ? Split.limit(labelled, most, seed)
                : rows.select(Arrays.stream(seed.permutation(rows.size()))
                        .limit(most)
                        .sorted()
                        .toArray());
    }

    /** {@code 700 rows to learn from, 100 to choose by, 200 to judge by}. */
    public String sizes() {
        return split.train().size() + " rows to learn from, " + split.dev().size() + " to choose by, "
                + split.test().size() + " to judge by";
    }

    /**
     * What was found out of them, a line each.
     *
     * @param readWith the files beside a model by which it reads them
     */
    public List<String> facts(List<Path> readWith) {
        var lines = new ArrayList<String>();
        lines.add("rows: " + sizes());
        if (!labels.isEmpty()) {
            lines.add(InEffect.outputs(labels));
        }
        beside.forEach((name, json) -> lines.add("rows became what the model sees by " + name + ": " + json));
        readWith.forEach(file -> lines.add("read with " + file.getFileName()));
        return lines;
    }

    /** What a difference of 1 in scores as they are learnt is in the data. */
    public double unit() {
        return score == null ? 1 : score.deviation();
    }

    /** How many rows of each class there are to learn from; empty where rows have no classes. */
    public List<Integer> classRows() {
        return split.train() instanceof LabelledDataset rows
                ? Arrays.stream(rows.labelCounts()).boxed().toList()
                : List.of();
    }

    /**
     * The same, each row as often as it weighs.
     *
     * @param weight the tensor of a batch that says it; null where each row counts once
     */
    public List<Double> classWeights(@Nullable String weight) {
        return split.train() instanceof LabelledDataset rows
                ? Arrays.stream(ClassRows.counts(rows, weight)).boxed().toList()
                : List.of();
    }
}
