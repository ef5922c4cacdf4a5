package org.counterweight.data.table.form;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.counterweight.data.table.form.SeparatedRecords.Cells;
import org.junit.jupiter.api.Test;

class SeparatedRecordsTest {
    private static final Dialect CSV = new Dialect(',', '"', false);

    private static List<Cells> read(String text, int longest) throws IOException {
        var rows = new ArrayList<Cells>();
        try (var lines = new TextLines(new StringReader(text), longest)) {
            var records = new SeparatedRecords(lines, CSV);
            for (Cells cells; (cells = records.next()) != null; ) {
                rows.add(cells);
            }
        }
        return rows;
    }

    @Test
    void linesEndAsOnAnySystem() throws IOException {
        assertThat(read("a,b\r\nc,d\re,f\n\n\ng,h", 100))
                .extracting(Cells::values)
                .containsExactly(List.of("a", "b"), List.of("c", "d"), List.of("e", "f"), List.of("g", "h"));
        assertThat(read("a\r\nc\re\n\n\ng", 100)).extracting(Cells::line).containsExactly(1L, 2L, 3L, 6L);
    }

    @Test
    void quotesHoldDelimitersLinesAndQuotes() throws IOException {
        assertThat(read("\"a,\"\"\nb\",\"\"\n", 100).get(0).values()).containsExactly("a,\"\nb", "");
        assertThat(read("5\" wide,x\n", 100).get(0).values()).containsExactly("5\" wide", "x");
    }

    @Test
    void aLineThatIsTooLongIsOneBrokenRowOfBoundedSize() throws IOException {
        List<Cells> rows = read("a,b\n" + "x".repeat(1000) + "\nc,d\n", 10);
        assertThat(rows).extracting(Cells::broken).containsExactly(null, "more than 10 characters in a line", null);
    }

    @Test
    void anOpenQuoteIsGivenUpAfterSoManyCharacters() throws IOException {
        List<Cells> rows = read("\"a,b\n" + "cc,dd\n".repeat(10), 12);
        assertThat(rows).hasSize(11);
        assertThat(rows.get(0).broken()).isEqualTo("a quote opens and never closes");
        assertThat(rows.get(10).line()).isEqualTo(11);
    }
}
