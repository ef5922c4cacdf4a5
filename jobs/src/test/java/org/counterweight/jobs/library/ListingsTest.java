package org.counterweight.jobs.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The listings of {@code docs/library.md} are the files that {@code .ci/library} compiles and runs. */
class ListingsTest {
    private static final Pattern LISTING = Pattern.compile("`(\\w+)\\.java`:\n\n```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern BLOCK = Pattern.compile("<pre>\\{@code\n(.*?) \\* }</pre>", Pattern.DOTALL);

    @Test
    void everyListingIsItsFile() throws IOException {
        String page = Files.readString(Path.of("docs/library.md"));
        var listings = LISTING.matcher(page).results().toList();
        assertThat(listings.stream().map(listing -> listing.group(1)))
                .as("every file but those that run the others")
                .containsExactlyInAnyOrderElementsOf(files());
        assertThat(page.split("```java", -1)).as("blocks of Java").hasSize(listings.size() + 1);
        for (var listing : listings) {
            Path file = Path.of("docs/library/src/main/java", listing.group(1) + ".java");
            assertThat(listing.group(2)).as(file.toString()).isEqualTo(Files.readString(file));
        }
    }

    private static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("docs/library/src/main/java"))) {
            return files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .filter(name ->
                            !List.of("Listings", "Memory", "Tiny", "Verbs").contains(name))
                    .toList();
        }
    }

    /** The page of the root package has parts of a file that runs with them. */
    @Test
    void theMapsListingsRunToo() throws IOException {
        String map = Files.readString(Path.of("core/src/main/java/org/counterweight/package-info.java"));
        String verbs = dense(Files.readString(Path.of("docs/library/src/main/java/Verbs.java")));
        var blocks = BLOCK.matcher(map).results().toList();
        assertThat(blocks).hasSize(5);
        for (var block : blocks) {
            for (String part :
                    dense(block.group(1).replaceAll("(?m)^ \\* ?", "")).split("(?=Paramsadapted|Paramstapped)")) {
                assertThat(verbs).contains(part.replaceFirst("\\}+$", ""));
            }
        }
    }

    private static String dense(String code) {
        return code.replaceAll("\\s+", "");
    }
}
