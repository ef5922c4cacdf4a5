package org.counterweight.studies.page;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.studies.plan.arm.Runs;
import org.counterweight.studies.plan.shown.Figure;

/**
 * What reproductions leave behind: a directory for each, and one page over all of them that holds its pictures in itself and
 * needs no network.
 */
public final class Gallery {
    static final String RESULTS = "results.json";
    private static final String TABLE = "table.md";
    private static final String PAGE = "index.html";
    private static final TemplateEngine TEMPLATES = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Gallery.class.getClassLoader(), "org.counterweight.studies.page.template");

    private Gallery() {}

    /**
     * Refuses a place with what no reproduction wrote, and the results would replace; before the work.
     *
     * @param slug of the study
     * @throws ConfigException with the first such file
     */
    public static void check(Path output, String slug) throws IOException {
        Path page = output.resolve(PAGE);
        if (Files.exists(page) && !hasResults(output)) {
            throw foreign(page);
        }
        Path place = output.resolve(slug);
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            throw foreign(place);
        }
        boolean isOurs = Files.isRegularFile(place.resolve(RESULTS));
        try (Stream<Path> entries = Files.list(place)) {
            for (Path entry : entries.sorted().toList()) {
                String name = entry.getFileName().toString();
                boolean isKnown = name.equals(RESULTS) || name.equals(TABLE) || name.matches(".*\\.(svg|png)");
                if (!isOurs || !isKnown || !Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    throw foreign(entry);
                }
            }
        }
    }

    private static boolean hasResults(Path output) throws IOException {
        try (Stream<Path> directories = Files.list(output)) {
            return directories.anyMatch(directory -> Files.isRegularFile(directory.resolve(RESULTS)));
        }
    }

    private static ConfigException foreign(Path file) {
        return new ConfigException(
                file + " was written by no reproduction, and is not replaced; name another directory with --output");
    }

    /** Writes one report, then the page over all reports below {@code output}. */
    public static void write(Path output, StudyResult report, List<Figure> figures, Runs runs) throws IOException {
        Files.createDirectories(output);
        Path fresh = Files.createTempDirectory(output, "." + report.slug() + "-");
        try {
            for (Figure figure : figures) {
                Files.writeString(
                        fresh.resolve(figure.name() + ".svg"),
                        Charts.of(figure, runs).svg());
            }
            Files.writeString(fresh.resolve(TABLE), Markdown.of(report));
            Configs.JSON
                    .writerWithDefaultPrettyPrinter()
                    .writeValue(fresh.resolve(RESULTS).toFile(), report);
            replace(fresh, output.resolve(report.slug()));
        } finally {
            delete(fresh);
        }
        writePage(output);
    }

    /** Makes {@code index.html} anew from the reports that lie below {@code output}. */
    public static void writePage(Path output) throws IOException {
        StringOutput page = new StringOutput();
        TEMPLATES.render("gallery.jte", Map.of("reports", read(output), "images", new Images(output)), page);
        Path fresh = Files.createTempFile(output, ".index-", ".html");
        try {
            Files.writeString(fresh, page.toString());
            Files.move(fresh, output.resolve(PAGE), StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    /** The reports that lie below {@code output}, by slug. */
    public static List<StudyResult> read(Path output) throws IOException {
        try (Stream<Path> directories = Files.list(output)) {
            return directories
                    .filter(directory -> !directory.getFileName().toString().startsWith("."))
                    .map(directory -> directory.resolve(RESULTS))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .map(file -> Configs.JSON.readValue(file.toFile(), StudyResult.class))
                    .toList();
        }
    }

    private static void replace(Path fresh, Path place) throws IOException {
        if (!Files.exists(place)) {
            Files.move(fresh, place);
            return;
        }
        Path old = Files.createTempDirectory(place.toAbsolutePath().getParent(), ".old-");
        try {
            Files.move(place, old.resolve("was"));
            Files.move(fresh, place);
        } finally {
            delete(old);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            for (Path entry : entries.toList()) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) { // what a link leads to is not ours
                    delete(entry);
                } else {
                    Files.delete(entry);
                }
            }
        }
        try {
            Files.delete(directory);
        } catch (DirectoryNotEmptyException e) {
            throw new IOException(directory + ": something is still writing into it", e);
        }
    }

    /** The pictures of the page, as data addresses. */
    public record Images(Path output) {
        /** {@code data:image/svg+xml;base64,…}; results of before have PNG files. */
        public String of(StudyResult report, StudyResult.Picture picture) {
            try {
                byte[] bytes = Files.readAllBytes(output.resolve(report.slug()).resolve(picture.file()));
                String type = picture.file().endsWith(".svg") ? "svg+xml" : "png";
                return "data:image/" + type + ";base64," + Base64.getEncoder().encodeToString(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
