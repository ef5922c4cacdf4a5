package org.counterweight.jobs.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.InputRows;
import org.counterweight.data.RowValues;
import org.counterweight.data.Split;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.feature.CategoryFeature;
import org.counterweight.data.table.feature.NumberFeature;
import org.counterweight.data.table.feature.TableForm;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.data.columns.RowPlaces;
import org.counterweight.jobs.data.columns.ValueColumns;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.data.targets.ScoreTarget;
import org.counterweight.jobs.data.targets.Target;
import org.counterweight.jobs.recipe.data.ColumnsSection;
import org.counterweight.jobs.recipe.data.TableData;
import org.counterweight.train.measure.statistic.Weighted;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The rows of a table for a run.
 *
 * @param target what is to be told of them
 * @param form how the model sees rows; null for one that starts from random weights, which sees them as they lie in the rows to learn from
 */
public record TabularRows(
        TableData data, Target target, @Nullable TableForm form) {
    /**
     * Rows of one file.
     *
     * @param values what it says about them
     */
    private record Origin(Path file, TableRows rows, RowValues values) {
        /** No inputs, what is to be told, and the number of each row. */
        Dataset placed(Target target, String label, List<String> names) {
            Dataset bare = new InputRows(new float[0], rows.size(), 0);
            return RowPlaces.beside(target.on(bare, file, label, rows, names));
        }
    }

    /**
     * Reads them all.
     *
     * @param groups how many the weigher knows
     * @param remarks takes what was found and left out, a line each
     * @throws DataException if files or columns cannot be used
     */
    public Prepared read(int groups, Consumer<String> remarks, Seed seed) {
        var columns = new ValueColumns(data.columns(), groups);
        List<Wanted> features = features(remarks);
        Origin train = train(features, columns, remarks);
        List<String> names = target.names(train.file(), data.label(), train.rows());
        Origin dev = data.dev() == null ? null : origin(data.dev(), features, remarks);
        Origin test = data.test() == null ? null : origin(data.test(), features, remarks);
        Split<Dataset> split = Prepared.parts(
                train.placed(target, data.label(), names),
                dev == null ? null : dev.placed(target, data.label(), names),
                test == null ? null : test.placed(target, data.label(), names),
                data,
                seed,
                columns.parting(train.file(), train.rows(), data.format()),
                remarks);
        int[] learnt = RowPlaces.placesOf(split.train());
        TableForm seen = form(train, features, learnt);
        Target told = seen.score() == null
                ? target
                : new ScoreTarget(
                        seen.score().mean(),
                        seen.score().deviation(),
                        seen.score().written());
        tell(seen, train.rows(), remarks);
        var files = new ArrayList<Path>();
        for (Origin origin : new Origin[] {train, dev, test}) {
            if (origin != null) {
                files.addAll(new TextFile(origin.file(), data.format()).files());
                tellUnknown(seen, origin, remarks);
            }
        }
        Dataset whole = whole(train, seen, told, names); // rows to judge by too have their groups
        return new Prepared(
                new Split<>(
                        whole.select(learnt),
                        (dev == null ? whole : whole(dev, seen, told, names)).select(RowPlaces.placesOf(split.dev())),
                        (test == null ? whole : whole(test, seen, told, names))
                                .select(RowPlaces.placesOf(split.test()))),
                names,
                files,
                UnaryOperator.identity(),
                List.of(seen.width()),
                seen.score(),
                Map.of(TableForm.FILE, seen.json()),
                begun(test == null ? train : test, RowPlaces.placesOf(split.test())));
    }

    /**
     * Refuses files whose form or columns cannot be used, and targets that are of another kind.
     *
     * @param groups how many the weigher knows
     */
    public void check(int groups) {
        var columns = new ValueColumns(data.columns(), groups);
        List<Wanted> features = features(line -> {});
        Origin train = train(features, columns, line -> {});
        target.names(train.file(), data.label(), train.rows());
        columns.parting(train.file(), train.rows(), data.format());
        for (String file : new String[] {data.dev(), data.test()}) {
            if (file != null) {
                List<String> names =
                        new ArrayList<>(features.stream().map(Wanted::name).toList());
                names.add(data.label());
                Table table = Table.open(Path.of(file), data.format(), names);
                names.forEach(table::check);
            }
        }
    }

    private Origin train(List<Wanted> features, ValueColumns columns, Consumer<String> remarks) {
        Path file = Path.of(data.train());
        var wanted = new ArrayList<>(features);
        wanted.add(target.wanted(data.label()));
        TableRows rows = read(file, columns.with(wanted), remarks);
        return new Origin(file, rows, columns.of(file, rows, remarks));
    }

    private List<Wanted> features(Consumer<String> remarks) {
        return form != null ? form.wanted() : new FeatureColumns(data, Path.of(data.train())).find(remarks);
    }

    private Origin origin(String name, List<Wanted> features, Consumer<String> remarks) {
        var wanted = new ArrayList<>(features);
        wanted.add(target.wanted(data.label()));
        Path file = Path.of(name);
        ValueColumns columns = ValueColumns.ofHeldOut(
                data.columns(),
                new TextFile(file, data.format()),
                wanted.stream().map(Wanted::name).toList(),
                remarks);
        TableRows rows = read(file, columns.with(wanted), remarks);
        return new Origin(file, rows, columns.ofHeldOut(file, rows, data.columns()));
    }

    private List<ObjectNode> begun(Origin origin, int... places) {
        List<String> ids = new ValueColumns(data.columns(), 0).ids(origin.rows());
        return Arrays.stream(places).mapToObj(RowPlaces.lines(ids, null)).toList();
    }

    private TableRows read(Path file, List<Wanted> wanted, Consumer<String> remarks) {
        return new TextFile(file, data.format()).read(wanted, remarks);
    }

    /**
     * The model's own, or learnt from the rows at these places, each as often as it weighs; scores are standardised as those
     * the model has learnt.
     */
    private TableForm form(Origin train, List<Wanted> features, int... places) {
        TableRows rows = train.rows();
        double[] weights = train.values().numbers().getOrDefault(ColumnsSection.WEIGHT, Weighted.ones(rows.size()));
        TableForm seen = form != null ? form : TableForm.learn(features, rows, weights, places);
        if (!(target instanceof ScoreTarget score)) {
            return seen.telling(null);
        }
        return seen.score() != null
                ? seen
                : seen.telling(NumberFeature.learn(data.label(), rows.numbers(data.label()), weights, places)
                        .written(score.written()));
    }

    private Dataset whole(Origin origin, TableForm seen, Target told, List<String> names) {
        return origin.values()
                .beside(told.on(seen.inputs(origin.rows()), origin.file(), data.label(), origin.rows(), names));
    }

    private static void tell(TableForm seen, TableRows rows, Consumer<String> remarks) {
        remarks.accept(seen.features().size() + " columns become " + seen.width() + " numbers"
                + seen.features().stream()
                        .filter(CategoryFeature.class::isInstance)
                        .map(feature -> feature.name() + " " + feature.width())
                        .collect(Collectors.collectingAndThen(
                                Collectors.joining(", "), kinds -> kinds.isEmpty() ? "" : "; categories: " + kinds)));
        String missing = seen.features().stream()
                .filter(feature -> feature.missing(rows) > 0)
                .map(feature -> feature.name() + " " + feature.missing(rows))
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            remarks.accept("missing among " + rows.size() + " rows: " + missing
                    + "; a number counts as the mean, and the model is told that it is missing");
        }
    }

    private static void tellUnknown(TableForm seen, Origin origin, Consumer<String> remarks) {
        String unknown = seen.unknown(origin.rows());
        if (!unknown.isEmpty()) {
            remarks.accept(
                    origin.file() + ": rows with categories that the rows to learn from do not have, and that count as"
                            + " none: " + unknown);
        }
    }
}
