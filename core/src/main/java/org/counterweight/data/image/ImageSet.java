package org.counterweight.data.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.data.DataException;
import org.counterweight.data.LabelledDataset;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;

/**
 * Images of one size and the class of each, a byte a value. A batch has {@code pixel_values}
 * ({@code float32 [rows, channels, height, width]}, in [0, 1]), {@code labels} and {@code row} ({@code int64 [rows]}).
 */
public final class ImageSet implements LabelledDataset {
    private static final int SHOWN = 12;
    private static final int WHITE = 255;

    private final byte[] pixels;
    private final int[] labels;
    private final List<String> labelNames;
    private final Shape shape;
    private final PixelValues values;

    /** Of one image. */
    public record Shape(int channels, int height, int width) {
        int values() {
            return Math.multiplyExact(Math.multiplyExact(channels, height), width);
        }

        /** As PyTorch writes it. */
        public List<Integer> sizes() {
            return List.of(channels, height, width);
        }
    }

    /**
     * @param pixels {@code [rows, channels, height, width]}, row-major, unsigned
     * @param values what numbers bytes become
     */
    ImageSet(byte[] pixels, int[] labels, List<String> labelNames, Shape shape, PixelValues values) {
        if (pixels.length != (long) labels.length * shape.values()) {
            throw new IllegalArgumentException(
                    pixels.length + " bytes are not " + labels.length + " images of " + shape);
        }
        this.pixels = pixels;
        this.labels = labels;
        this.labelNames = List.copyOf(labelNames);
        this.shape = shape;
        this.values = values;
    }

    /** The 1,797 handwritten digits of 8 × 8 pixels (0 to 16) that are included: UCI, optical recognition, test part. */
    public static ImageSet digits() {
        return IncludedDigits.read();
    }

    /**
     * Images and labels in MNIST's idx format, gzipped or not; those of images with colours have a fourth dimension, the
     * second of {@code [rows, channels, height, width]}.
     *
     * @param labelNames the classes; empty for their numbers
     */
    public static ImageSet idx(Path images, Path labels, List<String> labelNames) {
        IdxFile pixels = IdxFile.images(images);
        int[] numbers = IdxLabels.numbers(labels);
        int rows = pixels.sizes()[0];
        if (numbers.length != rows) {
            throw new DataException(
                    labels + ": has " + numbers.length + " labels for " + rows + " images of " + images);
        }
        int most = IntStream.of(numbers).max().orElse(-1);
        if (!labelNames.isEmpty() && most >= labelNames.size()) {
            throw new DataException(
                    labels + ": has class " + most + ", but only " + labelNames.size() + " names were given");
        }
        return new ImageSet(
                pixels.bytes(),
                numbers,
                labelNames.isEmpty() ? numbers(most + 1) : labelNames,
                IdxFile.shape(pixels.sizes()),
                PixelValues.upTo(WHITE));
    }

    /**
     * Images of an idx file of which nothing is known, as a model sees them: one class without a name.
     *
     * @throws DataException if they are of another shape than the model has learnt, and nothing draws them to it
     */
    public static ImageSet unlabelledIdx(Path images, ImageForm form) {
        IdxFile pixels = IdxFile.images(images);
        Shape shape = IdxFile.shape(pixels.sizes());
        if (form.processor() == null && !shape.equals(form.shape())) {
            throw new DataException(
                    images + ": these images are " + shape.sizes() + ", and those that the model has learnt" + " are "
                            + form.shape().sizes() + " (channels, height, width); take images of that shape");
        }
        return new ImageSet(pixels.bytes(), new int[pixels.sizes()[0]], List.of(""), shape, form.values()).seenBy(form);
    }

    /** Whether a file has images in MNIST's idx format, gzipped or not. */
    public static boolean isIdx(Path file) {
        return IdxFile.isOfImages(file);
    }

    /** The shape of the images of an idx file, from its head alone. */
    public static Shape shapeOfIdx(Path images) {
        return IdxFile.shape(images);
    }

    /**
     * Reads a directory with {@code train-images.idx} and {@code train-labels.idx} (or {@code test-…}) and
     * {@code labels.txt}, a class a line: what {@code Fetcher} of the datasets makes of a set of images.
     *
     * @param part {@code train} or {@code test}
     */
    public static ImageSet read(Path directory, String part) {
        Path images = directory.resolve(part + "-images.idx");
        return idx(images, IdxLabels.beside(images), IdxLabels.names(images));
    }

    /** Pictures in a directory for each class, in colour, drawn to one size on white; see {@link PictureFolder}. */
    public static ImageSet folders(Path directory, int height, int width) {
        return folders(directory, new ImageForm(new Shape(3, height, width)), List.of());
    }

    /**
     * Pictures in a directory for each class, as a model sees them.
     *
     * @param labelNames the classes; empty for the names of the directories, by the alphabet
     * @throws DataException if there is no such directory, one is none of the classes, or a file is no picture
     */
    public static ImageSet folders(Path directory, ImageForm form, List<String> labelNames) {
        Map<String, List<Path>> byClass = PictureFolder.classes(directory);
        List<String> names = labelNames.isEmpty() ? List.copyOf(byClass.keySet()) : labelNames;
        var files = new ArrayList<Path>();
        var labels = IntStream.builder();
        byClass.forEach((name, pictures) -> {
            int label = names.indexOf(name);
            if (label < 0) {
                throw new DataException(directory.resolve(name) + ": is none of the known classes ("
                        + String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                        + (names.size() > SHOWN ? ", …" : "") + ")");
            }
            files.addAll(pictures);
            pictures.forEach(picture -> labels.add(label));
        });
        return pictures(files, form, labels.build().toArray(), names);
    }

    /** Pictures in files, in this order, as a model sees them, with the class of each. */
    public static ImageSet pictures(List<Path> pictures, ImageForm form, int[] labels, List<String> labelNames) {
        return new ImageSet(DrawnPictures.of(pictures, form), labels, labelNames, form.shape(), form.values());
    }

    /**
     * Writes the bytes of the images, and their labels, as {@link #idx} reads them.
     *
     * @throws DataException if there are more than 256 classes
     */
    public void writeIdx(Path images, Path classes) throws IOException {
        int[] sizes = shape.channels() == 1
                ? new int[] {size(), shape.height(), shape.width()}
                : new int[] {size(), shape.channels(), shape.height(), shape.width()};
        new IdxFile(sizes, pixels).write(images);
        if (labelNames.size() > 1 << Byte.SIZE) {
            throw new DataException(classes + ": " + labelNames.size() + " classes do not fit a byte");
        }
        byte[] numbers = new byte[size()];
        for (int row = 0; row < numbers.length; row++) {
            numbers[row] = (byte) labels[row];
        }
        new IdxFile(new int[] {size()}, numbers).write(classes);
    }

    /** Images that are as a model sees them already, with the class of each. */
    public static ImageSet seen(List<Pixels> images, ImageForm form, int[] labels, List<String> labelNames) {
        byte[] all = DrawnPictures.room(images.size(), form.shape());
        for (int row = 0; row < labels.length; row++) {
            DrawnPictures.put(images.get(row), all, row);
        }
        return new ImageSet(all, labels, labelNames, form.shape(), form.values());
    }

    /** Pictures of which nothing is known, as a model sees them: one class without a name. */
    public static ImageSet unlabelled(List<Path> pictures, ImageForm form) {
        return pictures(pictures, form, new int[pictures.size()], List.of(""));
    }

    /**
     * The same images as a model sees them that has an image processor of transformers; grey ones in colour, where it sees
     * colours.
     *
     * @throws DataException if there are too many to be held
     */
    public ImageSet seenBy(ImageForm form) {
        Processor processor = form.processor();
        if (processor == null) {
            return this;
        }
        byte[] seen = DrawnPictures.room(size(), form.shape());
        for (int row = 0; row < size(); row++) {
            Pixels picture = pixels(row);
            DrawnPictures.put(processor.apply(form.shape().channels() == 1 ? picture : picture.inColour()), seen, row);
        }
        return new ImageSet(seen, labels, labelNames, form.shape(), form.values());
    }

    static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
    }

    /** The bytes of an image. */
    public Pixels pixels(int row) {
        byte[] own = Arrays.copyOfRange(pixels, row * shape.values(), (row + 1) * shape.values());
        return new Pixels(shape.channels(), shape.height(), shape.width(), own);
    }

    /** The shape of one image. */
    public Shape shape() {
        return shape;
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public List<String> labelNames() {
        return labelNames;
    }

    @Override
    public int label(int row) {
        return labels[row];
    }

    @Override
    public Batch batch(int... rows) {
        int values = shape.values();
        byte[] chosen = new byte[Math.multiplyExact(rows.length, values)];
        long[] classes = new long[rows.length];
        long[] numbers = new long[rows.length];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(pixels, rows[i] * values, chosen, i * values, values);
            classes[i] = labels[rows[i]];
            numbers[i] = rows[i];
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put(Batch.PIXEL_VALUES, floats(chosen, rows.length));
        tensors.put(Batch.LABELS, Tensors.longs(classes));
        tensors.put(Batch.ROW, Tensors.longs(numbers));
        return new Batch(tensors);
    }

    private Tensor floats(byte[] chosen, int rows) {
        long[] sizes = {rows, shape.channels(), shape.height(), shape.width()};
        try (var scope = Scope.open();
                var data = new BytePointer(chosen)) {
            Tensor bytes = torch.from_blob(data, sizes, Tensors.options(ScalarType.Byte));
            return scope.keep(values.of(bytes));
        }
    }
}
