package org.counterweight.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows and models that cannot be judged by one another. */
final class BadEvaluations {
    private BadEvaluations() {}

    static List<BadInput> evaluations() {
        return List.of(
                BadInput.of(
                        "a class that the model does not tell",
                        s -> judged(s.classifier("m"), "m", "text,label\nthe cat,animal\na tree,plnt\n"),
                        "judge.csv: label: row 2 has \"plnt\", which is no class of the model",
                        "did you mean \"plant\"? It tells animal, plant"),
                BadInput.of(
                        "a row without a class",
                        s -> judged(s.classifier("m"), "m", "text,label\nthe cat,animal\na tree,\n"),
                        "judge.csv: 1 row lacks a value, at line 3: no label; fill it, or leave it out (in a recipe"
                                + " data.format.on_empty: skip, on a command --skip-empty-rows)"),
                BadInput.of(
                        "words where the model tells scores",
                        s -> judged(s.oneScore("m"), "m", "text,label\nthe cat,animal\n"),
                        "row 1 has \"animal\", which is no finite number, but the model tells scores; mend the row,"
                                + " or name another column with --label"),
                BadInput.of(
                        "a weight below 0",
                        s -> judged(
                                s.classifier("m"),
                                "m",
                                "text,label,w\nthe cat,animal,1\na tree,plant,-2\n",
                                "--weight",
                                "w"),
                        "judge.csv: w: row 2 has \"-2\", but a weight is a number of at least 0; mend the row, or name"
                                + " another column with --weight"),
                BadInput.of(
                        "a weight that is none",
                        s -> judged(s.classifier("m"), "m", "text,label,w\nthe cat,animal,much\n", "--weight", "w"),
                        "judge.csv: w: row 1 has \"much\", which is no finite number, but a weight is a number of at least"
                                + " 0"),
                BadInput.of(
                        "weights that are all 0",
                        s -> judged(s.classifier("m"), "m", "text,label,w\nthe cat,animal,0\n", "--weight", "w"),
                        "judge.csv: w: every row has 0, so that none would count"),
                BadInput.of(
                        "no column of labels",
                        s -> judged(s.classifier("m"), "m", "text,lable\nthe cat,animal\n"),
                        "has no column \"label\"; did you mean \"lable\"? It has text, lable; choose with --label"),
                BadInput.of(
                        "no column of texts",
                        s -> judged(s.classifier("m"), "m", "review,label\nthe cat,animal\n"),
                        "has no column \"text\". It has review, label; choose with --column"),
                BadInput.of(
                        "few resamples",
                        s -> judged(s.classifier("m"), "m", "text,label\nthe cat,animal\n", "--resamples", "10"),
                        "--resamples: 10 is not allowed; expected 0 for no intervals, or at least 100"),
                BadInput.of(
                        "classes of a model that tells words",
                        s -> List.of("predict", s.decoder("g").path("g") + "", "--text", "the", "--top", "3"),
                        "g: --top tells classes, and this model tells words; leave it out"),
                BadInput.of(
                        "a perplexity that is streamed",
                        s -> List.of("predict", s.path("g") + "", "--text", "the", "--perplexity", "--stream"),
                        "--perplexity tells how likely texts are and goes on with none"),
                BadInput.of(
                        "a threshold for what there is not",
                        s -> judged(s.classifier("m"), "m", "text,label\na,animal\n", "--threshold", "f2"),
                        "--threshold: \"f2\" is not allowed; expected f1, precision=P or recall=R with a share in (0,"
                                + " 1]"),
                BadInput.of(
                        "a threshold on rows of one class",
                        s -> judged(s.classifier("m"), "m", "text,label\na,animal\n", "--threshold", "f1"),
                        "--threshold: no row is plant, so that no threshold can be chosen; give rows of both kinds"),
                BadInput.of(
                        "a threshold of a score",
                        s -> judged(s.oneScore("m"), "m", "text,label\na,1\n", "--threshold", "f1"),
                        "--threshold: the model tells scores, and thresholds are of classes; leave it out"),
                BadInput.of(
                        "a positive class and no threshold",
                        s -> judged(s.classifier("m"), "m", "text,label\na,animal\n", "--positive", "animal"),
                        "--positive says of which class a threshold is; add --threshold"),
                BadInput.of(
                        "a threshold of a class that there is not",
                        s -> judged(
                                s.classifier("m"),
                                "m",
                                "text,label\na,animal\n",
                                "--threshold",
                                "f1",
                                "--positive",
                                "anmal"),
                        "--positive: \"anmal\" is no class of the model; did you mean \"animal\"?"),
                BadInput.of(
                        "thresholds of other classes beside a model",
                        s -> {
                            s.classifier("m").write("m/thresholds.json", "{\"thresholds\": {\"spam\": 0.3}}");
                            return s.predict("m");
                        },
                        "m/thresholds.json",
                        "\"spam\" is no class of the model",
                        "choose thresholds anew with cw evaluate --threshold, or delete the file"),
                BadInput.of(
                        "answers in an unknown form",
                        s -> s.classifier("m").predict("m", "--format", "xlsx"),
                        "--format: \"xlsx\" is unknown. Known: jsonl, csv, parquet, safetensors"),
                BadInput.of(
                        "a table of bytes in a terminal",
                        s -> s.predict("m", "--format", "parquet"),
                        "--format: \"parquet\" is not allowed; expected jsonl or csv without a file; name one with"
                                + " --output"),
                BadInput.of(
                        "what is true of no file",
                        s -> s.predict("m", "--label", "label"),
                        "--label names a column of --input; name the file"),
                BadInput.of(
                        "vectors to be judged",
                        s -> List.of(
                                "predict",
                                s.path("m") + "",
                                "--input",
                                s.path("texts.csv") + "",
                                "--embed",
                                "--label",
                                "label"),
                        "--label judges the rows of --input by their classes or scores; leave out --text, --image and"
                                + " --embed"),
                BadInput.of(
                        "a batch of nothing",
                        s -> s.classifier("m").predict("m", "--batch-size", "0"),
                        "--batch-size: 0 is not allowed; expected an integer of at least 1 (32 to 256 is usual)"),
                BadInput.of(
                        "no runs to hold against one another",
                        s -> List.of("reports", s.path("model") + ""),
                        "model: holds no run that came to its end; name the directory above the outputs of cw run"),
                BadInput.of(
                        "a page of another kind",
                        s -> List.of("reports", s.path("model") + "", "--output", s.path("page.pdf") + ""),
                        "page.pdf is not allowed; expected a name that ends in .html"));
    }

    private static List<String> judged(Sandbox s, String model, String rows, String... more) {
        var words =
                new ArrayList<>(List.of("evaluate", s.path(model) + "", "--input", s.write("judge.csv", rows) + ""));
        words.addAll(List.of(more));
        return words;
    }
}
