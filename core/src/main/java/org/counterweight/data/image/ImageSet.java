package org.counterweight.data.image;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import javax.imageio.ImageIO;
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

    /**
     * Reads a directory with {@code train-images.idx} and {@code train-labels.idx} (or {@code test-…}) and
     * {@code labels.txt}, a class a line: what {@link org.counterweight.datasets.Fetcher} makes of a set of images.
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

    /**
     * Pictures in a directory for each class, in colour, drawn to one size on white.
     *
     * @throws DataException if there is no such directory, or a file is no picture
     */
    public static ImageSet folders(Path directory, int height, int width) {
        List<Path> classes = list(directory, Files::isDirectory);
        if (classes.isEmpty()) {
            throw new DataException(
                    directory + ": has no directories; expected one for each class, with pictures in it");
        }
        var names = new ArrayList<String>();
        var labels = new ArrayList<Integer>();
        var pixels = new ByteArrayOutputStream();
        Shape shape = new Shape(3, height, width);
        for (Path folder : classes) {
            for (Path file : list(folder, path -> path.toString().matches("(?i).*\\.(png|jpe?g|gif|bmp)"))) {
                pixels.writeBytes(picture(file, shape));
                labels.add(names.size());
            }
            names.add(String.valueOf(folder.getFileName()));
        }
        return new ImageSet(
                pixels.toByteArray(),
                labels.stream().mapToInt(Integer::intValue).toArray(),
                names,
                shape,
                255);
    }

    private static List<Path> list(Path directory, Predicate<Path> wanted) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(wanted).sorted().toList();
        } catch (IOException e) {
            throw new DataException(directory + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    private static byte[] picture(Path file, Shape shape) {
        BufferedImage image;
        try {
            image = ImageIO.read(file.toFile());
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
        if (image == null) {
            throw new DataException(file + ": is no picture that can be read; convert it to PNG");
        }
        var drawn = new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = drawn.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.setBackground(Color.WHITE);
        graphics.clearRect(0, 0, shape.width(), shape.height());
        graphics.drawImage(image, 0, 0, shape.width(), shape.height(), null);
        graphics.dispose();
        int area = shape.height() * shape.width();
        int[] colours = drawn.getRGB(0, 0, shape.width(), shape.height(), null, 0, shape.width());
        byte[] planes = new byte[3 * area];
        for (int i = 0; i < area; i++) {
            planes[i] = (byte) (colours[i] >> 16);
            planes[area + i] = (byte) (colours[i] >> 8);
            planes[2 * area + i] = (byte) colours[i];
        }
        return planes;
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
