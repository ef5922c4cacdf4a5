package org.counterweight.cli;

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
                        "texts.xlsx: the ending is none of .csv, .tsv, .jsonl, .parquet"),
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
                        "texts.csv: has no column \"label\"; did you mean \"lable\"? It has text, lable"),
                BadInput.of(
                        "all rows are of one class",
                        s -> s.spoil("texts.csv", "plant", "animal").run(),
                        "data.label: all rows have the same class, \"animal\"; a classifier needs at least two"),
                BadInput.of(
                        "a row of CSV has too many values",
                        s -> {
                            s.write("texts.csv", "text,label\na cat,animal\na tree, tall,plant\n");
                            return s.run();
                        },
                        "texts.csv:3: Expected Number of Columns: 2 Found: 3",
                        "put texts with commas in double quotes"),
                BadInput.of(
                        "a row of CSV has no label",
                        s -> {
                            s.write("texts.csv", "text,label\na cat,animal\na tree,\n");
                            return s.run();
                        },
                        "texts.csv: row 2 has no label"),
                BadInput.of(
                        "a line of JSONL is cut",
                        s -> {
                            s.write("texts.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"a\", \"lab\n");
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl:2: is no JSON ("),
                BadInput.of(
                        "a line of JSONL has no label",
                        s -> {
                            s.write("texts.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"a\"}\n");
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl:2: has no label; it has text"),
                BadInput.of(
                        "a line of JSONL has null for a text",
                        s -> {
                            s.write("texts.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": null, \"label\": 2}\n");
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl:2: text is null; expected a text or a number"),
                BadInput.of(
                        "a JSONL file that is no UTF-8",
                        s -> {
                            s.write(
                                    "texts.jsonl",
                                    "{\"text\": \"café\", \"label\": 1}\n".getBytes(StandardCharsets.ISO_8859_1));
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl: is no UTF-8 text; save it as UTF-8"),
                BadInput.of(
                        "a CSV file that is no UTF-8",
                        s -> {
                            s.write("texts.csv", "text,label\ncafé,a\nb,c\n".getBytes(StandardCharsets.ISO_8859_1));
                            return s.run();
                        },
                        "texts.csv:2: is no UTF-8 text; save it as UTF-8"),
                BadInput.of(
                        "a column that is there twice",
                        s -> s.spoil("texts.csv", "text,label\n", "text,label,\"Text\"\n")
                                .spoil("texts.csv", "animal", "animal,x")
                                .spoil("texts.csv", "plant", "plant,x")
                                .run(),
                        "texts.csv: has 2 columns \"text\"; give each a name of its own"),
                BadInput.of(
                        "columns with semicolons between them",
                        s -> s.spoil("texts.csv", ",", ";").run(),
                        "texts.csv: has no column \"text\". It has text;label"),
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
                        "texts.csv: row 1: label is a score, 3.25: scores (regression) cannot be learnt here; put classes in the"
                                + " column, or say data.labels: classes if they are classes all the same"),
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
                        "texts.csv: label holds 21 different numbers: scores (regression) cannot be learnt here;",
                        "or say data.labels: classes"),
                BadInput.of(
                        "lists of classes",
                        s -> {
                            s.write("texts.csv", "text,label\na cat,animal\na tree,\"['plant', 'tall']\"\n");
                            return s.run();
                        },
                        "texts.csv: row 2: label is a list, ['plant', 'tall']: texts with any number of classes (multi-label)"
                                + " cannot be learnt here; give each text one class"),
                BadInput.of(
                        "lists of classes in JSONL",
                        s -> {
                            s.write("texts.jsonl", "{\"text\": \"a\", \"label\": [0, 2]}\n");
                            return s.recipe("texts.csv", "texts.jsonl");
                        },
                        "texts.jsonl:1: label is [0,2]; expected a text or a number"),
                BadInput.of(
                        "a class that the training rows do not have",
                        s -> {
                            s.write("dev.csv", "text,label\na cat,animal\na stone,mineral\n");
                            return s.recipe("  max_length", "  dev: " + s.path("dev.csv") + "\n  max_length");
                        },
                        "dev.csv: row 2: the label \"mineral\" is none of the known classes (animal, plant)"));
    }
}
