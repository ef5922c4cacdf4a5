package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code cw explain} gives to paste is pasted, method by method, and runs; or it says that there is nothing to paste. */
class ExplainedMethodsTest {
    /** A recipe to paste into: it trains for the blink of an eye. */
    private static final String RECIPE = """
            model: {name: "%1$s/model"}
            data: {train: "%1$s/texts.csv", max_length: 16%2$s}
            train: {epochs: 1, batch_size: 8, lr: 1e-3, precision: float32}
            output: {directory: "%1$s/out", baseline: false}
            """;

    /** Models that stand for the words in capitals. */
    private static final Pattern STANDS_FOR = Pattern.compile("\\b(?!OUT\\b)[A-Z][A-Z_0-9]*\\b");

    private static final Pattern COLUMNS = Pattern.compile("(?m)^# and in data.*: (columns: \\{.*\\})$");

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void fillTheDirectory() {
        sandbox = Sandbox.in(root).model("model", "BertModel", Map.of("hidden_size", 128));
        for (String name : List.of("c1", "c2", "c3")) {
            sandbox.model(name, "BertForSequenceClassification", Map.of("max_position_embeddings", 128));
        }
    }

    static Stream<String> methods() {
        return Catalogue.all().stream().map(Method::name);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("methods")
    void whatIsGivenToPasteRuns(String method) {
        String given = pasted(method);
        if (given.startsWith("No command so far: ") || given.startsWith("In no recipe so far: ")) {
            assertThat(given.strip()).endsWith("Config is for use from Java.");
            return;
        }
        for (String text : given.split("\n\n")) {
            Ran ran = Ran.cw(words(text).toArray(String[]::new));
            assertThat(ran.status()).as(text + ran.err()).isZero();
        }
    }

    @Test
    void whatElseIsNeededIsSaid() {
        assertThat(pasted("doremi"))
                .startsWith("# for task: text_classification or masked_lm\n# and in data, for columns of your file:"
                        + " columns: {group: group, ref_loss: ref_loss}\nweigh:\n");
        assertThat(pasted("group_dro")).startsWith("# for task: text_classification\nweigh:\n");
    }

    /** What {@code cw explain} prints under its last heading. */
    private static String pasted(String method) {
        Ran explained = Ran.cw("explain", method);
        assertThat(explained.status()).as(explained.err()).isZero();
        return explained
                .out()
                .lines()
                .dropWhile(line -> !line.equals("To paste"))
                .skip(1)
                .map(line -> line.replaceFirst("^ {2}", ""))
                .collect(Collectors.joining("\n"));
    }

    /** The words of the command that a user would give with the text. */
    private List<String> words(String text) {
        String filled =
                filled(text.lines().filter(line -> !line.startsWith("#")).collect(Collectors.joining("\n", "", "\n")));
        if (filled.startsWith("./cw ")) {
            return Arrays.asList(filled.strip().substring("./cw ".length()).split(" "));
        }
        if (filled.startsWith("merge_method:")) {
            sandbox.write("merge.yaml", filled);
            return List.of("merge", sandbox.path("merge.yaml") + "", sandbox.path("of-merge") + "", "--overwrite");
        }
        String columns = COLUMNS.matcher(text)
                .results()
                .map(found -> ", " + found.group(1))
                .collect(Collectors.joining());
        sandbox.write(
                "texts.csv",
                "text,label,group,ref_loss,weight\n" + "the cat,animal,0,0.5,1\na tree,plant,1,0.25,2\n".repeat(20));
        sandbox.write("recipe.yaml", RECIPE.formatted(root.toString().replace('\\', '/'), columns) + filled);
        return sandbox.run("--overwrite");
    }

    private String filled(String text) {
        var models = new LinkedHashMap<String, String>();
        return STANDS_FOR
                .matcher(text)
                .replaceAll(word -> models.computeIfAbsent(
                                word.group(), key -> sandbox.path("c" + (models.size() + 1)) + "")
                        .replace('\\', '/'))
                .replace("OUT", sandbox.path("updated") + "")
                .replaceAll("dev\\.csv|rows\\.jsonl|old\\.csv", Matcher.quoteReplacement(sandbox.path("texts.csv") + ""))
                .replace("new.csv", sandbox.write("new.csv", "text,label\n" + "sat sat,stone\n".repeat(8)) + "");
    }
}
