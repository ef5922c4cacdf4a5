package org.counterweight.data;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.counterweight.config.Configs;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** JSON, one object a line: the form in which texts lie in the cache. */
public final class JsonLines {
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private JsonLines() {}

    /**
     * Reads every line in turn; empty ones are passed over.
     *
     * @throws DataException if a line is no JSON object; the message has its number
     */
    public static void read(Path file, Consumer<Line> reader) {
        read(file, line -> {
            reader.accept(line);
            return true;
        });
    }

    /**
     * The first line that is not empty, or null if there is none.
     *
     * @throws DataException if it is no JSON object
     */
    public static @Nullable Line first(Path file) {
        var first = new Line[1];
        read(file, line -> {
            first[0] = line;
            return false;
        });
        return first[0];
    }

    /** Until the reader has had enough. */
    private static void read(Path file, Predicate<Line> reader) {
        long number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line; (line = lines.readLine()) != null; ) {
                number++;
                String text = number == 1 && line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line;
                if (!text.isBlank() && !reader.test(new Line(file, number, object(file, number, text)))) {
                    return;
                }
            }
        } catch (NoSuchFileException e) {
            throw new DataException(file + ": there is no such file", e);
        } catch (CharacterCodingException e) {
            throw new DataException(file + ": is no UTF-8 text; save it as UTF-8", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static ObjectNode object(Path file, long number, String line) {
        try {
            if (Configs.JSON.readTree(line) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw new DataException(
                    file + ":" + number + ": is no JSON ("
                            + e.getOriginalMessage().lines().findFirst().orElse("") + ")",
                    e);
        }
        throw new DataException(file + ":" + number + ": is no JSON object");
    }

    /** One line of a file. */
    public record Line(Path file, long number, ObjectNode values) {
        /**
         * The text or number of that name, as text.
         *
         * @throws DataException if there is none
         */
        public String get(String name) {
            JsonNode value = values.get(name);
            if (value == null) {
                throw new DataException(file + ":" + number + ": has no " + name + "; it has "
                        + String.join(", ", values.propertyNames()));
            }
            if (!value.isValueNode() || value.isNull()) {
                throw new DataException(
                        file + ":" + number + ": " + name + " is " + value + "; expected a text or a number");
            }
            return value.asString();
        }
    }

    /** Begins a file. */
    public static Writer write(Path file) {
        try {
            return new Writer(Files.newBufferedWriter(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** A file that is being written. */
    public static final class Writer implements AutoCloseable {
        private final BufferedWriter out;

        private Writer(BufferedWriter out) {
            this.out = out;
        }

        /** Adds a line. */
        public void row(String name, String value) throws IOException {
            write(Configs.JSON.createObjectNode().put(name, value));
        }

        /** Adds a line. */
        public void row(String name, String value, String other, String otherValue) throws IOException {
            write(Configs.JSON.createObjectNode().put(name, value).put(other, otherValue));
        }

        private void write(ObjectNode row) throws IOException {
            out.write(row.toString());
            out.write('\n');
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
