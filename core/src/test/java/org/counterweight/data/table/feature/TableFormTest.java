package org.counterweight.data.table.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.data.table.Table;
import org.counterweight.data.table.TableRows;
import org.counterweight.data.table.row.TableFormat;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.table.written.Written;
import org.counterweight.data.table.written.WrittenDate;
import org.counterweight.data.table.written.WrittenNumber;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns become numbers as the rows that were learnt from have them, and so again beside a saved model. */
class TableFormTest {
    private static final List<Wanted> COLUMNS =
            List.of(Wanted.number("age").orNothing(), Wanted.text("city").orNothing());

    @TempDir
    private Path directory;

    private TableRows rows;

    private TableRows read(String csv) throws IOException {
        Path file = directory.resolve("t.csv");
        Files.writeString(file, csv);
        return Table.open(file, TableFormat.FIND_OUT, List.of("age", "city")).read(COLUMNS, new ArrayList<>());
    }

    @BeforeEach
    void fill() throws IOException {
        rows = read("age,city,rest\n1,Rome,a\nNA,,b\n3,Oslo,c\n100,Lima,d\n");
    }

    @Test
    void whatIsMissingIsTheMeanAndSaysSo() {
        TableForm form = TableForm.learn(COLUMNS, rows, 0, 1, 2);
        assertThat(form.features())
                .containsExactly(
                        new NumberFeature("age", 2, 1, true), new CategoryFeature("city", List.of("", "Oslo", "Rome")));
        assertThat(form.width()).isEqualTo(5);
        assertThat(form.inputs(rows).values())
                .containsExactly(
                        -1, 0, 0, 0, 1, //
                        0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 98, 0, 0, 0, 0); // a city that was not learnt
        assertThat(form.features().get(0).missing(rows)).isEqualTo(1);
        assertThat(form.unknown(rows)).isEqualTo("city 1");
    }

    @Test
    void theFormBesideAModelIsReadAsItWasWritten() throws IOException {
        TableForm form =
                TableForm.learn(COLUMNS, rows, 0, 1, 2).telling(new NumberFeature("price", 0.1, 1 / 3.0, false));
        assertThat(TableForm.beside(directory)).isNull();
        Path file = directory.resolve(TableForm.FILE);
        Files.writeString(file, form.json().toString());
        assertThat(TableForm.beside(directory)).isEqualTo(form);
        Files.writeString(file, form.json().toString().replace("\"deviation\":1.0", "\"deviation\":0"));
        assertThatThrownBy(() -> TableForm.beside(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(TableForm.FILE)
                .hasMessageContaining("is no column of numbers with mean and deviation");
        Files.writeString(file, "{}");
        assertThatThrownBy(() -> TableForm.beside(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("names no features");
    }

    /** How numbers are written is kept, and other files are read so. */
    @Test
    void whatIsWrittenIsKept() throws IOException {
        for (Written written : List.of(
                new WrittenNumber('.', ',', "$"),
                new WrittenNumber(',', '\0', ""),
                new WrittenDate(WrittenDate.Order.DAY_FIRST))) {
            var feature = new NumberFeature("age", 2, 1, false, written);
            Files.writeString(
                    directory.resolve(TableForm.FILE),
                    new TableForm(List.of(feature), null).json().toString());
            TableForm read = Objects.requireNonNull(TableForm.beside(directory));
            assertThat(read.features()).containsExactly(feature);
            assertThat(read.wanted())
                    .containsExactly(Wanted.number("age").written(written).orNothing());
        }
    }

    /** A row of weight 2 is the row twice, and one of weight 0 is not there. */
    @Test
    void rowsAreLearntAsOftenAsTheyWeigh() throws IOException {
        TableForm weighed = TableForm.learn(COLUMNS, rows, new double[] {2, 0, 1, 3}, 0, 1, 2, 3);
        TableForm repeated = TableForm.learn(COLUMNS, rows, 0, 0, 2, 3, 3, 3);
        assertThat(weighed.features().get(1)).isEqualTo(repeated.features().get(1));
        var one = (NumberFeature) weighed.features().get(0);
        var other = (NumberFeature) repeated.features().get(0);
        assertThat(one.mean()).isCloseTo(other.mean(), within(1e-12));
        assertThat(one.deviation()).isCloseTo(other.deviation(), within(1e-12));
        assertThat(one.mayLack()).isFalse();
    }

    @Test
    void aColumnOfOneValueDividesByNothing() throws IOException {
        TableForm form = TableForm.learn(COLUMNS, read("age,city\n5,a\n5,b\n"), 0, 1);
        assertThat(form.inputs(read("age,city\n5,a\n6,b\n")).values()[3]).isCloseTo(1, within(1e-6f));
    }

    @Test
    void aWordAmongNumbersIsNoMissingOne() {
        assertThatThrownBy(() -> read("age,city\n5,a\nold,b\n"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("line 3: age is old; expected a number");
    }
}
