package org.counterweight.cli.option;

import org.counterweight.data.table.row.OnRow;
import org.counterweight.data.table.row.TableFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How the files that a command reads are written: {@code data.format} of recipes. */
public final class TableOptions {
    @ArgGroup(exclusive = false, heading = "%nHow files are written, where that is not found out rightly:%n")
    private Given given = new Given();

    private static final class Given {
        @Option(names = "--delimiter", paramLabel = "CHAR", description = "the character between columns, or tab")
        private @Nullable String delimiter;

        @Option(names = "--quote", paramLabel = "CHAR", description = "the character around texts, or none")
        private @Nullable String quote;

        @Option(names = "--encoding", paramLabel = "NAME", description = "such as utf-8 or windows-1252")
        private @Nullable String encoding;

        @Option(names = "--decimal", paramLabel = "CHAR", description = "the decimal sign: . or ,")
        private @Nullable String decimal;

        @Option(
                names = "--dates",
                paramLabel = "ORDER",
                description = "what comes first in dates such as 01/02/2024: day_first or month_first")
        private @Nullable String dates;

        @Option(names = "--no-header", description = "the first line is a row; the columns are column1, column2, …")
        private boolean noHeader;

        @Option(names = "--skip-bad-rows", description = "leave out broken rows, instead of refusing the file")
        private boolean skipBadRows;

        @Option(
                names = "--skip-empty-rows",
                description = "leave out rows without a text, a class or another value that is needed")
        private boolean skipEmptyRows;
    }

    /** Whether anything was said. */
    public boolean isGiven() {
        return !format().equals(TableFormat.FIND_OUT);
    }

    public TableFormat format() {
        return new TableFormat(
                given.delimiter,
                given.quote,
                given.encoding,
                given.decimal,
                given.dates,
                given.noHeader ? false : null,
                given.skipBadRows ? OnRow.SKIP : OnRow.REFUSE,
                given.skipEmptyRows ? OnRow.SKIP : OnRow.REFUSE);
    }
}
