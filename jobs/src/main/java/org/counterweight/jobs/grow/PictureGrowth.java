package org.counterweight.jobs.grow;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.counterweight.data.LabelledDataset;
import org.counterweight.data.image.IdxLabels;
import org.counterweight.data.image.ImageForm;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.image.PictureFolder;
import org.counterweight.data.image.Pixels;
import org.counterweight.jobs.model.HeadChoice;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.recipe.ModelSection;
import org.counterweight.model.Model;
import org.counterweight.model.config.Problem;
import tools.jackson.databind.node.ObjectNode;

/** Pictures in a directory for each class, or in idx files, drawn as the model sees them. */
record PictureGrowth(ImageForm form) implements GrowthKind<Pixels> {
    /** Where those that are kept lie beside a model, a PNG each. */
    static final String KEPT = "exemplars";

    private static final String IMAGE = "image";

    static PictureGrowth open(Path model) {
        return new PictureGrowth(ImageForm.of(model));
    }

    /** Refuses what cannot be read, without reading a picture. */
    static void check(Path path) {
        if (Files.isDirectory(path)) {
            PictureFolder.classes(path);
            return;
        }
        if (!Files.isRegularFile(path)) {
            throw new DataException(path + ": there is no such file");
        }
        if (!ImageSet.isIdx(path)) {
            throw new DataException(
                    path + ": is no directory of classes and no idx file of images, as what stands beside it is");
        }
        Path labels = IdxLabels.beside(path);
        if (!Files.isRegularFile(labels)) {
            throw new DataException(labels + ": there is no such file, which has the classes of " + path);
        }
    }

    @Override
    public Labelled<Pixels> all(Path path) {
        ImageSet images = read(path);
        List<String> occurring = List.copyOf(IntStream.range(0, images.size())
                .mapToObj(row -> images.labelNames().get(images.label(row)))
                .collect(Collectors.toCollection(TreeSet::new)));
        return named(path, images, occurring);
    }

    @Override
    public Labelled<Pixels> of(Path path, List<String> classes) {
        return named(path, read(path), classes);
    }

    private ImageSet read(Path path) {
        if (Files.isDirectory(path)) {
            return ImageSet.folders(path, form, List.of());
        }
        ImageSet images = ImageSet.idx(path, IdxLabels.beside(path), IdxLabels.names(path))
                .seenBy(form);
        if (!images.shape().equals(form.shape())) {
            throw new DataException(
                    path + ": these images are " + images.shape().sizes()
                            + ", and those that the model has learnt are "
                            + form.shape().sizes()
                            + " (channels, height, width); take images of that shape");
        }
        return images;
    }

    private static Labelled<Pixels> named(Path path, ImageSet images, List<String> classes) {
        int[] numbers = images.labelNames().stream().mapToInt(classes::indexOf).toArray();
        int[] labels = IntStream.range(0, images.size())
                .map(row -> numbers[images.label(row)])
                .toArray();
        int strange = IntStream.range(0, labels.length)
                .filter(row -> labels[row] < 0)
                .findFirst()
                .orElse(-1);
        if (strange >= 0) {
            throw new DataException(path + ": picture " + (strange + 1) + " is of the class \""
                    + images.labelNames().get(images.label(strange)) + "\", which is none of the known ones ("
                    + String.join(", ", classes) + ")");
        }
        return new Labelled<>(
                IntStream.range(0, images.size()).mapToObj(images::pixels).toList(), labels, classes);
    }

    @Override
    public LabelledDataset seen(Labelled<Pixels> rows) {
        return ImageSet.seen(rows.rows(), form, rows.labels(), rows.labelNames());
    }

    @Override
    public Exemplars<Pixels> kept(Path model, List<String> classes) {
        return Exemplars.read(model.resolve(Exemplars.FILE), classes, line -> {
            String name = line.get(IMAGE);
            Path picture = model.resolve(name).normalize();
            if (!picture.startsWith(model.normalize()) || !Files.isRegularFile(picture)) {
                throw new DataException(model.resolve(Exemplars.FILE) + ":" + line.number() + ": there is no " + name
                        + " below the model; take the line away too");
            }
            return Pixels.read(picture, form.shape());
        });
    }

    @Override
    public void keep(Exemplars<Pixels> rows, Path directory) throws IOException {
        Files.createDirectories(directory.resolve(KEPT));
        rows.write(directory.resolve(Exemplars.FILE), IMAGE, (pixels, number) -> {
            String name = KEPT + "/" + number + ".png";
            pixels.write(directory.resolve(name));
            return name;
        });
    }

    @Override
    public HeadChoice head(ModelSection section) {
        return new HeadChoice() {
            @Override
            public ModelDescription describe(Path origin, ObjectNode base, List<String> labels) {
                return ModelDescription.ofImages(origin, base, section, labels, Problem.CLASSES);
            }

            @Override
            public List<String> heads(Model model) {
                return model.modules().heads();
            }
        };
    }

    @Override
    public String question() {
        return "--image picture.png";
    }
}
