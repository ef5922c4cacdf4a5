package org.counterweight.datasets.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.counterweight.data.DataException;
import org.counterweight.data.text.TextSet;
import org.counterweight.datasets.convert.RConversion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RDataTest {
    private static final int ATTRIBUTES = 0x200;
    private static final int TAG = 0x400;

    @TempDir
    Path in;

    @TempDir
    Path out;

    /** Writes R's binary form. */
    private static final class R {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DataOutputStream data = new DataOutputStream(bytes);

        R() throws IOException {
            data.writeBytes("X\n");
            ints(2, 0x30600, 0x20300);
        }

        R ints(int... values) throws IOException {
            for (int value : values) {
                data.writeInt(value);
            }
            return this;
        }

        R text(String text) throws IOException {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            ints(9, utf8.length);
            data.write(utf8);
            return this;
        }

        R texts(String... texts) throws IOException {
            ints(16, texts.length);
            for (String text : texts) {
                text(text);
            }
            return this;
        }

        /** The attribute of that name follows. */
        R attribute(String name) throws IOException {
            ints(2 | TAG, 1);
            return text(name);
        }

        R end() throws IOException {
            return ints(254);
        }
    }

    /** Two rows: review "good", "bad"; score, a factor of great and other. */
    private static byte[] table() throws IOException {
        R r = new R().ints(19 | ATTRIBUTES, 2).texts("good", "bad");
        r.ints(13 | ATTRIBUTES, 2, 1, 2)
                .attribute("levels")
                .texts("great", "other")
                .end();
        return r.attribute("names").texts("review", "score").end().bytes.toByteArray();
    }

    /** Writes an object into a package's database, under two names. */
    private void database(byte[] object) throws IOException {
        var compressed = new ByteArrayOutputStream();
        new DataOutputStream(compressed).writeInt(object.length);
        try (OutputStream deflater = new DeflaterOutputStream(compressed)) {
            deflater.write(object);
        }
        Files.write(in.resolve("Rdata.rdb"), compressed.toByteArray());
        R index = new R().ints(19 | ATTRIBUTES, 1).ints(19 | ATTRIBUTES, 2);
        index.ints(13, 2, 0, compressed.size()).ints(13, 2, 0, compressed.size());
        index.attribute("names").texts("training", "testing").end();
        index.attribute("names").texts("variables").end();
        try (OutputStream rdx = new GZIPOutputStream(Files.newOutputStream(in.resolve("Rdata.rdx")))) {
            rdx.write(index.bytes.toByteArray());
        }
    }

    @Test
    void aPackagesTableBecomesATableWithItsNumbersAndWhatIsMissing() throws IOException {
        R r = new R().ints(19 | ATTRIBUTES, 3).texts("good, yes", "bad").ints(13, 2, 7, Integer.MIN_VALUE);
        r.ints(14, 2).ints(0x3ff80000, 0, 0x7ff00000, 1954); // 1.5, and R's NA
        database(r.attribute("names").texts("said", "count", "size").end().bytes.toByteArray());
        RConversion.table("", "training", "rows.csv", "count", "said", "size").convert(in, out);
        assertThat(out.resolve("rows.csv")).hasContent("count,said,size\n7,\"good, yes\",1.5\n,bad,\n");
    }

    @Test
    void aPackagesTableBecomesTexts() throws IOException {
        database(table());
        RConversion.texts("", "training", "testing", "review", "score").convert(in, out);
        TextSet set = TextSet.read(out);
        assertThat(set.train().texts()).containsExactly("good", "bad");
        assertThat(set.train().labelNames()).containsExactly("great", "other");
        assertThat(set.test()).isNotNull();
        assertThatThrownBy(() -> RData.database(in, "nothing"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has no nothing; it has training, testing");
    }

    @Test
    void compactSequencesAreUnfolded() throws IOException {
        R r = new R().ints(238).ints(2, 1).text("compact_intseq").end(); // the class, a pair without name
        r.ints(14, 3);
        for (double number : new double[] {3, 5, 1}) {
            r.data.writeDouble(number);
        }
        assertThat(RData.read(r.end().bytes.toByteArray()).data()).isEqualTo(new int[] {5, 6, 7});
    }

    @Test
    void whatIsHostileIsRefused() throws IOException {
        assertWrong("no R".getBytes(StandardCharsets.US_ASCII), "is not in R's binary form");
        assertWrong(new R().ints(13).bytes.toByteArray(), "ends within a value");
        assertWrong(new R().ints(13, 1 << 30).bytes.toByteArray(), "1073741824 values where 0 bytes are left");
        assertWrong(new R().ints(13, -1).bytes.toByteArray(), "-1 values");
        assertWrong(new R().ints(255 | 7 << 8).bytes.toByteArray(), "refers to symbol 7 of 0");
        assertWrong(new R().ints(4).bytes.toByteArray(), "values of type 4 are not read");
        R deep = new R();
        for (int i = 0; i < 100; i++) {
            deep.ints(19, 1);
        }
        assertWrong(deep.bytes.toByteArray(), "nested more than 64 deep");
    }

    private static void assertWrong(byte[] content, String message) {
        assertThatThrownBy(() -> RData.read(content))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(message);
    }
}
