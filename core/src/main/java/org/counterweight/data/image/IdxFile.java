package org.counterweight.data.image;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
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

    static IdxFile read(Path file, int dimensions) {
        return read(file, dimensions, (sizes, in) -> new IdxFile(sizes, values(file, sizes, in)));
    }

    /** Whether a file begins as one of so many dimensions does. */
    static boolean isAt(Path file, int dimensions) {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                var in = new DataInputStream(unzipped(raw))) {
            return in.readInt() == MARK + dimensions;
        } catch (EOFException | ZipException e) {
            return false; // too short, or no gzip after all
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** The sizes alone, from the head. */
    static int[] sizes(Path file, int dimensions) {
        return read(file, dimensions, (sizes, in) -> sizes);
    }

    /** What is made of a file behind its head. */
    private interface Rest<T> {
        T of(int[] sizes, InputStream in) throws IOException;
    }

    private static <T> T read(Path file, int dimensions, Rest<T> rest) {
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                var in = new DataInputStream(unzipped(raw))) {
            int mark = in.readInt();
            if (mark != MARK + dimensions) {
                throw new DataException(file + ": begins with " + mark + ", expected " + (MARK + dimensions)
                        + " (idx, bytes, " + dimensions + " dimensions)");
            }
            int[] sizes = new int[dimensions];
            long length = 1;
            for (int i = 0; i < dimensions; i++) {
                sizes[i] = in.readInt();
                if (sizes[i] < 0 || (length *= sizes[i]) > Integer.MAX_VALUE - 8) {
                    throw new DataException(file + ": its sizes " + Arrays.toString(sizes) + " are not possible");
                }
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
