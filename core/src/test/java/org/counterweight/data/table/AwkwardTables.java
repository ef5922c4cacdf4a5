package org.counterweight.data.table;

import static org.counterweight.data.table.AwkwardTable.text;

import java.util.List;

/** The awkward tables of the page. */
final class AwkwardTables {
    private AwkwardTables() {}

    static List<AwkwardTable> forms() {
        return List.of(
                text("semicolons, as Excel writes in much of Europe", "t.csv", "text;label\na, b;x\nc;y\n")
                        .says("t.csv: semicolons between columns")
                        .reads("a, b | x", "c | y"),
                text("tabs in a .csv", "t.csv", "text\tlabel\na, b\tx\nc\ty\n")
                        .says("t.csv: tabs between columns")
                        .reads("a, b | x", "c | y"),
                text("vertical bars, packed", "t.csv.gz", "text|label\na|x\nb|y\n")
                        .packed()
                        .says("t.csv.gz: vertical bars between columns")
                        .reads("a | x", "b | y"),
                text("commas in a .tsv", "t.tsv", "text,label\na,x\nb,y\n")
                        .says("t.tsv: commas between columns")
                        .reads("a | x", "b | y"),
                text("Excel's `sep=` in the first line", "t.csv", "sep=;\ntext;label\na;x\n")
                        .says("t.csv: semicolons between columns")
                        .reads("a | x"),
                text("decimal commas and Windows-1252", "t.csv", "text;label;w\nein Café;x;0,5\nb;y;1,25\n")
                        .in("windows-1252")
                        .wants("text", "#w")
                        .says("t.csv: semicolons between columns, decimal commas, Windows-1252 (\"Café\")")
                        .reads("ein Café | 0.5", "b | 1.25"),
                text("1,234 in a column of numbers", "t.csv", "text;label;w\na;x;1,234\nb;y;2,500\n")
                        .wants("text", "#w")
                        .says("t.csv: line 2: w is 1,234, which may be 1.234 or 1234; say which (data.format.decimal,"
                                + " --decimal)"),
                text("the same, and the comma is said", "t.csv", "text;label;w\na;x;1,234\nb;y;2,500\n")
                        .with("decimal: ','")
                        .wants("text", "#w")
                        .says("t.csv: semicolons between columns")
                        .reads("a | 1.234", "b | 2.5"),
                text("single quotes", "t.csv", "text,label\n'a, b',x\n'it''s c',y\n")
                        .says("t.csv: single quotes")
                        .reads("a, b | x", "it's c | y"),
                text("backslashes before quotes, as Spark writes", "t.csv", "text,label\n\"a \\\"b\\\", c\",x\nd,y\n")
                        .says("t.csv: backslashes before quotes")
                        .reads("a \"b\", c | x", "d | y"),
                text(
                                "a byte order mark, lines in quotes, Windows' line ends",
                                "t.csv",
                                "\uFEFFtext,label\r\n\"a\r\nb\",x\r\n")
                        .reads("a\r\nb | x"),
                text("UTF-16 with a byte order mark", "t.csv", "\uFEFFtext,label\nnaïve,x\n")
                        .in("utf-16le")
                        .says("t.csv: UTF-16LE")
                        .reads("naïve | x"),
                text("UTF-16 without one", "t.csv", "text\tlabel\nnaïve\tx\n")
                        .in("utf-16be")
                        .says("t.csv: tabs between columns, UTF-16BE")
                        .reads("naïve | x"),
                text("UTF-32 with a byte order mark", "t.csv", "\uFEFFtext,label\nnaïve,x\n")
                        .in("utf-32le")
                        .says("t.csv: UTF-32LE")
                        .reads("naïve | x"),
                text("a packed file that is not called so", "t.csv", "text,label\na,x\n")
                        .packed()
                        .says("t.csv: is packed by gzip; let its name end in .gz"),
                text("a first column called as Parquet begins", "t.csv", "PAR1,text,label\n1,a,x\n")
                        .reads("a | x"),
                text("a pointer of Git LFS", "t.csv", "version https://git-lfs.github.com/spec/v1\nsize 12\n")
                        .says("t.csv: is a pointer of Git LFS and not the file itself; fetch that with git lfs pull"),
                text("a page of the web", "t.json", "<!DOCTYPE html>\n<html></html>\n")
                        .says("t.json: is a page of the web and no table; look at what was fetched"),
                text("Excel's workbook under another name", "t.csv", "PK\u0003\u0004 and more")
                        .says(
                                "t.csv: is a zip archive, as Excel's workbooks are too; unpack it, or save the sheet as CSV"),
                text("Cyrillic letters in Windows-1251", "t.csv", "text,label\nхороший фильм,x\n")
                        .in("windows-1251")
                        .says("t.csv:2: is no UTF-8 text (byte 0xF5); save it as UTF-8, or say its encoding"
                                + " (data.format.encoding, --encoding)"),
                text("the same, and the encoding is said", "t.csv", "text,label\nхороший фильм,x\n")
                        .in("windows-1251")
                        .with("encoding: windows-1251")
                        .reads("хороший фильм | x"),
                text("Polish letters in ISO-8859-2", "t.csv", "text,label\na,x\nmały sklep,y\n")
                        .in("iso-8859-2")
                        .says("t.csv:3: is no UTF-8 text (byte 0xB3); save it as UTF-8, or say its encoding"
                                + " (data.format.encoding, --encoding)"),
                text("French letters as the Macintosh wrote them", "t.csv", "text,label\nun café,x\n")
                        .in("x-MacRoman")
                        .says("t.csv:2: is no UTF-8 text (byte 0x8E); save it as UTF-8, or say its encoding"
                                + " (data.format.encoding, --encoding)"),
                text(
                                "formulas, which are texts like any other",
                                "t.csv",
                                "text,label\n=1+2,x\n\"=HYPERLINK(\"\"a\"\")\",y\n")
                        .reads("=1+2 | x", "=HYPERLINK(\"a\") | y"),
                text("columns that nobody named, as pandas writes", "t.csv", ",text,label\n0,a,x\n1,b,y\n")
                        .wants("#column1", "text")
                        .reads("0.0 | a", "1.0 | b"),
                text("no header", "t.csv", "a,0.5\nb,0.25\n")
                        .says(
                                "t.csv: its first line has \"0.5\", as rows below have numbers in column 2, so it may be a"
                                        + " row and name no columns; say data.format.header: false (--no-header), which names them"
                                        + " column1, column2, …, or true if it does name them"),
                text("the same, and that is said", "t.csv", "a,0.5\nb,0.25\n")
                        .with("header: false")
                        .wants("column1", "#column2")
                        .reads("a | 0.5", "b | 0.25"),
                text("no header, and classes that are repeated", "t.csv", "a cat,animal\na dog,animal\na cow,animal\n")
                        .says(
                                "t.csv: its first line has \"animal\", as rows below have it in column 2, so it may be a row"
                                        + " and name no columns; say data.format.header: false (--no-header), which names them"
                                        + " column1, column2, …, or true if it does name them"),
                text("two delimiters that both fit", "t.csv", "a,b;c\nd,e;f\n")
                        .says("t.csv: can be read in two ways, with commas: 2 columns (a | b;c), or with semicolons: 2"
                                + " columns (a,b | c); say which (data.format.delimiter, --delimiter)"),
                text("a .txt whose delimiter is said", "t.txt", "text|label\na|x\n")
                        .with("delimiter: '|'")
                        .reads("a | x"),
                text(
                                "an array of JSON",
                                "t.json",
                                "[{\"text\": \"a\", \"label\": 1},\n {\"text\": \"b\", \"label\": true}]")
                        .reads("a | 1", "b | true"),
                text(
                                "keys that not every line has",
                                "t.jsonl.gz",
                                "{\"text\": \"a\"}\n\n{\"label\": \"x\", \"text\": \"b\"}\n")
                        .packed()
                        .wants("text")
                        .reads("a", "b"));
    }

    static List<AwkwardTable> rows() {
        String separated = "text,label\na,x\nb, c,y\nd\ne,z\n";
        String json =
                "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\", \"la\n{\"text\": [\"c\"], \"label\": 2}\n[3]\n";
        return List.of(
                text("too many cells, and too few", "t.csv", separated)
                        .says("t.csv: 2 rows are broken, the first at line 3, then 4: 3 cells where the header names 2"
                                + " (texts with commas go in quotes); mend them, or leave them out"
                                + " (in a recipe data.format.on_bad_rows: skip, on a command --skip-bad-rows)"),
                text("the same, skipped", "t.csv", separated)
                        .with("on_bad_rows: skip")
                        .says(
                                "t.csv: skipped 2 broken rows, the first at line 3, then 4: 3 cells where the header names 2"
                                        + " (texts with commas go in quotes)")
                        .reads("a | x", "e | z"),
                text("a quote that is never closed, skipped", "t.csv", "text,label\na,x\n\"b,y\nc,z\n\"d, e\",w\n")
                        .with("on_bad_rows: skip")
                        .says("t.csv: skipped 1 broken row, at line 3: text after a closing quote")
                        .reads("a | x", "c | z", "d, e | w"),
                text("a quote that is never closed", "t.csv", "text,label\na,x\nb,\"y\nc,z\n")
                        .says("t.csv: 1 row is broken, at line 3: a quote opens and never closes; mend it, or leave it"
                                + " out (in a recipe data.format.on_bad_rows: skip, on a command --skip-bad-rows)"),
                text("a NUL character", "t.csv", "text,label\na,x\nb\0,y\n")
                        .with("on_bad_rows: skip")
                        .says("t.csv: skipped 1 broken row, at line 3: a NUL character in a text")
                        .reads("a | x"),
                text("files put together, header and all", "t.csv", "text,label\na,x\ntext,label\nb,y\n")
                        .with("on_bad_rows: skip")
                        .says("t.csv: skipped 1 broken row, at line 3: the names of the columns again")
                        .reads("a | x", "b | y"),
                text("empty texts, classes and rows", "t.csv", "text,label\n,x\nb,\n,\nc,y\n")
                        .says("t.csv: 3 rows lack a value, the first at line 2, then 3, 4: no text; fill them, or leave"
                                + " them out (in a recipe data.format.on_empty: skip, on a command --skip-empty-rows)"),
                text("the same, skipped", "t.csv", "text,label\n,x\nb,\n,\nc,y\n")
                        .with("on_empty: skip")
                        .says("t.csv: skipped 3 rows without a value, the first at line 2, then 3, 4: no text")
                        .reads("c | y"),
                text("numbers that are none", "t.csv", "text,label,w\na,x,1\nb,y,nan\nc,z,much\n")
                        .wants("text", "#w")
                        .says(
                                "t.csv: 2 rows are broken, the first at line 3, then 4: w is nan; expected a finite number;"
                                        + " mend them, or leave them out (in a recipe data.format.on_bad_rows: skip, on a command --skip-bad-rows)"),
                text("JSONL that is cut, has a list for a text, or another list for a row", "t.jsonl", json)
                        .says("t.jsonl: 3 rows are broken, the first at line 2, then 3, 4: no JSON (Unexpected"
                                + " end-of-input in property name); mend them, or leave them out"
                                + " (in a recipe data.format.on_bad_rows: skip, on a command --skip-bad-rows)"),
                text("the same, skipped", "t.jsonl", json)
                        .with("on_bad_rows: skip")
                        .says("t.jsonl: skipped 3 broken rows, the first at line 2, then 3, 4: no JSON (Unexpected"
                                + " end-of-input in property name)")
                        .reads("a | 1"),
                text("null for a text, and no class", "t.jsonl", "{\"text\": null, \"label\": 1}\n{\"text\": \"b\"}\n")
                        .says(
                                "t.jsonl: 2 rows lack a value, the first at line 1, then 2: no text; fill them, or leave them"
                                        + " out (in a recipe data.format.on_empty: skip, on a command --skip-empty-rows)"),
                text(
                                "NaN, as Python writes it",
                                "t.jsonl",
                                "{\"text\": \"a\", \"w\": NaN}\n{\"text\": \"b\", \"w\": 1}\n")
                        .wants("text", "#w")
                        .with("on_bad_rows: skip")
                        .says("t.jsonl: skipped 1 broken row, at line 1: w is NaN; expected a finite number")
                        .reads("b | 1.0"),
                text("the same in a column that is not asked for", "t.jsonl", "{\"text\": \"a\", \"w\": NaN}\n")
                        .wants("text")
                        .reads("a"),
                text("NaN for a class", "t.jsonl", "{\"text\": \"a\", \"label\": NaN}\n")
                        .says("t.jsonl: 1 row lacks a value, at line 1: no label; fill it, or leave it out"
                                + " (in a recipe data.format.on_empty: skip, on a command --skip-empty-rows)"),
                text("lines of Python, none of which is JSON", "t.jsonl", "{'text': 'a', 'label': 'x'}\n")
                        .says("t.jsonl: 1 row is broken, at line 1: no JSON (Unexpected character (''' (code 39)):"
                                + " was expecting double-quote to start property name); mend it, or leave it out"
                                + " (in a recipe data.format.on_bad_rows: skip, on a command --skip-bad-rows)"),
                text("a key that stands twice", "t.jsonl", "{\"text\": \"a\", \"text\": \"b\"}\n")
                        .says(
                                "t.jsonl: 1 row is broken, at line 1: no JSON (Duplicate Object property \"text\");"
                                        + " mend it, or leave it out (in a recipe data.format.on_bad_rows: skip, on a command --skip-bad-rows)"));
    }
}
