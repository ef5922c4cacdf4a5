package org.counterweight.data.table;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.counterweight.config.Configs;
import org.counterweight.data.table.row.TableFormat;

/**
 * A file that is not as files should be.
 *
 * @param about what is awkward, in the words of the page
 * @param settings of its format, as YAML; what is not there is found out
 * @param wanted columns; a name that begins with # is wanted as numbers
 * @param said of it, line by line, or the refusal; the directory left out
 * @param rows that are read, cells with | between them; none if the file is refused
 */
record AwkwardTable(
        String about, String file, byte[] bytes, String settings, List<String> wanted, String said, List<String> rows) {
    private static final List<String> COLUMNS = List.of("text", "label");

    static AwkwardTable text(String about, String file, String text) {
        return new AwkwardTable(about, file, text.getBytes(StandardCharsets.UTF_8), "", COLUMNS, "", List.of());
    }

    AwkwardTable in(String charset) {
        byte[] other = new String(bytes, StandardCharsets.UTF_8).getBytes(Charset.forName(charset));
        return new AwkwardTable(about, file, other, settings, wanted, said, rows);
    }

    AwkwardTable packed() {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new AwkwardTable(about, file, out.toByteArray(), settings, wanted, said, rows);
    }

    AwkwardTable with(String format) {
        return new AwkwardTable(about, file, bytes, format, wanted, said, rows);
    }

    AwkwardTable wants(String... columns) {
        return new AwkwardTable(about, file, bytes, settings, List.of(columns), said, rows);
    }

    AwkwardTable says(String line) {
        return new AwkwardTable(about, file, bytes, settings, wanted, line, rows);
    }

    AwkwardTable reads(String... read) {
        return new AwkwardTable(about, file, bytes, settings, wanted, said, List.of(read));
    }

    TableFormat format() {
        return settings.isEmpty()
                ? TableFormat.FIND_OUT
                : Configs.bind(Configs.yaml("{" + settings + "}", "settings"), TableFormat.class, "data.format");
    }

    @Override
    public String toString() {
        return about;
    }
}
