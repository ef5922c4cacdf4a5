package org.counterweight.data.table.form;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Kinds of files that are known by their first bytes, whatever they are called: a table named after another kind than it is would
 * be refused for its letters, which tells nobody what to do. Signatures that are plain letters are taken with the byte that comes
 * after them, so that a table whose first column is called PAR1 is read.
 */
public enum Signature {
    GZIP("\u001f\u008b", ".gz", "is packed by gzip; let its name end in .gz"),
    PARQUET("PAR1\u0015", ".parquet", "is a Parquet file; let its name end in .parquet"),
    ZIP("PK\u0003\u0004", "", "is a zip archive, as Excel's workbooks are too; unpack it, or save the sheet as CSV"),
    ZSTANDARD("\u0028\u00b5\u002f\u00fd", "", "is packed by zstd; unpack it, or pack it with gzip"),
    BZIP2("BZh91AY&SY", "", "is packed by bzip2; unpack it, or pack it with gzip"),
    XZ("\u00fd7zXZ", "", "is packed by xz; unpack it, or pack it with gzip"),
    ARROW("ARROW1\u0000", "", "is an Arrow or Feather file; write it as Parquet"),
    HTML("<!DOCTYPE ", "", "is a page of the web and no table; look at what was fetched"),
    LFS(
            "version https://git-lfs.github.com/",
            "",
            "is a pointer of Git LFS and not the file itself; fetch that with git lfs pull");

    private final byte[] first;
    private final String ending;
    private final String message;

    Signature(String first, String ending, String message) {
        this.first = first.getBytes(StandardCharsets.ISO_8859_1);
        this.ending = ending;
        this.message = message;
    }

    /** What a file is and what to do about it; null where its bytes do not contradict its name. */
    public static @Nullable String of(Bytes bytes) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(bytes.file())) {
            head = in.readNBytes(40);
        }
        String name = bytes.file().toString().toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(kind -> kind.begins(head) && (kind.ending.isEmpty() || !name.endsWith(kind.ending)))
                .map(kind -> kind.message)
                .findFirst()
                .orElse(null);
    }

    private boolean begins(byte[] head) {
        return head.length >= first.length && Arrays.equals(head, 0, first.length, first, 0, first.length);
    }
}
