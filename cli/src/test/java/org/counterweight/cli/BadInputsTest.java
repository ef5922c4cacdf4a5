package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever is given wrongly is refused in one or two lines that say where it is, what was found and what to do, and nothing
 * is written. The page {@code docs/errors.md} shows what is said; {@code -Dupdate.docs} with this test writes it anew.
 */
class BadInputsTest {
    private static final Path PAGE = Path.of("docs", "errors.md");

    private static final String HEAD = """
            # What is said of bad input

            Every command refuses what it cannot use in one or two lines on standard error and with exit status 2, or 1
            where only the work itself could show it; `--debug` adds the stack trace. Nothing is left under the name of
            the output. This page is written by `BadInputsTest`, which makes each of these inputs and checks the message,
            the status and the output; directories are left out of the paths.
            """;

    @TempDir
    Path directory;

    /** Each input by itself, and at last the page, which is made of what they said. */
    @TestFactory
    Stream<DynamicNode> everyInputIsRefusedWithAMessageThatHelps() {
        var page = new StringBuilder(HEAD);
        var groups = BadInputs.all().entrySet().stream().map(group -> {
            Stream<DynamicTest> tests = group.getValue().stream()
                    .map(bad -> dynamicTest(bad.about(), () -> page.append(row(bad, refusal(bad)))));
            DynamicTest title = dynamicTest(
                    "section",
                    () -> page.append("\n## ")
                            .append(group.getKey())
                            .append("\n\n| What is wrong | What is said |\n|---|---|\n"));
            return dynamicContainer(group.getKey(), Stream.concat(Stream.of(title), tests));
        });
        return Stream.concat(
                groups, Stream.of(dynamicTest(PAGE + " shows what is said", () -> check(page.toString()))));
    }

    private String refusal(BadInput bad) throws IOException {
        Path root = Files.createTempDirectory(directory, "here");
        List<String> words = bad.words().apply(Sandbox.in(root));
        Path out = root.resolve("out");
        List<String> before = files(out);

        Ran ran = Ran.cw(words.toArray(String[]::new));

        List<String> refusal = refusal(ran);
        assertThat(ran.err()).doesNotContain("\tat ", "Exception", "not foreseen");
        assertThat(refusal).hasSizeBetween(1, 2);
        assertThat(String.join("\n", refusal)).contains(bad.said());
        assertThat(ran.status()).isEqualTo(bad.status());
        assertThat(files(root)).noneMatch(file -> file.contains(".tmp-"));
        if (bad.status() == 2) {
            assertThat(files(out)).isEqualTo(before);
        } else {
            assertThat(files(out)).doesNotContain("merged", "adapter", "result.json", "report.html");
        }
        return String.join(" ", refusal)
                .replace(root + "/", "")
                .replace(root.toString(), ".")
                .replaceAll("sha256 [0-9a-f]+…", "sha256 …") // of weights that another machine may draw otherwise
                .replaceAll(
                        "a file of \\d+ bytes", "a file of … bytes"); // a recipe with paths in it: their length varies
    }

    private static String row(BadInput bad, String said) {
        return "| " + bad.about() + " | `" + said.replace("|", "\\|").replace('`', '\'') + "` |\n";
    }

    private static void check(String page) throws IOException {
        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/errors.md; -Dtest=BadInputsTest -Dupdate.docs=true writes it anew")
                .isEqualTo(page);
    }

    @Test
    void whatIsSpoiledWasGood() throws IOException {
        Sandbox sandbox = Sandbox.in(Files.createDirectory(directory.resolve("here")));
        assertThat(Ran.cw(sandbox.run().toArray(String[]::new)).status()).isZero();
        assertThat(Ran.cw(sandbox.predict("out/merged").toArray(String[]::new)).out())
                .contains("\"label\"");
        assertThat(Ran.cw(sandbox.classifier("c")
                        .adapter("a", 8, 0)
                        .predict("c", "--adapter", sandbox.path("a") + "")
                        .toArray(String[]::new)))
                .satisfies(ran -> assertThat(ran.err()).isEmpty())
                .satisfies(ran -> assertThat(ran.status()).isZero());
        assertThat(Ran.cw("merge", "--check", sandbox.path("merge.yaml") + "").err())
                .contains("there is no such file");
        sandbox.merge(BadMerges.MERGE);
        assertThat(Ran.cw("merge", "--check", sandbox.path("merge.yaml") + "").status())
                .isZero();
    }

    /** The lines of the refusal; before them, a run that had begun may have told how it went. */
    private static List<String> refusal(Ran ran) {
        return ran.err()
                .lines()
                .dropWhile(line -> !line.matches("cw( [\\w-]+)?: .*"))
                .toList();
    }

    /** What is in a directory, relative to it. */
    private static List<String> files(Path root) throws IOException {
        if (!Files.exists(root)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.map(file -> root.relativize(file).toString()).sorted().toList();
        }
    }
}
