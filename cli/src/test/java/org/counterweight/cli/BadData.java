package org.counterweight.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Files of texts that are not there, of another kind, or damaged. */
final class BadData {
    private BadData() {}

    static List<BadInput> data() {
        return List.of(
                BadInput.of(
                        "the file is not there", s -> s.without("texts.csv").run(), "texts.csv: there is no such file"),
                BadInput.of(
                        "the file is of another kind",
                        s -> {
                            s.write("texts.xlsx", "PK");
                            return s.recipe("texts.csv", "texts.xlsx");
                        },
                        "texts.xlsx: the ending is none of .csv, .tsv, .jsonl, .ndjson, .json, .parquet, .txt"),
                BadInput.of(
                        "an empty file",
                        s -> {
                            s.write("texts.csv", "");
                            return s.run();
                        },
                        "texts.csv: has no rows; give a file with at least one"),
                BadInput.of(
                        "a file with nothing but names of columns",
                        s -> {
                            s.write("texts.csv", "text,label\n");
                            return s.run();
                        },
                        "texts.csv: has no rows; give a file with at least one"),
                BadInput.of(
                        "a column is missing",
                        s -> s.spoil("texts.csv", "text,label", "text,lable").run(),
                        "texts.csv: has no column \"label\"; did you mean \"lable\"? It has text, lable; choose with data.label"),
                BadInput.of(
                        "all rows are of one class",
                        s -> s.spoil("texts.csv", "plant", "animal").run(),
                        "data.label: all rows have the same class, \"animal\"; a classifier needs at least two"),
                BadInput.of(
                        "times that are none to split by",
                        s -> {
                            s.write("texts.csv", "text,label,day\na,animal,2024-01-01\nb,plant,soon\n");
                            return s.recipe("  max_length", "  columns: {split_time: day}\n  max_length");
                        },
                        "texts.csv: line 3: day is soon; data.columns.split_time takes numbers, or dates as"
                                + " 2024-05-31"),
                BadInput.of(
                        "too few values to split by",
                        s -> s.recipe("  max_length", "  columns: {split_by: label, id: text}\n  max_length"),
                        "texts.csv: label has fewer than three values, so that rows cannot be parted by it"
                                + " (data.columns.split_by)"),
                BadInput.of(
                        "two ways to split",
                        s -> s.recipe("  max_length", "  columns: {split_by: a, split_time: b}\n  max_length"),
                        "data.columns: split_by and split_time each say how rows are split; give one"),
                BadInput.of(
                        "a split where nothing is held out",
                        s -> s.recipe(
                                "  max_length",
                                "  dev: " + s.path("texts.csv") + "\n  test: " + s.path("texts.csv")
                                        + "\n  columns: {split_by: a}\n  max_length"),
                        "data.columns.split_by: dev and test have files of their own, so that nothing is split; leave"
                                + " it out"),
                BadInput.of(
                        "several files of which there is none",
                        s -> s.recipe("texts.csv", "part-*.csv"),
                        "part-*.csv: no file is named so"),
                BadInput.of(
                        "files of which one lacks a column",
                        s -> {
                            s.write("p/1.csv", "text,label\na,animal\n");
                            s.write("p/2.csv", "text,lable\nb,plant\n");
                            return s.recipe("texts.csv", "p/*.csv");
                        },
                        "p/2.csv: has no column \"label\"; did you mean \"lable\"?"),
                BadInput.of(
                        "a database of SQLite",
                        s -> {
                            s.write("shop.db", "SQLite format 3\0 and more");
                            return s.recipe("texts.csv", "shop.db#reviews");
                        },
                        "shop.db: is a database of SQLite, for which DuckDB fetches an extension; write the table as"
                                + " CSV"),
                BadInput.of(
                        "a database that is none",
                        s -> {
                            s.write("shop.duckdb", "text,label\n");
                            return s.recipe("texts.csv", "shop.duckdb");
                        },
                        "shop.duckdb: is no database of DuckDB"),
                BadInput.of(
                        "a row of CSV has too many values",
                        s -> {
                            s.write("texts.csv", "text,label\na cat,animal\na tree, tall,plant\n");
                            return s.run();
                        },
                        "texts.csv: 1 row is broken, at line 3: 3 cells where the header names 2 (texts with commas go"
                                + " in quotes); mend it, or leave it out (in a recipe data.format.on_bad_rows: skip, on a command"
                                + " --skip-bad-rows)"),
                BadInput.of(
                        "rows of CSV with too few values and open quotes",
                        s -> {
                            s.write("texts.csv", "text,label\na cat\na tree,plant\n\"a cat,animal\n");
                            return s.run("--check");
                        },
                        "texts.csv: 2 rows are broken, the first at line 2, then 4: 1 cell where the header names 2;"
                                + " mend them, or leave them out"),
                BadInput.of(
                        "a row of CSV has no label",
                        s -> {
                            s.write("texts.csv", "text,label\na cat,animal\na tree,\n");
                            return s.run();
                        },
                        "texts.csv: 1 row lacks a value, at line 3: no label; fill it, or leave it out"
                                + " (in a recipe data.format.on_empty: skip, on a command --skip-empty-rows)"),
                BadInput.of(
                        "a line of JSONL is cut",
                        s -> {
                            s.write("texts.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"a\", \"lab\n");
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl: 1 row is broken, at line 2: no JSON ("),
                BadInput.of(
                        "a line of JSONL has no label",
                        s -> {
                            s.write("texts.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"a\"}\n");
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl: 1 row lacks a value, at line 2: no label"),
                BadInput.of(
                        "a line of JSONL has null for a text",
                        s -> {
                            s.write("texts.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": null, \"label\": 2}\n");
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl: 1 row lacks a value, at line 2: no text"),
                BadInput.of(
                        "a JSONL file that is no UTF-8",
                        s -> {
                            s.write(
                                    "texts.jsonl",
                                    "{\"text\": \"café\", \"label\": 1}\n".getBytes(StandardCharsets.ISO_8859_1));
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl:1: is no UTF-8 text (byte 0xE9); save it as UTF-8, or say its encoding"),
                BadInput.of(
                        "a CSV file in an encoding that cannot be told",
                        s -> {
                            s.write("texts.csv", "text,label\nкот,a\nb,c\n".getBytes(Charset.forName("windows-1251")));
                            return s.run();
                        },
                        "texts.csv:2: is no UTF-8 text (byte 0xEA); save it as UTF-8, or say its encoding"
                                + " (data.format.encoding, --encoding)"),
                BadInput.of(
                        "a column that is there twice",
                        s -> s.spoil("texts.csv", "text,label\n", "text,label,\"Text\"\n")
                                .spoil("texts.csv", "animal", "animal,x")
                                .spoil("texts.csv", "plant", "plant,x")
                                .run(),
                        "texts.csv: has 2 columns \"text\"; give each a name of its own"),
                BadInput.of(
                        "two delimiters that both fit",
                        s -> {
                            s.write("texts.csv", "id,text;label\na,the cat;animal\nb,a tree;plant\n");
                            return s.run();
                        },
                        "texts.csv: can be read in two ways, with commas: 2 columns (id | text;label), or with"
                                + " semicolons: 2 columns (id,text | label); say which (data.format.delimiter,"
                                + " --delimiter)"),
                BadInput.of(
                        "a file without a header",
                        s -> {
                            s.write("texts.csv", "the cat,animal\na cat,animal\nthe cat sat,animal\na tree,plant\n");
                            return s.run();
                        },
                        "texts.csv: its first line has \"animal\", as rows below have it in column 2, so it may be a"
                                + " row and name no columns; say data.format.header: false (--no-header)"),
                BadInput.of(
                        "a file that ends in .gz and is not packed",
                        s -> {
                            s.write("texts.csv.gz", "text,label\n");
                            return s.recipe("texts.csv", "texts.csv.gz");
                        },
                        "texts.csv.gz: cannot be read: it is no gzip file"),
                BadInput.of(
                        "an encoding that there is not",
                        s -> {
                            s.recipe("  max_length", "  format: {encoding: utf8mb4}\n  max_length");
                            return s.run();
                        },
                        "encoding: \"utf8mb4\" is not allowed; expected a name such as utf-8, windows-1252 or utf-16"),
                BadInput.of(
                        "a delimiter of two characters",
                        s -> s.predict("model", "--input", s.path("texts.csv").toString(), "--delimiter", "||"),
                        "delimiter: \"||\" is not allowed; expected one character, or tab"),
                BadInput.of(
                        "how a file is written, without a file",
                        s -> s.predict("model", "--delimiter", ";"),
                        "how a file is written is of no use without --input; name it"),
                BadInput.of(
                        "a directory for a file",
                        s -> s.recipe("/texts.csv", "/model"),
                        "model: is a directory; give a file"),
                BadInput.of(
                        "a Parquet file that is none",
                        s -> {
                            s.write("texts.parquet", "text,label\n");
                            return s.recipe("texts.csv", "texts.parquet");
                        },
                        "texts.parquet: cannot be read: "),
                BadInput.of(
                        "scores for classes (found by `--check` too)",
                        s -> {
                            s.write("texts.csv", "text,label\na cat,3.25\na tree,4\nthe cat,0.5\n");
                            return s.run("--check");
                        },
                        "texts.csv: line 2: label is a score, 3.25: numbers are learnt with task: regression; take it,"
                                + " or say data.labels: classes if they are classes all the same"),
                BadInput.of(
                        "whole numbers, but more than there are classes",
                        s -> {
                            var rows = new StringBuilder("text,label\n");
                            for (int i = 0; i < 42; i++) {
                                rows.append("a cat,").append(i / 2 * 5).append('\n');
                            }
                            s.write("texts.csv", rows.toString());
                            return s.run();
                        },
                        "texts.csv: label holds 21 different numbers, which are learnt with task: regression; take it,",
                        "or say data.labels: classes"),
                BadInput.of(
                        "lists of classes",
                        s -> {
                            s.write("texts.csv", "text,label\na cat,animal\na tree,\"['plant', 'tall']\"\n");
                            return s.run();
                        },
                        "texts.csv: line 3: label is a list, ['plant', 'tall']: any number of classes a row is learnt"
                                + " with task: multi_label_classification; take it, or say"),
                BadInput.of(
                        "lists of classes in JSONL",
                        s -> {
                            s.write("texts.jsonl", "{\"text\": \"a\", \"label\": [0, 2]}\n");
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl: 1 row is broken, at line 1: label is [0,2]; expected a text or a number"),
                BadInput.of(
                        "a class that the training rows do not have",
                        s -> {
                            s.write("dev.csv", "text,label\na cat,animal\na stone,mineral\n");
                            return s.recipe("  max_length", "  dev: " + s.path("dev.csv") + "\n  max_length");
                        },
                        "dev.csv: line 3: the label \"mineral\" is none of the known classes (animal, plant)"));
    }
}
