package org.counterweight.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.counterweight.data.DataException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class ArchivesTest {
    private static final Pattern ALL = Pattern.compile("(?s).*");

    @TempDir
    Path directory;

    @Test
    void onlyWhatIsWantedComesOutOfAJar() throws IOException {
        Path jar = zip("a.jar", Map.of("a/one.txt", "1", "a/two.bin", "2"));
        Archives.unpack(jar, out(), Pattern.compile("a/.*\\.txt"), 100);
        assertThat(out().resolve("a/one.txt")).hasContent("1");
        assertThat(out().resolve("a/two.bin")).doesNotExist();
    }

    @Test
    void npmsPackagesAndDebiansAreUnpacked() throws IOException {
        byte[] tar = tar(Map.of("./usr/share/set/data.csv", "a,b\n"));
        Files.write(directory.resolve("set-1.0.tgz"), gzip(tar));
        Files.write(directory.resolve("set_1.0_all.deb"), deb("data.tar.xz", xz(tar)));
        Archives.unpack(directory.resolve("set-1.0.tgz"), out(), ALL, 100);
        assertThat(out().resolve("usr/share/set/data.csv")).hasContent("a,b\n");
        Files.delete(out().resolve("usr/share/set/data.csv"));
        Archives.unpack(directory.resolve("set_1.0_all.deb"), out(), ALL, 100);
        assertThat(out().resolve("usr/share/set/data.csv")).hasContent("a,b\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil.txt", "a/../../evil.txt", "/tmp/evil.txt", "a\\..\\evil.txt"})
    void aPathThatLeavesTheDirectoryIsRefused(String path) throws IOException {
        Path jar = zip("evil.jar", Map.of(path, "x"));
        assertThatThrownBy(() -> Archives.unpack(jar, out(), ALL, 100))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("would be written outside of");
        assertThat(directory.resolve("evil.txt")).doesNotExist();
    }

    @Test
    void linksArePassedOver() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            TarArchiveEntry link = new TarArchiveEntry("passwd", TarConstants.LF_SYMLINK);
            link.setLinkName("/etc/passwd");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        Path file = Files.write(directory.resolve("links.tgz"), gzip(bytes.toByteArray()));
        assertThatThrownBy(() -> Archives.unpack(file, out(), ALL, 100))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has no file like");
        assertThat(out().resolve("passwd")).doesNotExist();
    }

    @Test
    void whatSwellsBeyondItsLimitIsRefused() throws IOException {
        Path jar = zip("bomb.jar", Map.of("zeros", "0".repeat(100_000)));
        assertThatThrownBy(() -> Archives.unpack(jar, out(), ALL, 99_999))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("more than 99999 bytes come out of it");
    }

    @Test
    void whatIsDamagedOrUnknownIsRefused() throws IOException {
        Path cut = Files.write(directory.resolve("cut.tgz"), Arrays.copyOf(gzip(tar(Map.of("a", "b"))), 30));
        assertThatThrownBy(() -> Archives.unpack(cut, out(), ALL, 100))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cut.tgz: cannot be unpacked");
        Path rar = Files.write(directory.resolve("a.rar"), new byte[10]);
        assertThatThrownBy(() -> Archives.unpack(rar, out(), ALL, 100))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("is no jar, zip, tgz or deb");
        Path deb = Files.write(directory.resolve("a.deb"), deb("data.tar.zst", new byte[10]));
        assertThatThrownBy(() -> Archives.unpack(deb, out(), ALL, 100))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has neither data.tar.xz nor data.tar.gz");
    }

    private Path out() throws IOException {
        return Files.createDirectories(directory.resolve("out"));
    }

    private Path zip(String name, Map<String, String> files) throws IOException {
        Path zip = directory.resolve(name);
        try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
            for (var file : new LinkedHashMap<>(files).entrySet()) {
                out.putNextEntry(new ZipEntry(file.getKey()));
                out.write(file.getValue().getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        return zip;
    }

    static byte[] tar(Map<String, String> files) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            for (var file : files.entrySet()) {
                byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] xz(byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (OutputStream out = new XZOutputStream(bytes, new LZMA2Options())) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] deb(String member, byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var ar = new ArArchiveOutputStream(bytes)) {
            for (var file : Map.of("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII), member, content)
                    .entrySet()) {
                ar.putArchiveEntry(new ArArchiveEntry(file.getKey(), file.getValue().length));
                ar.write(file.getValue());
                ar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }
}
