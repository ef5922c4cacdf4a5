package org.counterweight.data.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.counterweight.data.DataException;
import org.counterweight.data.table.row.Wanted;
import org.counterweight.data.table.written.WrittenSurvey;
import org.counterweight.data.table.written.WrittenSurvey.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Of each awkward table what is said and what is read; {@code docs/data.md} shows them, and {@code -Dupdate.docs} with this
 * test writes its tables anew.
 */
class AwkwardTablesTest {
    private static final Path PAGE = Path.of("..", "docs", "data.md");
    private static final String BEGIN = "<!-- what AwkwardTablesTest found -->\n";

    @TempDir
    Path directory;

    /** What came of a file. */
    private record Found(String said, List<String> rows) {}

    static Stream<AwkwardTable> tables() {
        return Stream.of(AwkwardTables.forms(), AwkwardTables.rows(), AwkwardNumbers.numbers())
                .flatMap(List::stream);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tables")
    void whatIsFoundIsSaidAndRead(AwkwardTable table) throws IOException {
        Found found = found(table);
        assertThat(found.said()).isEqualTo(table.said());
        assertThat(found.rows()).isEqualTo(table.rows());
    }

    @Test
    void thePageShowsThem() throws IOException {
        String page = Files.readString(PAGE);
        String head = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
        String wanted = head + "\n### Forms\n\n" + shown(AwkwardTables.forms()) + "\n### Rows\n\n"
                + shown(AwkwardTables.rows()) + "\n### Numbers and dates\n\n" + shown(AwkwardNumbers.numbers());
        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PAGE, wanted);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/data.md; -Dtest=AwkwardTablesTest -Dupdate.docs=true writes its tables anew")
                .isEqualTo(wanted);
    }

    private Found found(AwkwardTable table) throws IOException {
        Path file = Files.write(directory.resolve(table.file()), table.bytes());
        List<String> names = table.wanted().stream()
                .map(name -> name.replaceFirst("^[#~]", ""))
                .toList();
        var said = new ArrayList<String>();
        var rows = new ArrayList<String>();
        try {
            Table opened = Table.open(file, table.format(), names);
            var wanted = new ArrayList<Wanted>();
            for (String name : table.wanted()) {
                wanted.add(
                        name.startsWith("#")
                                ? Wanted.number(name.substring(1))
                                : name.startsWith("~")
                                        ? found(opened, table, name.substring(1), said)
                                        : Wanted.text(name));
            }
            TableRows read = opened.read(wanted, said);
            for (int row = 0; row < read.size(); row++) {
                int number = row;
                rows.add(wanted.stream()
                        .map(column -> column.number()
                                ? String.valueOf(read.numbers(column.name())[number])
                                : read.texts(column.name()).get(number))
                        .collect(Collectors.joining(" | ")));
            }
        } catch (DataException e) {
            said.add(e.getMessage());
        }
        return new Found(String.join("\n", said).replace(directory + "/", ""), rows);
    }

    /** A column as its own texts show that it is to be read. */
    private static Wanted found(Table opened, AwkwardTable table, String name, List<String> said) {
        var surveyed = new NumbersWritten(opened, table.format());
        surveyed.add(
                name, opened.read(List.of(Wanted.text(name)), new ArrayList<>()).texts(name));
        WrittenSurvey.Found found = surveyed.found(name);
        if (found.kind() == Kind.UNCLEAR) {
            throw new DataException(name + ": " + found.remark());
        }
        if (!found.remark().isEmpty()) {
            said.add(name + ": " + found.remark());
        }
        return found.kind() == Kind.OTHER
                ? Wanted.text(name)
                : Wanted.number(name).written(found.written());
    }

    private static String shown(List<AwkwardTable> tables) {
        var page = new StringBuilder("| The file | Said | Done |\n|---|---|---|\n");
        for (AwkwardTable table : tables) {
            int rows = table.rows().size();
            page.append("| ").append(table.about());
            if (!table.settings().isEmpty()) {
                page.append(": ").append(code(table.settings()));
            }
            page.append(" | ")
                    .append(table.said().isEmpty() ? "nothing" : code(table.said()))
                    .append(" | ")
                    .append(rows == 0 ? "refused" : rows == 1 ? "1 row read" : rows + " rows read")
                    .append(" |\n");
        }
        return page.toString();
    }

    private static String code(String text) {
        return "`" + text.replace("|", "\\|").replace('`', '\'') + "`";
    }
}
