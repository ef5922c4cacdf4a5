package org.counterweight.data.image;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.counterweight.data.DataException;

/**
 * Bytes in any number of dimensions, as MNIST is published: a mark (0, 0, 8 for bytes, the number of dimensions), the sizes
 * as big-endian ints, the values. Gzipped or not, as the first two bytes tell.
 *
 * @param bytes row-major, unsigned
 */
record IdxFile(int[] sizes, byte[] bytes) {
    private static final int MARK = 0x0800;
    private static final int[] OF_LABELS = {1};
    private static final int[] OF_IMAGES = {3, 4};

    /** Numbers of classes, {@code [rows]}. */
    static IdxFile labels(Path file) {
        return read(file, OF_LABELS, (sizes, in) -> new IdxFile(sizes, values(file, sizes, in)));
    }

    /** Images, {@code [rows, height, width]}, or with colours {@code [rows, channels, height, width]}. */
    static IdxFile images(Path file) {
        return read(file, OF_IMAGES, (sizes, in) -> new IdxFile(sizes, values(file, sizes, in)));
    }

    /** The shape of these images, told by their sizes. */
    static ImageSet.Shape shape(int... sizes) {
        int first = sizes.length - 2;
        return new ImageSet.Shape(sizes.length == 3 ? 1 : sizes[1], sizes[first], sizes[first + 1]);
    }

    /** Whether a file begins as one of images does. */
    static boolean isOfImages(Path file) {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                var in = new DataInputStream(unzipped(raw))) {
            return isMark(in.readInt(), OF_IMAGES);
        } catch (EOFException | ZipException e) {
            return false; // too short, or no gzip after all
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The shape of images, from the head alone. */
    static ImageSet.Shape shape(Path file) {
        return read(file, OF_IMAGES, (sizes, in) -> shape(sizes));
    }

    private static boolean isMark(int mark, int... dimensions) {
        return Arrays.stream(dimensions).anyMatch(number -> mark == MARK + number);
    }

    /** Writes it, not gzipped. */
    void write(Path file) throws IOException {
        try (var out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(MARK + sizes.length);
            for (int size : sizes) {
                out.writeInt(size);
            }
            out.write(bytes);
        }
    }

    /** What is made of a file behind its head. */
    private interface Rest<T> {
        T of(int[] sizes, InputStream in) throws IOException;
    }

    private static <T> T read(Path file, int[] known, Rest<T> rest) {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                var in = new DataInputStream(unzipped(raw))) {
            int mark = in.readInt();
            if (!isMark(mark, known)) {
                throw new DataException(file + ": begins with " + mark + ", expected "
                        + Arrays.stream(known)
                                .mapToObj(number -> String.valueOf(MARK + number))
                                .collect(Collectors.joining(" or "))
                        + " (idx, bytes, "
                        + Arrays.stream(known).mapToObj(String::valueOf).collect(Collectors.joining(" or "))
                        + " dimensions)");
            }
            int[] sizes = new int[mark - MARK];
            long length = 1;
            for (int i = 0; i < sizes.length; i++) {
                sizes[i] = in.readInt();
                if (sizes[i] < 0 || (length *= sizes[i]) > Integer.MAX_VALUE - 8) {
                    throw new DataException(file + ": its sizes " + Arrays.toString(sizes) + " are not possible");
                }
            }
            if (sizes.length == 4 && sizes[1] != 1 && sizes[1] != 3) {
                throw new DataException(file + ": its sizes " + Arrays.toString(sizes) + " give an image " + sizes[1]
                        + " channels; expected [rows, channels, height, width] with 1 or 3");
            }
            return rest.of(sizes, in);
        } catch (NoSuchFileException e) {
            throw new DataException(file + ": there is no such file", e);
        } catch (EOFException e) {
            throw new DataException(file + ": ends within its head; it is no idx file, or cut short", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] values(Path file, int[] sizes, InputStream in) throws IOException {
        int length = Arrays.stream(sizes).reduce(1, (a, b) -> a * b); // fits: the head was checked
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || in.read() >= 0) {
            throw new DataException(file + ": " + Arrays.toString(sizes) + " takes " + length + " bytes, the file has "
                    + (bytes.length < length ? String.valueOf(bytes.length) : "more"));
        }
        return bytes;
    }

    private static InputStream unzipped(InputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip ? new GZIPInputStream(in, 1 << 16) : in;
    }
}
