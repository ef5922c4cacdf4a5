package org.counterweight.datasets.foreign;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.counterweight.data.DataException;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.LZMA2InputStream;

/**
 * Data of R, as far as tables and vectors go: R's serialization (R Internals, section 1.8), and the database of a package,
 * {@code Rdata.rdx} (where each object lies) with {@code Rdata.rdb} (the objects, compressed one by one).
 */
public final class RData {
    private static final int MAX_CHUNK = 1 << 28;
    private static final int MAX_DEPTH = 64;

    private final ByteBuffer bytes;
    private final List<String> symbols = new ArrayList<>();
    private int depth;

    private RData(byte[] content) {
        bytes = ByteBuffer.wrap(content);
    }

    /**
     * One value.
     *
     * @param data {@code int[]}, {@code double[]}, {@code String[]} or {@code Value[]}; null for R's NULL
     */
    public record Value(@Nullable Object data, Map<String, Value> attributes) {
        private static final int MISSING = Integer.MIN_VALUE; // R's NA among whole numbers
        private static final Value NULL = new Value(null, Map.of());

        /** The elements by their names: the columns of a data frame, the variables of a database. */
        Map<String, Value> named() {
            Value names = attributes.get("names");
            if (!(data instanceof Value[] elements)
                    || names == null
                    || !(names.data instanceof String[] texts)
                    || texts.length != elements.length) {
                throw new DataException("R data: expected a list with names");
            }
            var named = new LinkedHashMap<String, Value>();
            for (int i = 0; i < elements.length; i++) {
                named.put(texts[i], elements[i]);
            }
            return named;
        }

        /** The element of that name. */
        public Value get(String name) {
            Value value = named().get(name);
            if (value == null) {
                throw new DataException(
                        "R data: there is no " + name + "; there are " + String.join(", ", named().keySet()));
            }
            return value;
        }

        /** The values as texts; those of a factor by its levels, missing ones empty. */
        public String[] texts() {
            Value levels = attributes.get("levels");
            if (data instanceof int[] codes && levels != null && levels.data instanceof String[] names) {
                String[] texts = new String[codes.length];
                for (int i = 0; i < texts.length; i++) {
                    texts[i] = codes[i] < 1 || codes[i] > names.length ? "" : names[codes[i] - 1];
                }
                return texts;
            }
            if (data instanceof String[] texts) {
                return texts;
            }
            if (data instanceof int[] whole && levels == null) {
                return Arrays.stream(whole)
                        .mapToObj(value -> value == MISSING ? "" : Integer.toString(value))
                        .toArray(String[]::new);
            }
            if (data instanceof double[] numbers) {
                return Arrays.stream(numbers)
                        .mapToObj(value -> Double.isNaN(value) ? "" : Double.toString(value))
                        .toArray(String[]::new);
            }
            throw new DataException("R data: expected texts, numbers or a factor");
        }
    }

    /** Every object of a package's database whose name is asked for. */
    public static Map<String, Value> database(Path directory, String... names) throws IOException {
        byte[] index;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(directory.resolve("Rdata.rdx")))) {
            index = in.readNBytes(MAX_CHUNK);
        }
        Map<String, Value> places = read(index).get("variables").named();
        ByteBuffer objects = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("Rdata.rdb")));
        var found = new LinkedHashMap<String, Value>();
        for (String name : names) {
            Value place = places.get(name);
            if (place == null || !(place.data() instanceof int[] at) || at.length != 2) {
                throw new DataException(
                        directory + ": has no " + name + "; it has " + String.join(", ", places.keySet()));
            }
            if (at[0] < 0 || at[1] < 5 || (long) at[0] + at[1] > objects.capacity()) {
                throw new DataException(directory + ": " + name + " does not lie in Rdata.rdb");
            }
            found.put(name, read(chunk(objects, at[0], at[1])));
        }
        return found;
    }

    /** Four bytes of length, and either zlib's data at once or a letter for the kind of compression before them. */
    private static byte[] chunk(ByteBuffer objects, int offset, int length) throws IOException {
        int size = objects.getInt(offset);
        if (size < 0 || size > MAX_CHUNK) {
            throw new DataException("R data: an object of " + size + " bytes is not possible");
        }
        byte kind = objects.get(offset + 4);
        byte[] all = objects.array();
        InputStream in = switch (kind) {
            case '2' -> new BZip2CompressorInputStream(new ByteArrayInputStream(all, offset + 5, length - 5));
            case 'Z' -> new LZMA2InputStream(new ByteArrayInputStream(all, offset + 5, length - 5), 8 << 20);
            case '0' -> new ByteArrayInputStream(all, offset + 5, length - 5);
            default -> new InflaterInputStream(new ByteArrayInputStream(all, offset + 4, length - 4));
        };
        try (in) {
            return in.readNBytes(size);
        }
    }

    /** Reads a serialized value, not compressed. */
    static Value read(byte[] content) {
        var reader = new RData(content);
        try {
            return reader.start();
        } catch (BufferUnderflowException e) {
            throw new DataException("R data: ends within a value", e);
        }
    }

    private Value start() {
        if (bytes.get() != 'X' || bytes.get() != '\n') {
            throw new DataException("R data: is not in R's binary form");
        }
        int version = bytes.getInt();
        bytes.getInt(); // the version of R that wrote it
        bytes.getInt(); // the oldest that can read it
        if (version == 3) {
            bytes.position(bytes.position() + 4 + length(bytes.getInt(bytes.position()), 1)); // the native encoding
        } else if (version != 2) {
            throw new DataException("R data: serialization of version " + version + " is not read");
        }
        return item();
    }

    private Value item() {
        if (++depth > MAX_DEPTH) {
            throw new DataException("R data: is nested more than " + MAX_DEPTH + " deep");
        }
        int flags = bytes.getInt();
        boolean hasAttributes = (flags & 0x200) != 0;
        Value value = switch (flags & 0xff) {
            case 254 -> Value.NULL;
            case 1 -> symbol();
            case 255 -> reference(flags >>> 8);
            case 2 -> new Value(new Value[0], pairs(flags));
            case 9 -> text(flags);
            case 10, 13 -> vector(integers(), hasAttributes);
            case 14 -> vector(doubles(), hasAttributes);
            case 16 -> vector(texts(), hasAttributes);
            case 19 -> vector(values(), hasAttributes);
            case 238 -> alternative();
            default -> throw new DataException("R data: values of type " + (flags & 0xff) + " are not read");
        };
        depth--;
        return value;
    }

    private Value vector(Object data, boolean hasAttributes) {
        return new Value(data, hasAttributes ? item().attributes() : Map.of());
    }

    /** A list of pairs, as attributes are stored: head and tail, each pair with a name. */
    private Map<String, Value> pairs(int first) {
        var pairs = new LinkedHashMap<String, Value>();
        int flags = first;
        while ((flags & 0xff) == 2) {
            if ((flags & 0x200) != 0) {
                item();
            }
            String name = (flags & 0x400) != 0 ? only(item()) : String.valueOf(pairs.size());
            pairs.put(name, item());
            flags = bytes.getInt();
        }
        if ((flags & 0xff) != 254) {
            throw new DataException("R data: a list of pairs ends with type " + (flags & 0xff));
        }
        return pairs;
    }

    private Value symbol() {
        Value name = item();
        symbols.add(only(name));
        return name;
    }

    private Value reference(int packed) {
        int index = (packed == 0 ? bytes.getInt() : packed) - 1;
        if (index < 0 || index >= symbols.size()) {
            throw new DataException("R data: refers to symbol " + (index + 1) + " of " + symbols.size());
        }
        return new Value(new String[] {symbols.get(index)}, Map.of());
    }

    private static String only(Value value) {
        if (value.data() instanceof String[] texts && texts.length == 1) {
            return texts[0];
        }
        throw new DataException("R data: expected a name");
    }

    private Value text(int flags) {
        int length = bytes.getInt();
        if (length == -1) {
            return new Value(new String[] {""}, Map.of()); // NA
        }
        byte[] text = new byte[length(length, 1)];
        bytes.get(text);
        boolean latin = (flags >>> 12 & 4) != 0;
        return new Value(
                new String[] {new String(text, latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8)},
                Map.of());
    }

    private int[] integers() {
        int[] values = new int[length(bytes.getInt(), 4)];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.getInt();
        }
        return values;
    }

    private double[] doubles() {
        double[] values = new double[length(bytes.getInt(), 8)];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.getDouble();
        }
        return values;
    }

    private String[] texts() {
        String[] values = new String[length(bytes.getInt(), 8)];
        for (int i = 0; i < values.length; i++) {
            values[i] = only(item());
        }
        return values;
    }

    private Value[] values() {
        Value[] values = new Value[length(bytes.getInt(), 4)];
        for (int i = 0; i < values.length; i++) {
            values[i] = item();
        }
        return values;
    }

    /** A length that fits what is left of the data. */
    private int length(int length, int bytesEach) {
        if (length < 0 || (long) length * bytesEach > bytes.remaining()) {
            throw new DataException("R data: " + length + " values where " + bytes.remaining() + " bytes are left");
        }
        return length;
    }

    /** ALTREP: a compact form of a vector. */
    private Value alternative() {
        Map<String, Value> info = item().attributes();
        String kind = only(info.getOrDefault("0", Value.NULL));
        Value state = item();
        Map<String, Value> attributes = item().attributes();
        if (kind.startsWith("wrap_") && state.data() instanceof Value[] parts && parts.length > 0) {
            return new Value(parts[0].data(), attributes);
        }
        if (kind.equals("compact_intseq") && state.data() instanceof double[] sequence && sequence.length == 3) {
            if (!(sequence[0] >= 0 && sequence[0] <= MAX_CHUNK)) {
                throw new DataException("R data: a sequence of " + sequence[0] + " numbers is not possible");
            }
            int[] values = new int[(int) sequence[0]];
            for (int i = 0; i < values.length; i++) {
                values[i] = (int) (sequence[1] + i * sequence[2]);
            }
            return new Value(values, attributes);
        }
        throw new DataException("R data: compact vectors of kind " + kind + " are not read");
    }
}
