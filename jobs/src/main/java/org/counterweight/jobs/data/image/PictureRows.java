package org.counterweight.jobs.data.image;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.Split;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.columns.RowPlaces;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.data.targets.Target;
import org.counterweight.jobs.recipe.data.ImageData;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pictures whose files a table names, and what it tells of each.
 *
 * @param form how the model sees images; null of one of a recipe's own sizes, which sees them as they are
 */
public record PictureRows(ImageData data, @Nullable ImageForm form, Target target) {
    /** What pictures become. */
    private ImageForm seen() {
        return new ImageRows(data, form).drawn();
    }

    /**
     * Refuses what can be told to be wrong without reading a picture.
     *
     * @return the shape of an image
     */
    public ImageSet.Shape check() {
        if (!data.ofTable()) {
            throw new ConfigException("data.train: " + (data.train() == null ? "a set of the catalogue" : data.train())
                    + " tells one class of each image; for this task give a table (.csv, .jsonl, .parquet) with a column"
                    + " of pictures' files (data.image) and one of what is told of them (data.label)");
        }
        if (data.distilled() != null) {
            throw new ConfigException("data.distilled goes with images in directories or idx files; leave it out");
        }
        if (form != null) {
            ImageRows.checkShape(seen().shape(), form.shape());
        }
        Path file = Path.of(String.valueOf(data.train()));
        TableRows train = rows(file, line -> {});
        target.names(file, data.label(), train);
        pictures(file, train);
        for (String other : new String[] {data.dev(), data.test()}) {
            if (other != null) {
                pictures(Path.of(other), rows(Path.of(other), line -> {}));
            }
        }
        return seen().shape();
    }

    /** Reads them all; {@code remarks} takes what was found of the tables' form, a line each. */
    public Prepared read(Consumer<String> remarks, Seed seed) {
        Path file = Path.of(String.valueOf(data.train()));
        TableRows train = rows(file, remarks);
        List<String> names = target.names(file, data.label(), train);
        var files = new ArrayList<>(List.of(file));
        var judged = new ArrayList<TableRows>();
        Dataset dev = held(data.dev(), names, files, remarks, rows -> {});
        Dataset test = held(data.test(), names, files, remarks, judged::add);
        Split<Dataset> parts = Prepared.parts(RowPlaces.beside(on(file, train, names)), dev, test, data, seed);
        var places = new RowPlaces(lines(train), lines(judged.isEmpty() ? train : judged.get(0)));
        return new Prepared(
                parts,
                names,
                files,
                UnaryOperator.identity(),
                seen().shape().sizes(),
                null,
                form == null || form.isOwn() ? Map.of(ImageForm.FILE, seen().json()) : Map.of(), // theirs is copied
                places.begun(parts.test(), test != null));
    }

    private IntFunction<ObjectNode> lines(TableRows rows) {
        return place -> Configs.JSON
                .createObjectNode()
                .put("image", rows.texts(data.image()).get(place));
    }

    private @Nullable Dataset held(
            @Nullable String name,
            List<String> names,
            List<Path> files,
            Consumer<String> remarks,
            Consumer<TableRows> read) {
        if (name == null) {
            return null;
        }
        files.add(Path.of(name));
        TableRows rows = rows(Path.of(name), remarks);
        read.accept(rows);
        return RowPlaces.beside(on(Path.of(name), rows, names));
    }

    private Dataset on(Path file, TableRows rows, List<String> names) {
        return target.on(ImageSet.unlabelled(pictures(file, rows), seen()), file, data.label(), rows, names);
    }

    private TableRows rows(Path file, Consumer<String> remarks) {
        return new TextFile(file, data.format())
                .read(List.of(Wanted.text(data.image()), target.wanted(data.label())), remarks);
    }

    private List<Path> pictures(Path file, TableRows rows) {
        return pictures(file, rows, data.image());
    }

    /**
     * The files that a column of a table names, beside it where they do not begin at a root.
     *
     * @throws DataException if one is not there
     */
    public static List<Path> pictures(Path table, TableRows rows, String column) {
        var pictures = new ArrayList<Path>();
        List<String> names = rows.texts(column);
        for (int row = 0; row < names.size(); row++) {
            Path picture = table.resolveSibling(names.get(row));
            if (!Files.isRegularFile(picture)) {
                throw new DataException(table + ": " + rows.places().get(row) + ": " + column + " is " + names.get(row)
                        + ", and there is no file " + picture);
            }
            pictures.add(picture);
        }
        return pictures;
    }
}
