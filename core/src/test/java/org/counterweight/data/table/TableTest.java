package org.counterweight.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.Column;
import org.counterweight.data.table.row.Column.Type;
import org.counterweight.data.table.row.OnRow;
import org.counterweight.data.table.row.Row;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
    @TempDir
    Path directory;

    private Table open(String name, String text) throws IOException {
        return Table.open(Files.writeString(directory.resolve(name), text), TableFormat.FIND_OUT, List.of());
    }

    private Path parquet(String select) throws SQLException {
        Path file = directory.resolve("t.parquet");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute("COPY (" + select + ") TO '" + file + "' (FORMAT parquet)");
        }
        return file;
    }

    private static TableFormat skipping() {
        return new TableFormat(null, null, null, null, null, null, OnRow.SKIP, OnRow.SKIP);
    }

    @Test
    void typesAreThoseOfTheFirstRows() throws IOException, SQLException {
        List<Column> expected = List.of(
                new Column("a", Type.TEXT),
                new Column("b", Type.NUMBER),
                new Column("c", Type.BOOLEAN),
                new Column("d", Type.NULL));
        assertThat(open("t.csv", "a,b,c,d\nx,1,true,\ny,2.5,false,\n").columns())
                .isEqualTo(expected);
        assertThat(open("t.jsonl", "{\"a\": \"x\", \"b\": null, \"c\": true, \"d\": null}\n{\"b\": 2}\n")
                        .columns())
                .isEqualTo(expected);
        assertThat(Table.open(
                                parquet("SELECT 'x' AS a, 1.5::DOUBLE AS b, true AS c, [1] AS d"),
                                TableFormat.FIND_OUT,
                                List.of())
                        .columns())
                .isEqualTo(List.of(expected.get(0), expected.get(1), expected.get(2), new Column("d", Type.LIST)));
    }

    @Test
    void parquetTellsTheRowsThatCannotBeUsed() throws SQLException {
        Path file =
                parquet("SELECT * FROM (VALUES ('a', 1.0::DOUBLE), (NULL, 2), ('', 3), ('d', 'nan'::DOUBLE), ('e', 5))"
                        + " AS t(text, w)");
        var wanted = List.of(Wanted.text("text"), Wanted.number("w"));
        assertThatThrownBy(
                        () -> Table.open(file, TableFormat.FIND_OUT, List.of()).read(wanted, new ArrayList<>()))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ": 1 row is broken, at row 4: w is nan; expected a finite number; mend it, or leave"
                        + " it out (in a recipe data.format.on_bad_rows: skip, on a command --skip-bad-rows)");
        var said = new ArrayList<String>();
        TableRows rows = Table.open(file, skipping(), List.of()).read(wanted, said);
        assertThat(rows.texts("text")).containsExactly("a", "e");
        assertThat(rows.numbers("w")).containsExactly(1, 5);
        assertThat(rows.places()).hasToString("[row 1, row 5]");
        assertThat(said)
                .containsExactly(
                        file + ": skipped 1 broken row, at row 4: w is nan; expected a finite number",
                        file + ": skipped 2 rows without a value, the first at row 2, then 3: no text");
    }

    @Test
    void manyRowsComeInChunksInTheirOrder() throws IOException {
        var text = new StringBuilder("text,label\n");
        int rows = 200_000; // more than the first rows that are evidence
        for (int i = 0; i < rows; i++) {
            text.append("text ").append(i).append(",x\n");
        }
        var sizes = new ArrayList<Integer>();
        var places = new ArrayList<Row.Place>();
        open("t.csv", text.toString()).read(List.of(Wanted.text("text")), chunk -> {
            sizes.add(chunk.rows().size());
            chunk.rows().forEach(row -> {
                assertThat(row.cells().get(0).written()).isEqualTo("text " + places.size());
                places.add(row.place());
            });
        });
        assertThat(sizes).allMatch(size -> size <= 1024);
        assertThat(places).hasSize(rows);
        assertThat(places.get(rows - 1)).hasToString("line " + (rows + 1));
    }

    @Test
    void aColumnThatIsAskedForTellsWhichReadingIsMeant() throws IOException {
        Path file = Files.writeString(directory.resolve("t.csv"), "a,b;c\nd,e;f\n");
        Table commas = Table.open(file, TableFormat.FIND_OUT, List.of("b;c"));
        assertThat(commas.columns()).extracting(Column::name).containsExactly("a", "b;c");
        Table semicolons = Table.open(file, TableFormat.FIND_OUT, List.of("c"));
        assertThat(semicolons.columns()).extracting(Column::name).containsExactly("a,b", "c");
    }

    @ParameterizedTest
    @CsvSource({
        "t.csv, '', false",
        "t.csv, 'text,label\n', false",
        "t.csv, 'text,label\na,b\n', true",
        "t.jsonl, '', false"
    })
    void aHeaderAloneIsNoRow(String name, String content, boolean hasRows) throws IOException {
        assertThat(open(name, content.replace("\\n", "\n")).hasRows()).isEqualTo(hasRows);
    }

    @Test
    void whatIsNoTableIsRefused() throws IOException {
        assertThatThrownBy(() -> open("t.xlsx", "PK"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("t.xlsx: the ending is none of .csv, .tsv, .jsonl, .ndjson, .json, .parquet");
        assertThatThrownBy(() -> open("t.csv.gz", "text,label\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("t.csv.gz: cannot be read: it is no gzip file");
        Table empty = open("t.csv", "");
        assertThatThrownBy(() -> empty.check("text"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("t.csv: has no rows");
        Path mixed = Files.write(
                directory.resolve("t.csv"),
                concat("text\né\n".getBytes(StandardCharsets.UTF_8), new byte[] {'c', (byte) 0xe9, '\n'}));
        assertThatThrownBy(() -> Table.open(mixed, TableFormat.FIND_OUT, List.of()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("t.csv:3: is no UTF-8 text (byte 0xE9), though letters before it are");
    }

    /** As Spark writes a table: a directory of parts, beside which an empty file says that all are there. */
    @Test
    void ofADirectoryItsPartsAreNamed() throws IOException {
        Path written = Files.createDirectory(directory.resolve("written.parquet"));
        Files.createFile(written.resolve("_SUCCESS"));
        Files.createFile(written.resolve("part-00000.snappy.parquet"));
        assertThatThrownBy(() -> Table.open(written, TableFormat.FIND_OUT, List.of()))
                .isInstanceOf(DataException.class)
                .hasMessageEndingWith("is a directory; give a file, or name those in it: " + written + "/*.parquet");
    }

    private static byte[] concat(byte[] one, byte[] other) {
        byte[] both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @ParameterizedTest
    @CsvSource({
        "delimiter, ab, one character",
        "quote, ab, one character",
        "encoding, utf 8, a name such as",
        "encoding, klingon, a name such as",
        "decimal, point, '\".\" or \",\"'",
        "dates, american, day_first or month_first"
    })
    void wrongSettingsAreRefused(String field, String value, String expected) {
        assertThatThrownBy(() -> new TableFormat(
                        field.equals("delimiter") ? value : null,
                        field.equals("quote") ? value : null,
                        field.equals("encoding") ? value : null,
                        field.equals("decimal") ? value : null,
                        field.equals("dates") ? value : null,
                        null,
                        OnRow.REFUSE,
                        OnRow.REFUSE))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(field + ": \"" + value + "\"")
                .hasMessageContaining(expected);
    }
}
