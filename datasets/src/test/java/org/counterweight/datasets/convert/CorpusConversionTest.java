package org.counterweight.datasets.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.counterweight.data.DataException;
import org.counterweight.data.text.Documents;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.data.text.TextSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusConversionTest {
    @TempDir
    Path in;

    @TempDir
    Path out;

    private void write(String path, String content) throws IOException {
        Path file = in.resolve(path);
        Files.createDirectories(in.resolve(path + "/..").normalize());
        Files.writeString(file, content, StandardCharsets.ISO_8859_1);
    }

    @Test
    void brownLosesItsTags() throws IOException {
        write("package/ca01", "\n\n\tThe/at jury/nn and/or/cc ./.\n\n\tCaf\u00e9/nn\n");
        write("package/cats.txt", "ca01 news");
        CorpusConversion.brown().convert(in, out);
        assertThat(Documents.read(out)).containsExactly("The jury and/or .\nCaf\u00e9");
    }

    @Test
    void fortunesAreCutAtTheirMarks() throws IOException {
        write("f/art", "One.\n\t-- A\n%\nTwo 100%.\n%\n");
        write("f/art.dat", "index");
        CorpusConversion.fortunes("f").convert(in, out);
        assertThat(Documents.read(out)).containsExactly("One.\n\t-- A", "Two 100%.");
    }

    @Test
    void aDictionaryIsCutByItsIndex() throws IOException {
        Path directory = Files.createDirectories(in.resolve("usr/share/dictd"));
        try (OutputStream text = new GZIPOutputStream(Files.newOutputStream(directory.resolve("toy.dict.dz")))) {
            text.write("about us\none\nfirst\ntwo\n".getBytes(StandardCharsets.US_ASCII));
        }
        Files.writeString(directory.resolve("toy.index"), "00-database-info\tA\tJ\none\tJ\tK\nuno\tJ\tK\ntwo\tT\tE\n");
        CorpusConversion.dictd("toy").convert(in, out);
        assertThat(Documents.read(out)).containsExactly("one\nfirst", "two");
        assertThat(Dictionary.number("BA")).isEqualTo(64);
        assertThatThrownBy(() -> Dictionary.number("B*")).isInstanceOf(DataException.class);
        Files.writeString(directory.resolve("toy.index"), "one\tJ\tBA\n");
        assertThatThrownBy(() -> CorpusConversion.dictd("toy").convert(in, out))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("an entry of 64 bytes at 9 does not lie in the text of 23");
    }

    @Test
    void mailsHaveTheClassOfTheirGroup() throws IOException {
        write("package/data/easy-ham-1/1.json", "{\"id\": \"1\", \"group\": \"easy-ham-1\", \"text\": \"Hi\"}");
        write("package/data/spam-2/2.json", "{\"id\": \"2\", \"group\": \"spam-2\", \"text\": \"Buy\"}");
        CorpusConversion.spamAssassin().convert(in, out);
        LabelledTexts mails = TextSet.read(out).train();
        assertThat(mails.texts()).containsExactly("Hi", "Buy");
        assertThat(mails.labelNames()).containsExactly("ham", "spam");
        assertThat(mails.labels()).containsExactly(0, 1);
    }
}
