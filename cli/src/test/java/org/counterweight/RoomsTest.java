package org.counterweight;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A room holds about a dozen files; {@code docs/rooms.md} draws them all. */
class RoomsTest {
    private static final Path PAGE = Path.of("docs", "rooms.md");
    private static final List<String> MODULES =
            List.of("core", "methods", "datasets", "report", "jobs", "studies", "cli", "spark", "bench");
    private static final int ABOUT_A_DOZEN = 15;

    private static final Pattern SENTENCE = Pattern.compile("(?s)/\\*\\*\\s*(.*?\\.)(?:\\s|$)");

    /** A package's main sources, its own page not counted. */
    private record Room(String name, int files, String line) {}

    @Test
    void noRoomIsOverfull() {
        rooms().forEach((module, rooms) -> rooms.stream()
                .forEach(room -> assertThat(room.files()).as(room.name()).isLessThanOrEqualTo(ABOUT_A_DOZEN)));
    }

    @Test
    void thePageDrawsThem() throws IOException {
        String page = page();
        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/rooms.md; -Dtest=RoomsTest -Dupdate.docs=true writes it anew")
                .isEqualTo(page);
    }

    private static String page() {
        var page = new StringBuilder("""
            # Rooms

            Every package, with the number of its files and the first sentence of its page. Arrows between modules point down
            only, and no package depends on itself through others, at whatever depth: `ArchitectureTest` checks that. This page
            is written by `RoomsTest`, which also limits each package to about a dozen files. `spark` depends on `jobs`, and
            nothing depends on it.

            ```
            cli
             ├── jobs ───┬─ report
             │    └──────┼─ datasets
             └── studies ┘    │
                   │          │
                   └─ methods │
                        └── core
            ```
            """);
        rooms().forEach((module, rooms) -> {
            page.append("\n## ").append(module).append("\n\n| package | files | what lives there |\n|---|---|---|\n");
            for (Room room : rooms) {
                page.append("| `")
                        .append(room.name())
                        .append("` | ")
                        .append(room.files())
                        .append(" | ");
                page.append(room.line().replace("|", "\\|")).append(" |\n");
            }
        });
        return page.toString();
    }

    private static Map<String, List<Room>> rooms() {
        var all = new TreeMap<String, List<Room>>((a, b) -> MODULES.indexOf(a) - MODULES.indexOf(b));
        for (String module : MODULES) {
            Path root = Path.of(module, "src", "main", "java", "org", "counterweight");
            try (Stream<Path> directories = Files.walk(root).filter(Files::isDirectory)) {
                all.put(
                        module,
                        directories
                                .sorted()
                                .map(directory -> room(root, directory))
                                .filter(room -> room.files() > 0)
                                .toList());
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
        return all;
    }

    private static Room room(Path root, Path directory) {
        String name = root.relativize(directory)
                .toString()
                .replace(directory.getFileSystem().getSeparator(), ".");
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> sources =
                    files.filter(file -> file.toString().endsWith(".java")).toList();
            Path own = directory.resolve("package-info.java");
            String line = Files.exists(own) ? line(Files.readString(own)) : "";
            int count =
                    (int) sources.stream().filter(source -> !source.equals(own)).count();
            assertThat(count == 0 || !line.isEmpty()).as(name + " has a page").isTrue();
            return new Room(name, count, line);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The first sentence of a package's page, without Javadoc's signs. */
    private static String line(String page) {
        String text = page.replaceAll("(?m)^ \\* ?", "");
        Matcher first = SENTENCE.matcher(text);
        return first.find()
                ? Objects.requireNonNull(first.group(1))
                        .replaceAll("\\{@code ([^}]*)}", "$1")
                        .replaceAll("\\{@link (?:[\\w.]*\\.)?([\\w-]+)(?: ([\\w ]+))?}", "$1")
                        .replaceAll("\\s+", " ")
                : "";
    }
}
