package org.counterweight.jobs.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.counterweight.config.ConfigException;
import org.counterweight.data.Dataset;
import org.counterweight.data.RowValues;
import org.counterweight.data.Split;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.text.Passages;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenizedTexts;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.data.columns.RowPlaces;
import org.counterweight.jobs.data.columns.ValueColumns;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.data.targets.Target;
import org.counterweight.jobs.recipe.data.TextData;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Texts of a file, of which something else is told than one class. */
public record TextTargets(TextData data, Target target) {
    /**
     * Reads them all.
     *
     * @param groups how many the weigher knows
     * @param remarks takes what was found of the files' form, and how many texts were cut, a line each
     */
    public Prepared read(int groups, TextTokenizer tokenizer, Consumer<String> remarks, Seed seed) {
        var columns = new ValueColumns(data.columns(), groups);
        Path file = Path.of(Objects.requireNonNull(data.train()));
        TableRows train = rows(file, columns, remarks);
        List<String> names = target.names(file, data.label(), train);
        RowValues values = columns.of(file, train, remarks);
        var files = new ArrayList<>(new TextFile(file, data.format()).files());
        var cuts = new ArrayList<Truncation>();
        var judged = new ArrayList<TableRows>();
        Dataset dev = held(data.dev(), names, tokenizer, cuts, files, remarks, rows -> {});
        Dataset test = held(data.test(), names, tokenizer, cuts, files, remarks, judged::add);
        var places = new RowPlaces(lines(train), lines(judged.isEmpty() ? train : judged.get(0)));
        Dataset learnt = values.beside(RowPlaces.beside(on(train, file, names, tokenizer, cuts)));
        cuts.stream()
                .reduce(Truncation::and)
                .ifPresent(cut -> cut.tell("a greater data.max_length reads more", remarks));
        Split<Dataset> parts = Prepared.parts(
                learnt,
                dev,
                test == null ? null : RowPlaces.beside(test),
                data,
                seed,
                columns.parting(file, train, data.format()),
                remarks);
        return Prepared.ofTexts(parts, names, files, source -> source, places.begun(parts.test(), test != null));
    }

    private @Nullable Dataset held(
            @Nullable String name,
            List<String> names,
            TextTokenizer tokenizer,
            List<Truncation> cuts,
            List<Path> files,
            Consumer<String> remarks,
            Consumer<TableRows> read) {
        if (name == null) {
            return null;
        }
        Path file = Path.of(name);
        files.addAll(new TextFile(file, data.format()).files());
        ValueColumns columns =
                ValueColumns.ofHeldOut(data.columns(), new TextFile(file, data.format()), data.readAndLabel(), remarks);
        TableRows rows = rows(file, columns, remarks);
        read.accept(rows);
        return columns.ofHeldOut(file, rows, data.columns()).beside(on(rows, file, names, tokenizer, cuts));
    }

    private IntFunction<ObjectNode> lines(TableRows rows) {
        var read = new Passages(rows.texts(data.text()), TextRows.pairs(data, rows));
        return RowPlaces.lines(
                ValueColumns.ofIds(data.columns()).ids(rows), read.unlabelled().shown());
    }

    private Dataset on(TableRows rows, Path file, List<String> names, TextTokenizer tokenizer, List<Truncation> cuts) {
        TokenizedTexts texts = TokenizedTexts.of(rows.texts(data.text()), TextRows.pairs(data, rows), tokenizer);
        cuts.add(Truncation.of(texts.tokens(), tokenizer.maxLength()));
        return target.on(texts, file, data.label(), rows, names);
    }

    private TableRows rows(Path file, ValueColumns columns, Consumer<String> remarks) {
        var wanted = new ArrayList<>(data.read().stream().map(Wanted::text).toList());
        wanted.add(target.wanted(data.label()));
        return new TextFile(file, data.format()).read(columns.with(wanted), remarks);
    }

    /**
     * Refuses files whose columns cannot be used.
     *
     * @param groups how many the weigher knows
     */
    public void check(int groups) {
        if (data.train() == null) {
            throw new ConfigException("data.name: the catalogue's sets have one class a text; give train, a file");
        }
        var columns = new ValueColumns(data.columns(), groups);
        Path file = Path.of(data.train());
        TableRows train = rows(file, columns, line -> {});
        target.names(file, data.label(), train);
        columns.of(file, train, line -> {});
        columns.parting(file, train, data.format());
        for (String other : new String[] {data.dev(), data.test()}) {
            if (other != null) {
                new TextFile(Path.of(other), data.format()).check(data.readAndLabel());
            }
        }
    }
}
