package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        String table = sandbox.write("t.csv", "the cat;animal\na tree;plant;x\n").toString();
        Ran refused = Ran.cw("predict", path("c"), "--input", table, "--no-header", "--column", "column1");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("t.csv: 1 row is broken, at line 2: 3 cells where the first row has 2");
        Ran asked = Ran.cw(
                "predict", path("c"), "--input", table, "--no-header", "--column", "column1", "--skip-bad-rows");
        assertThat(asked.status()).as(asked.err()).isZero();
        assertThat(asked.out().lines()).hasSize(1);
        assertThat(asked.err()).contains("semicolons between columns").contains("skipped 1 broken row, at line 2");
        sandbox.write("dev.csv", "text|label\n" + ROWS.replace(';', '|'));
        Ran updated = Ran.cw(
                "update", path("c"), path("c"), "--dev", path("dev.csv"), "--delimiter", "|", "--output", path("u"));
        assertThat(updated.status()).as(updated.err()).isZero();
    }

    private String path(String name) {
        return root.resolve(name).toString();
    }
}
