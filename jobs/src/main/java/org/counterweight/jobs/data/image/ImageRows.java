package org.counterweight.jobs.data.image;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.data.Dataset;
import org.counterweight.data.Split;
import org.counterweight.data.image.IdxLabels;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.image.ImageSet.Shape;
import org.counterweight.data.image.PictureFolder;
import org.counterweight.datasets.Fetcher;
import org.counterweight.distill.run.DistilledFile;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.data.Prepared;
import org.counterweight.jobs.data.Sources;
import org.counterweight.jobs.data.columns.RowPlaces;
import org.counterweight.jobs.recipe.data.ImageData;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The images of a run.
 *
 * @param form how the model sees images; null for one of a recipe's own sizes, which sees them as they are
 */
public record ImageRows(ImageData data, @Nullable ImageForm form) {
    private static final int USUAL_SIZE = 32;

    /**
     * Reads them all.
     *
     * @throws DataException if they cannot be read, or a class of a further part is none of those to learn from
     * @throws ConfigException if their shape is not the model's
     */
    public Prepared read(Fetcher fetcher, Seed seed) {
        var files = new ArrayList<Path>();
        ImageSet train;
        ImageSet dev = null;
        ImageSet test;
        if (data.name() != null) {
            Path directory = Sources.images(data.name(), fetcher);
            train = seen(ImageSet.read(directory, "train"));
            test = seen(ImageSet.read(directory, "test"));
            List.of("train-images.idx", "train-labels.idx", "test-images.idx", "test-labels.idx")
                    .forEach(file -> files.add(directory.resolve(file)));
        } else {
            train = part(Path.of(Objects.requireNonNull(data.train())), List.of(), files);
            dev = data.dev() == null ? null : part(Path.of(data.dev()), train.labelNames(), files);
            test = data.test() == null ? null : part(Path.of(data.test()), train.labelNames(), files);
        }
        for (ImageSet part : new ImageSet[] {train, dev, test}) {
            if (part != null) {
                checkShape(part.shape(), form == null ? train.shape() : form.shape());
            }
        }
        Split<Dataset> parts = Prepared.parts(train, dev, test, data, seed);
        ObjectNode json = new ImageForm(train.shape()).json();
        if (data.distilled() != null) {
            Path set = DistilledFile.file(Path.of(data.distilled()));
            files.add(set);
            DistilledRows rows = DistilledRows.read(set, train.labelNames(), train.shape());
            parts = rows.inPlaceOf(parts);
            rows.tell(json);
        }
        return new Prepared(
                parts,
                train.labelNames(),
                files,
                UnaryOperator.identity(),
                train.shape().sizes(),
                null,
                form == null || form.isOwn() ? Map.of(ImageForm.FILE, json) : Map.of(), // theirs is copied
                IntStream.range(0, parts.test().size())
                        .mapToObj(RowPlaces.lines(List.of(), null))
                        .toList());
    }

    private ImageSet part(Path path, List<String> labels, List<Path> files) {
        if (Files.isDirectory(path)) {
            files.add(path);
            return ImageSet.folders(path, drawn(), labels);
        }
        Path classes = IdxLabels.beside(path);
        files.add(path);
        files.add(classes);
        return seen(ImageSet.idx(path, classes, labels.isEmpty() ? IdxLabels.names(path) : labels));
    }

    /** Images of idx files as the model sees them. */
    private ImageSet seen(ImageSet images) {
        return form == null ? images : images.seenBy(form);
    }

    /** What pictures become. */
    ImageForm drawn() {
        if (form != null && data.size() == null) {
            return form;
        }
        int side = data.size() == null ? USUAL_SIZE : data.size();
        return new ImageForm(new Shape(data.grey() ? 1 : 3, side, side));
    }

    static void checkShape(Shape found, Shape wanted) {
        if (!found.equals(wanted)) {
            throw new ConfigException("data: these images are " + found.sizes()
                    + ", and those that the model has learnt are " + wanted.sizes()
                    + " (channels, height, width); leave data.size out, or take images of that shape");
        }
    }

    /**
     * Refuses what can be told to be wrong without reading a picture.
     *
     * @return the shape of the images to learn from; null of a set that may have to be fetched
     * @throws DataException if a directory has no classes, or a file is not there
     */
    public @Nullable Shape check() {
        if (data.distilled() != null && !Files.isRegularFile(DistilledFile.file(Path.of(data.distilled())))) {
            throw new DataException("data.distilled: " + data.distilled() + " has no " + DistilledFile.NAME
                    + "; name the directory set of what cw distill wrote");
        }
        if (data.name() != null) {
            Sources.checkImages(data.name());
            return null;
        }
        Shape shape = checked(Path.of(Objects.requireNonNull(data.train())));
        for (String part : new String[] {data.dev(), data.test()}) {
            if (part != null) {
                checkShape(checked(Path.of(part)), shape);
            }
        }
        if (form != null) {
            checkShape(shape, form.shape());
        }
        return shape;
    }

    private Shape checked(Path path) {
        if (Files.isDirectory(path)) {
            PictureFolder.classes(path);
            return drawn().shape();
        }
        for (Path file : List.of(path, IdxLabels.beside(path))) {
            if (!Files.isRegularFile(file)) {
                throw new DataException(file + ": there is no such file");
            }
        }
        return form == null || form.isOwn() ? ImageSet.shapeOfIdx(path) : form.shape();
    }
}
