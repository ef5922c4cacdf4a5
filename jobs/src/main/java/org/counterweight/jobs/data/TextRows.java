package org.counterweight.jobs.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.data.Dataset;
import org.counterweight.data.RowValues;
import org.counterweight.data.Split;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextClassification;
import org.counterweight.data.text.TextSet;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.datasets.Fetcher;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.columns.RowPlaces;
import org.counterweight.jobs.data.columns.SplitColumn;
import org.counterweight.jobs.data.columns.ValueColumns;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.recipe.data.TextData;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The texts of a classifier's run. */
public final class TextRows {
    private TextRows() {}

    /** Texts of one origin, before they are tokenized. */
    private record Raw(
            Part train,
            @Nullable Part dev,
            @Nullable Part test,
            List<Path> files,
            @Nullable SplitColumn parting) {}

    /** Texts of one file, and what it says about them. */
    private record Part(LabelledTexts texts, RowValues values, List<String> ids) {
        /** With their numbers, after they were tokenized. */
        Dataset placed(TextClassification rows) {
            return values.beside(RowPlaces.beside(rows));
        }

        IntFunction<ObjectNode> lines() {
            return RowPlaces.lines(ids, texts.shown());
        }
    }

    public static Prepared read(
            TextData data, int groups, TextTokenizer tokenizer, Fetcher fetcher, ProgressLine progress, Seed seed) {
        Raw raw = data.name() != null
                ? named(data.name(), fetcher)
                : files(data, new ValueColumns(data.columns(), groups), progress::say);
        Part ofDev = raw.dev();
        Part ofTest = raw.test();
        new TextCheck(raw.train().texts(), ofDev == null ? null : ofDev.texts(), ofTest == null ? null : ofTest.texts())
                .findings()
                .forEach(progress::say);
        TextClassification train = TextClassification.of(raw.train().texts(), tokenizer);
        TextClassification dev = ofDev == null ? null : TextClassification.of(ofDev.texts(), tokenizer);
        TextClassification test = ofTest == null ? null : TextClassification.of(ofTest.texts(), tokenizer);
        Stream.of(train, dev, test)
                .filter(Objects::nonNull)
                .map(part -> Truncation.of(part.tokens(), tokenizer.maxLength()))
                .reduce(Truncation::and)
                .ifPresent(cut -> cut.tell("a greater data.max_length reads more", progress::say));
        var places = new RowPlaces(
                raw.train().lines(), ofTest == null ? row -> Configs.JSON.createObjectNode() : ofTest.lines());
        Split<Dataset> parts = Prepared.parts(
                raw.train().placed(train),
                ofDev == null || dev == null ? null : ofDev.values().beside(dev),
                ofTest == null || test == null ? null : ofTest.placed(test),
                data,
                seed,
                raw.parting(),
                progress::say);
        return Prepared.ofTexts(
                parts,
                raw.train().texts().labelNames(),
                raw.files(),
                source -> source,
                places.begun(parts.test(), test != null));
    }

    private static Raw named(String name, Fetcher fetcher) {
        Path directory = Sources.texts(name, fetcher);
        TextSet set = TextSet.read(directory);
        return new Raw(
                new Part(set.train(), RowValues.NONE, List.of()),
                null,
                set.test() == null ? null : new Part(set.test(), RowValues.NONE, List.of()),
                List.of(directory.resolve("train.jsonl")),
                null);
    }

    private static Raw files(TextData data, ValueColumns columns, Consumer<String> remarks) {
        var files = new ArrayList<Path>();
        Path path = Path.of(String.valueOf(data.train()));
        files.addAll(new TextFile(path, data.format()).files());
        TableRows rows = read(path, data, columns, remarks);
        LabelledTexts train = LabelledTexts.of(rows.texts(data.text()), rows.texts(data.label()))
                .with(pairs(data, rows));
        return new Raw(
                new Part(train, columns.of(path, rows, remarks), columns.ids(rows)),
                data.dev() == null ? null : file(data.dev(), data, train, remarks, files),
                data.test() == null ? null : file(data.test(), data, train, remarks, files),
                files,
                columns.parting(path, rows, data.format()));
    }

    private static Part file(
            String name, TextData data, LabelledTexts like, Consumer<String> remarks, List<Path> files) {
        Path path = Path.of(name);
        var file = new TextFile(path, data.format());
        files.addAll(file.files());
        ValueColumns columns = ValueColumns.ofHeldOut(data.columns(), file, data.readAndLabel(), remarks);
        TableRows rows = read(path, data, columns, remarks);
        LabelledTexts texts = LabelledTexts.of(
                        rows.texts(data.text()),
                        rows.texts(data.label()),
                        like.labelNames(),
                        row -> path + ": " + rows.places().get(row))
                .with(pairs(data, rows));
        return new Part(texts, columns.ofHeldOut(path, rows, data.columns()), columns.ids(rows));
    }

    /** What is read together with each text; empty where they stand alone. */
    static List<String> pairs(TextData data, TableRows rows) {
        return data.pair() == null ? List.of() : rows.texts(data.pair());
    }

    private static TableRows read(Path file, TextData data, ValueColumns columns, Consumer<String> remarks) {
        return new TextFile(file, data.format())
                .read(
                        columns.with(
                                data.readAndLabel().stream().map(Wanted::text).toList()),
                        remarks);
    }

    /**
     * The rows of the file to learn from, of which nothing is told: the run does.
     *
     * @param groups how many the weigher knows
     * @throws org.counterweight.data.DataException if rows cannot be used, or their columns do not fit the weigher
     */
    public static TableRows checked(TextData data, int groups) {
        Path file = Path.of(String.valueOf(data.train()));
        var columns = new ValueColumns(data.columns(), groups);
        TableRows rows = read(file, data, columns, remark -> {});
        columns.of(file, rows, remark -> {});
        columns.parting(file, rows, data.format());
        return rows;
    }
}
