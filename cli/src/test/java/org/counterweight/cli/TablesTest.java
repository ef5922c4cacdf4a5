package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables of any form are read by every command that reads files, and what was found or left out is said. */
class TablesTest {
    private static final String ROWS = "the cat;animal\na tree;plant\n".repeat(20);

    @TempDir
    private Path root;

    private Sandbox sandbox;

    @BeforeEach
    void fill() {
        sandbox = Sandbox.in(root).classifier("c");
    }

    @Test
    void aRunFindsTheFormAndSaysIt() {
        sandbox.write("texts.csv", ("text;label\ncafé;plant\n" + ROWS).getBytes(Charset.forName("windows-1252")));
        Ran run = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err()).containsOnlyOnce("texts.csv: semicolons between columns, Windows-1252 (\"café\")");
    }

    @Test
    void aRunSkipsWhatItsRecipeSays() {
        sandbox.write("texts.csv", "text;label\n" + ROWS + "the cat;animal;tall\na tree;\n");
        sandbox.recipe("  max_length", "  format: {delimiter: ;, on_bad_rows: skip, on_empty: skip}\n  max_length");
        Ran run = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.err())
                .contains("texts.csv: skipped 1 broken row, at line 42: 3 cells where the header names 2")
                .contains("texts.csv: skipped 1 row without a value, at line 43: no label")
                .contains("28 rows to learn from, 4 to choose by, 8 to judge by");
    }

    @Test
    void predictionsAndUpdatesReadWhatTheyAreTold() {
        String table =
                sandbox.write("t.csv", "the cat;animal\na tree;plant;x\n").toString();
        Ran refused = Ran.cw("predict", path("c"), "--input", table, "--no-header", "--column", "column1");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("t.csv: 1 row is broken, at line 2: 3 cells where the first row has 2");
        Ran asked =
                Ran.cw("predict", path("c"), "--input", table, "--no-header", "--column", "column1", "--skip-bad-rows");
        assertThat(asked.status()).as(asked.err()).isZero();
        assertThat(asked.out().lines()).hasSize(1);
        assertThat(asked.err()).contains("semicolons between columns").contains("skipped 1 broken row, at line 2");
        sandbox.write("dev.csv", "text|label\n" + ROWS.replace(';', '|'));
        Ran updated = Ran.cw(
                "update", path("c"), path("c"), "--dev", path("dev.csv"), "--delimiter", "|", "--output", path("u"));
        assertThat(updated.status()).as(updated.err()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{group: lang} {method: group_dro, groups: 2}",
                "{group: lang, ref_loss: ref} {method: doremi, groups: 2}",
                "{ref_loss: ref} {method: loss_selection, kept: excess_topk, ratio: 0.5}",
                "{weight: w} {method: column}"
            })
    void columnsOfTheFileReachTheWeigher(String settings) {
        var rows = new StringBuilder("text,lang,label,ref,w\n");
        for (int i = 0; i < 20; i++) {
            rows.append("the cat,en,animal,0.5,").append(i).append("\na tree tree,de,plant,0.25,1\n");
        }
        sandbox.write("texts.csv", rows.toString());
        String[] columnsAndWeigher = settings.split("(?<=}) ");
        sandbox.recipe(
                "  max_length", "  columns: " + columnsAndWeigher[0] + "\n  max_length",
                "train:\n", "weigh: " + columnsAndWeigher[1] + "\ntrain:\n");
        Ran run = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(run.status()).as(run.err()).isZero();
        if (settings.contains("lang")) {
            assertThat(run.err()).containsOnlyOnce("groups by the alphabet: 0 de, 1 en");
        }
        sandbox.model("m", "BertForMaskedLM", Map.of());
        sandbox.recipe("model:\n", "task: masked_lm\nmodel:\n", "/model\n", "/m\n", "/out\n", "/words\n");
        Ran words = Ran.cw(sandbox.run().toArray(String[]::new));
        assertThat(words.status()).as(words.err()).isZero();
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
