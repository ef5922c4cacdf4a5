package org.counterweight.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.deploy.SparkSubmitArguments;
import org.apache.spark.internal.config.ConfigEntry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import scala.jdk.javaapi.CollectionConverters;

/** The lines for spark-submit in the pages: Spark's own reader takes them, and the classes and jars that they name are there. */
class SubmitLinesTest {
    private static final Path HOME = Path.of("..");
    private static final Pattern LINE = Pattern.compile("(?m)^spark-submit ((?:.*\\\\\\n)*.*)$");
    private static final Pattern WORD = Pattern.compile("'[^']*'|(?:\\$\\([^)]*\\)|\\S)+");
    private static final Pattern JAR = Pattern.compile("([a-z-]+)-(\\d[^/$*]*|\\*)\\.jar");
    private static final Pattern MODULE = Pattern.compile("<module>(.*)</module>");

    /** One line of a page. */
    record Line(Path page, List<String> words) {
        SparkSubmitArguments read() {
            var seen = words.stream()
                    .map(word -> word.contains("paste -sd,") ? "target/one.jar,target/two.jar" : word)
                    .map(word -> word.replace("'", "").replaceAll("\\$\\(ls (.*)\\)", "$1"))
                    .toList();
            return new SparkSubmitArguments(
                    CollectionConverters.asScala(seen).toSeq(), scala.collection.immutable.Map$.MODULE$.empty());
        }
    }

    static List<Line> lines() throws IOException {
        var lines = new ArrayList<Line>();
        try (Stream<Path> pages = Files.walk(HOME.resolve("docs"))) {
            for (Path page : pages.filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                LINE.matcher(Files.readString(page))
                        .results()
                        .map(line -> line.group(1).replace("\\\n", " "))
                        .map(line -> WORD.matcher(line)
                                .results()
                                .map(MatchResult::group)
                                .toList())
                        .forEach(words -> lines.add(new Line(page, words)));
            }
        }
        assertThat(lines).hasSizeGreaterThan(2);
        return lines;
    }

    @ParameterizedTest
    @MethodSource("lines")
    void sparkReadsTheLineAndKnowsItsSettings(Line line) {
        SparkSubmitArguments read = line.read();
        assertThat(read.primaryResource()).endsWith(".jar");
        assertThat(read.jars()).as("two jars stand for all").contains("one.jar", "two.jar");
        assertThat(CollectionConverters.asJava(read.sparkProperties()).keySet())
                .isNotEmpty()
                .allSatisfy(
                        name -> assertThat(ConfigEntry.findEntry(name)).as(name).isNotNull());
    }

    @ParameterizedTest
    @MethodSource("lines")
    void theClassIsThere(Line line) throws IOException {
        String name = line.read().mainClass();
        if (name.startsWith("org.example.")) {
            assertThat(Files.readString(line.page)).as("whose it is").contains("`" + name + "`");
            return;
        }
        String file = name.replace('.', '/') + ".java";
        List<Path> found = modules()
                .map(module -> HOME.resolve(module).resolve("src/main/java").resolve(file))
                .filter(Files::isRegularFile)
                .toList();
        assertThat(found).as(name).hasSize(1);
        assertThat(Files.readString(found.get(0))).contains("static void main(String");
    }

    private static Stream<String> modules() throws IOException {
        return MODULE.matcher(Files.readString(HOME.resolve("pom.xml")))
                .results()
                .map(found -> found.group(1));
    }

    /** Jars of ours are called by the names of their modules, others have the version that the build takes. */
    @ParameterizedTest
    @MethodSource("lines")
    void jarsAreCalledAsTheyAreBuilt(Line line) throws IOException {
        Map<String, String> versions = Map.of("jackson-annotations", "jackson.annotations.version");
        List<String> ours = modules().map(module -> "counterweight-" + module).toList();
        String all = String.join(" ", line.words);
        assertThat(all).as("without it Spark's own is found first").contains("jackson-annotations-");
        for (MatchResult jar : JAR.matcher(all).results().toList()) {
            if (jar.group(1).startsWith("counterweight-")) {
                assertThat(ours).contains(jar.group(1));
            } else {
                assertThat(Files.readString(HOME.resolve("pom.xml")))
                        .contains("<" + versions.get(jar.group(1)) + ">" + jar.group(2) + "</");
            }
        }
    }
}
