package org.counterweight.data.table.form;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** The bytes of a file, unpacked if its name ends in {@code .gz}. */
public record Bytes(Path file) {
    private static final String PACKED = ".gz";

    /** The name in lower case, without {@code .gz}. */
    public String name() {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return isPacked() ? name.substring(0, name.length() - PACKED.length()) : name;
    }

    public boolean isPacked() {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(PACKED);
    }

    public InputStream open() throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            return isPacked() ? new GZIPInputStream(in, 1 << 16) : new BufferedInputStream(in, 1 << 16);
        } catch (IOException | RuntimeException e) {
            in.close();
            throw e;
        }
    }

    /** As text; bytes that are none of that encoding are an error when they are read. */
    public Reader open(Charset charset) throws IOException {
        return new InputStreamReader(
                open(),
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
    }
}
