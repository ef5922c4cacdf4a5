package org.counterweight.datasets;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.counterweight.data.DataException;
import org.tukaani.xz.XZInputStream;

/**
 * Unpacks zip and jar, tar.gz and Debian packages. Archives come from strangers: a path that leaves the directory is
 * refused, links are passed over, and there is an end to how much comes out of one.
 */
final class Archives {
    private static final int BUFFER = 1 << 16;
    private static final int MAX_FILES = 500_000;

    private final Path archive;
    private final Path directory;
    private final Pattern wanted;
    private final long maxBytes;
    private long bytes;
    private int files;

    private Archives(Path archive, Path directory, Pattern wanted, long maxBytes) {
        this.archive = archive;
        this.directory = directory;
        this.wanted = wanted;
        this.maxBytes = maxBytes;
    }

    /**
     * Unpacks those files whose whole path in the archive matches {@code wanted}, to the same path below {@code directory}.
     *
     * @param maxBytes how much may come out of it
     * @throws DataException if it is damaged, unsafe, too large, of an unknown kind, or has no such file
     */
    static void unpack(Path archive, Path directory, Pattern wanted, long maxBytes) {
        var work = new Archives(archive, directory, wanted, maxBytes);
        String name = String.valueOf(archive.getFileName());
        try (InputStream in = new BufferedInputStream(Files.newInputStream(archive), BUFFER)) {
            if (name.endsWith(".jar") || name.endsWith(".zip")) {
                work.zip(in);
            } else if (name.endsWith(".tgz") || name.endsWith(".tar.gz")) {
                work.tar(new GZIPInputStream(in, BUFFER));
            } else if (name.endsWith(".deb")) {
                work.deb(in);
            } else {
                throw new DataException(archive + " is no jar, zip, tgz or deb");
            }
        } catch (IOException e) {
            throw new DataException(archive + ": cannot be unpacked: " + e.getMessage(), e);
        }
        if (work.files == 0) {
            throw new DataException(archive + ": has no file like " + wanted);
        }
    }

    private void zip(InputStream in) throws IOException {
        var zip = new ZipInputStream(in);
        for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
            if (!entry.isDirectory()) {
                take(entry.getName(), zip);
            }
        }
    }

    private void tar(InputStream in) throws IOException {
        var tar = new TarArchiveInputStream(in);
        for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
            boolean plain =
                    entry.getLinkFlag() == TarConstants.LF_NORMAL || entry.getLinkFlag() == TarConstants.LF_OLDNORM;
            if (plain && !entry.isDirectory()) { // isFile() is true of links too
                take(entry.getName().replaceFirst("^\\./", ""), tar);
            }
        }
    }

    private void deb(InputStream in) throws IOException {
        var ar = new ArArchiveInputStream(in);
        for (ArArchiveEntry entry; (entry = ar.getNextEntry()) != null; ) {
            if (entry.getName().equals("data.tar.xz")) {
                tar(new XZInputStream(ar));
                return;
            }
            if (entry.getName().equals("data.tar.gz")) {
                tar(new GZIPInputStream(ar, BUFFER));
                return;
            }
        }
        throw new DataException(archive + ": has neither data.tar.xz nor data.tar.gz");
    }

    private void take(String name, InputStream content) throws IOException {
        if (!wanted.matcher(name).matches()) {
            return;
        }
        Path target = directory.resolve(name).normalize();
        if (name.startsWith("/") || name.contains("\\") || !target.startsWith(directory) || target.equals(directory)) {
            throw new DataException(
                    archive + ": \"" + name + "\" would be written outside of " + directory + "; it is not safe");
        }
        if (++files > MAX_FILES) {
            throw new DataException(archive + ": has more than " + MAX_FILES + " files");
        }
        Files.createDirectories(target.getParent());
        copy(content, target);
    }

    private void copy(InputStream content, Path target) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (OutputStream out = Files.newOutputStream(target)) {
            for (int read; (read = content.read(buffer)) >= 0; ) {
                bytes += read;
                if (bytes > maxBytes) {
                    throw new DataException(
                            archive + ": more than " + maxBytes + " bytes come out of it; it is not what it says");
                }
                out.write(buffer, 0, read);
            }
        }
    }
}
