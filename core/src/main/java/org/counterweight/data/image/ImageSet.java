package org.counterweight.data.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
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
    private static final int DIGITS = 1797;
    private static final int SHOWN = 12;

    private final byte[] pixels;
    private final int[] labels;
    private final List<String> labelNames;
    private final Shape shape;
    private final int white;

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
     * @param white the value that becomes 1
     */
    ImageSet(byte[] pixels, int[] labels, List<String> labelNames, Shape shape, int white) {
        if (pixels.length != (long) labels.length * shape.values()) {
            throw new IllegalArgumentException(
                    pixels.length + " bytes are not " + labels.length + " images of " + shape);
        }
        this.pixels = pixels;
        this.labels = labels;
        this.labelNames = List.copyOf(labelNames);
        this.shape = shape;
        this.white = white;
    }

    /** The 1,797 handwritten digits of 8 × 8 pixels (0 to 16) that are included: UCI, optical recognition, test part. */
    public static ImageSet digits() {
        byte[] pixels = new byte[DIGITS * 64];
        int[] labels = new int[DIGITS];
        InputStream resource = Objects.requireNonNull(ImageSet.class.getResourceAsStream("digits.csv.gz"), "digits");
        try (var lines =
                new BufferedReader(new InputStreamReader(new GZIPInputStream(resource), StandardCharsets.US_ASCII))) {
            for (int row = 0; row < DIGITS; row++) {
                String[] values = Objects.requireNonNull(lines.readLine(), "a line a digit")
                        .split(",");
                for (int i = 0; i < 64; i++) {
                    pixels[row * 64 + i] = Byte.parseByte(values[i]);
                }
                labels[row] = Integer.parseInt(values[64]);
            }
        } catch (IOException e) {
            throw new DataException("the digits in the resources cannot be read: " + e.getMessage(), e);
        }
        return new ImageSet(pixels, labels, numbers(10), new Shape(1, 8, 8), 16);
    }

    /**
     * Images and labels in MNIST's idx format, gzipped or not.
     *
     * @param labelNames the classes; empty for their numbers
     */
    public static ImageSet idx(Path images, Path labels, List<String> labelNames) {
        IdxFile pixels = IdxFile.read(images, 3);
        IdxFile classes = IdxFile.read(labels, 1);
        int rows = pixels.sizes()[0];
        if (classes.sizes()[0] != rows) {
            throw new DataException(
                    labels + ": has " + classes.sizes()[0] + " labels for " + rows + " images of " + images);
        }
        int[] numbers = IntStream.range(0, rows)
                .map(row -> Byte.toUnsignedInt(classes.bytes()[row]))
                .toArray();
        int most = IntStream.of(numbers).max().orElse(-1);
        if (!labelNames.isEmpty() && most >= labelNames.size()) {
            throw new DataException(
                    labels + ": has class " + most + ", but only " + labelNames.size() + " names were given");
        }
        return new ImageSet(
                pixels.bytes(),
                numbers,
                labelNames.isEmpty() ? numbers(most + 1) : labelNames,
                new Shape(1, pixels.sizes()[1], pixels.sizes()[2]),
                255);
    }

    /** The shape of the images of an idx file, from its head alone. */
    public static Shape shapeOfIdx(Path images) {
        int[] sizes = IdxFile.sizes(images, 3);
        return new Shape(1, sizes[1], sizes[2]);
    }

    /**
     * Reads a directory with {@code train-images.idx} and {@code train-labels.idx} (or {@code test-…}) and
     * {@code labels.txt}, a class a line: what {@code Fetcher} of the datasets makes of a set of images.
     *
     * @param part {@code train} or {@code test}
     */
    public static ImageSet read(Path directory, String part) {
        Path names = directory.resolve("labels.txt");
        try {
            return idx(
                    directory.resolve(part + "-images.idx"),
                    directory.resolve(part + "-labels.idx"),
                    Files.exists(names) ? Files.readAllLines(names) : List.of());
        } catch (IOException e) {
            throw new DataException(names + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Pictures in a directory for each class, in colour, drawn to one size on white; see {@link PictureFolder}. */
    public static ImageSet folders(Path directory, int height, int width) {
        return folders(directory, new Shape(3, height, width), List.of());
    }

    /**
     * Pictures in a directory for each class, drawn to one shape on white.
     *
     * @param shape one channel for grey, three for colour
     * @param labelNames the classes; empty for the names of the directories, by the alphabet
     * @throws DataException if there is no such directory, one is none of the classes, or a file is no picture
     */
    public static ImageSet folders(Path directory, Shape shape, List<String> labelNames) {
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
        return new ImageSet(drawn(files, shape), labels.build().toArray(), names, shape, 255);
    }

    /** Pictures of which nothing is known, drawn to one shape on white: one class without a name. */
    public static ImageSet unlabelled(List<Path> pictures, Shape shape) {
        return new ImageSet(drawn(pictures, shape), new int[pictures.size()], List.of(""), shape, 255);
    }

    private static byte[] drawn(List<Path> files, Shape shape) {
        long bytes = (long) files.size() * shape.values();
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new DataException(String.format(
                    Locale.ROOT,
                    "%,d pictures of %d x %d take %.1f GB, and at most 2.1 are held; take a smaller size, or fewer",
                    files.size(),
                    shape.height(),
                    shape.width(),
                    bytes / 1e9));
        }
        byte[] pixels = new byte[(int) bytes];
        for (int i = 0; i < files.size(); i++) {
            Picture.draw(files.get(i), shape, pixels, i * shape.values());
        }
        return pixels;
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(String::valueOf).toList();
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
            return scope.keep(bytes.to(ScalarType.Float).div_(Tensors.scalar(white)));
        }
    }
}
