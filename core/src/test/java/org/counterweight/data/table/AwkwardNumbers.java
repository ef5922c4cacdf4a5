package org.counterweight.data.table;

import java.util.List;

/** Numbers and dates of the page that are not written as plain numbers. */
final class AwkwardNumbers {
    private AwkwardNumbers() {}

    /** A table of one column, {@code w}, whose numbers are to be found out. */
    private static AwkwardTable column(String about, String... cells) {
        String rows = String.join("\"\n\"", cells);
        return AwkwardTable.text(about, "t.csv", "w\n\"" + rows + "\"\n").wants("~w");
    }

    static List<AwkwardTable> numbers() {
        return List.of(
                column("plain numbers, spaces and all", "1e3", " 12 ", "-0.5").reads("1000.0", "12.0", "-0.5"),
                column("commas between thousands", "1,234.50", "999", "1,234,567")
                        .says("w: 3 numbers, written as 1,234,567: with thousands separators")
                        .reads("1234.5", "999.0", "1234567.0"),
                column("points between thousands, and a comma", "1.234,50", "999")
                        .says("w: 2 numbers, written as 1.234,50: with thousands separators, with decimal commas")
                        .reads("1234.5", "999.0"),
                column("spaces or apostrophes between thousands", "1 234,5", "12 000")
                        .says("w: 2 numbers, written as 1 234,5: with thousands separators, with decimal commas")
                        .reads("1234.5", "12000.0"),
                column("1,234 and nothing that shows what it is", "1,234", "$2,500")
                        .says("w: 1,234 may be 1.234 or 1234 in every row; say which (data.format.decimal, --decimal)"),
                column("the same, and the point is said", "1,234", "$2,500")
                        .with("decimal: '.'")
                        .says("w: 2 numbers, written as $2,500: with thousands separators, in $")
                        .reads("1234.0", "2500.0"),
                column("1,234 beside a number with a point", "1,234", "0.5")
                        .says("w: 2 numbers, written as 1,234: with thousands separators")
                        .reads("1234.0", "0.5"),
                column("1.234 and nothing that shows what it is", "1.234", "12")
                        .says("w: 1.234 is read as 1.234 and not as 1234, which data.format.decimal: \",\" would do")
                        .reads("1.234", "12.0"),
                column("money", "$5", "-$1,234.50", "$ 6")
                        .says("w: 3 numbers, written as -$1,234.50: with thousands separators, in $")
                        .reads("5.0", "-1234.5", "6.0"),
                column("money after its number", "5 €", "7,25 €")
                        .says("w: 2 numbers, written as 7,25 €: with decimal commas, in €")
                        .reads("5.0", "7.25"),
                column("money of two countries", "$5", "€ 5")
                        .says("w: numbers of several units ($, €), which cannot be compared; write them in one")
                        .reads("$5", "€ 5"),
                column("per cent", "5 %", "12.5%")
                        .says("w: 2 numbers, written as 12.5%: in %")
                        .reads("5.0", "12.5"),
                column("per cent and shares", "5 %", "0.05")
                        .says("w: numbers of several units (%, none), which cannot be compared; write them in one")
                        .reads("5 %", "0.05"),
                column("brackets around what is below 0", "(123)", "4", "(5.5)")
                        .says("w: 3 numbers, written as (123)")
                        .reads("-123.0", "4.0", "-5.5"),
                column("truths, which are two categories", "TRUE", "False", "TRUE")
                        .reads("TRUE", "False", "TRUE"),
                column("dates, the year first", "1970-01-02", "1970-01-03 12:00")
                        .says("w: 2 dates, written as 1970-01-02, read as days since 1970")
                        .reads("1.0", "2.5"),
                column("the day first, as one row shows", "02/01/1970", "31/01/1970")
                        .says("w: 2 dates, written as 02/01/1970, the day first, read as days since 1970")
                        .reads("1.0", "30.0"),
                column("the month first, as one row shows", "01/02/1970", "01/31/1970")
                        .says("w: 2 dates, written as 01/02/1970, the month first, read as days since 1970")
                        .reads("1.0", "30.0"),
                column("dates of which no row shows the order", "01/02/2024", "03/04/2024")
                        .says("w: dates such as 01/02/2024 may have the day first or the month, in every row; say which"
                                + " (data.format.dates: day_first or month_first, --dates)"),
                column("the same, and the order is said", "02/01/1970", "03/01/1970")
                        .with("dates: day_first")
                        .says("w: 2 dates, written as 02/01/1970, the day first, read as days since 1970")
                        .reads("1.0", "2.0"),
                column("points between day and month", "02.01.1970", "03.01.1970")
                        .says("w: 2 dates, written as 02.01.1970, the day first, read as days since 1970")
                        .reads("1.0", "2.0"),
                column("months by name", "Jan 2, 1970", "3 January 1970")
                        .says("w: 2 dates, written as Jan 2, 1970, read as days since 1970")
                        .reads("1.0", "2.0"),
                column("times with a zone, which become UTC", "1970-01-02T02:00:00+02:00", "1970-01-02T06:00:00Z")
                        .says("w: 2 dates, written as 1970-01-02T02:00:00+02:00, read as days since 1970")
                        .reads("1.0", "1.25"),
                column("times of the day", "12:30", "6:00 PM")
                        .says("w: 2 times, written as 12:30, read as hours")
                        .reads("12.5", "18.0"),
                column("days that there are not", "30/02/2024", "31/12/2024").reads("30/02/2024", "31/12/2024"));
    }
}
