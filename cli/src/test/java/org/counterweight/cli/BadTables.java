package org.counterweight.cli;

import java.util.List;

/** Tables whose columns cannot be learnt, and questions to models of them. */
final class BadTables {
    private static final String RECIPE = """
            task: regression
            model: {architecture: {type: mlp, hidden: [4]}}
            data: {train: "@/rows.csv", label: price}
            train: {epochs: 1, batch_size: 8, precision: float32}
            output: {directory: "@/out", baseline: false}
            """;

    private BadTables() {}

    static List<BadInput> tables() {
        return List.of(
                BadInput.of(
                        "no file of rows",
                        s -> table(s, "train: \"" + s.path("rows.csv") + "\", ", ""),
                        "data.train is missing; give file to learn from"),
                BadInput.of(
                        "a column to tell that is not there (found by `--check` too)",
                        s -> checked(table(s, "label: price", "label: prize")),
                        "rows.csv: has no column \"prize\"; did you mean \"price\"?"),
                BadInput.of(
                        "a feature that is not there (found by `--check` too)",
                        s -> checked(table(s, "label: price", "label: price, features: [area, romms]")),
                        "rows.csv: has no column \"romms\"; did you mean \"rooms\"?"),
                BadInput.of(
                        "what is to be told among what is seen",
                        s -> table(s, "label: price", "label: price, features: [area, price]"),
                        "data.features: [area, price] is not allowed; expected columns beside data.label, at least one"),
                BadInput.of(
                        "a category that is no feature",
                        s -> table(s, "label: price", "label: price, features: [area], categorical: [rooms]"),
                        "data.categorical: \"rooms\" is not allowed; expected one of data.features"),
                BadInput.of(
                        "words for numbers that are to be told (found by `--check` too)",
                        s -> checked(table(s, "label: price", "label: town")),
                        "rows.csv: 40 rows are broken, the first at line 2, then 3, 4, 5, …: town is Oslo; expected a number"),
                BadInput.of(
                        "the same number in every row (found by `--check` too)",
                        s -> checked(table(s, "label: price", "label: same")),
                        "rows.csv: same is 1.0 in every row, so that there is nothing to learn; name another column"),
                BadInput.of(
                        "numbers for classes of rows (found by `--check` too)",
                        s -> checked(table(s, "task: regression", "task: table_classification")),
                        "rows.csv: price holds 40 different numbers, which are learnt with task: regression; take it, or say"
                                + " data.labels: classes if they are classes all the same"),
                BadInput.of(
                        "nothing for a model to see",
                        s -> {
                            s.write("rows.csv", "price,same\n1,a\n2,a\n3,a\n");
                            return s.recipeOf(RECIPE);
                        },
                        "rows.csv: no column is left for the model to see; name some in data.features"),
                BadInput.of(
                        "dates of which no row shows whether the day or the month comes first",
                        s -> {
                            s.write("rows.csv", "price,day\n1,01/02/2024\n2,03/04/2024\n3,05/06/2024\n");
                            s.recipeOf(RECIPE);
                            return s.recipe("label: price", "label: price, features: [day]");
                        },
                        "rows.csv: day: dates such as 01/02/2024 may have the day first or the month, in every row; say"
                                + " which (data.format.dates: day_first or month_first, --dates), or name it in"
                                + " data.categorical if it is no number"),
                BadInput.of(
                        "an order of dates that there is not",
                        s -> table(s, "label: price", "label: price, format: {dates: american}"),
                        "dates: \"american\" is not allowed; expected day_first or month_first"),
                BadInput.of(
                        "too few rows to hold some out",
                        s -> {
                            s.write("rows.csv", "price,area\n1,2\n2,3\n");
                            return s.recipeOf(RECIPE);
                        },
                        "data: there are too few rows: none is left to "),
                BadInput.of(
                        "a row to judge by with a class that is not learnt",
                        s -> {
                            s.write("test.csv", "price,area,rooms,town,same\n1,2,3,Lima,9\n");
                            return table(
                                    s,
                                    "task: regression",
                                    "task: table_classification",
                                    "label: price",
                                    "label: town, test: \"" + s.path("test.csv") + "\"",
                                    "rows.csv\"",
                                    "rows.csv\", features: [area]");
                        },
                        "test.csv: line 2: the label \"Lima\" is none of the known classes (Oslo, Rome)"),
                BadInput.of(
                        "an architecture of images for a table",
                        s -> table(s, "{type: mlp, hidden: [4]}", "resnet"),
                        "model.architecture: resnet takes images, and task: regression learns from a table's rows; take mlp"),
                BadInput.of(
                        "a model of texts for a table (found by `--check` too)",
                        s -> checked(table(
                                s, "{architecture: {type: mlp, hidden: [4]}}", "{name: \"" + s.path("model") + "\"}")),
                        "model/config.json: model_type: \"bert\" is not allowed; expected a model of numbers: mlp"),
                BadInput.of(
                        "a set of the catalogue for scores",
                        s -> s.recipe(
                                "model:\n",
                                "task: regression\nmodel:\n",
                                "train: " + s.path("texts.csv"),
                                "kind: texts\n  name: fine-food"),
                        "data.name: the catalogue's sets have one class a text; give train, a file"),
                BadInput.of(
                        "one class for any number of them",
                        s -> {
                            s.write("texts.csv", "text,label\n" + "the cat,animal\na tree,\n".repeat(10));
                            return s.recipe("model:\n", "task: multi_label_classification\nmodel:\n");
                        },
                        "data.label: \"animal\" is the only class; name a column of several"),
                BadInput.of(
                        "best by a figure that scores have not",
                        s -> table(s, "train: {epochs: 1", "train: {best_by: accuracy, epochs: 1"),
                        "train.best_by: \"accuracy\" is not allowed; expected one of loss, rmse, pearson, spearman for task:"
                                + " regression"),
                BadInput.of(
                        "classes drawn where there are none",
                        s -> table(s, "train: {epochs: 1", "train: {sampler: class_balanced, epochs: 1"),
                        "train.sampler draws by classes, and task: regression has none; leave it out"),
                BadInput.of(
                        "ids of rows that are joined and cut",
                        s -> s.decoder("g")
                                .recipe(
                                        "model:\n",
                                        "task: causal_lm\nmodel:\n",
                                        "/model\n",
                                        "/g\n",
                                        "[query]",
                                        "[c_attn]",
                                        "  max_length",
                                        "  columns: {id: label}\n  max_length"),
                        "data.columns.id: \"label\" names rows in predictions.jsonl, and a language model tells nothing of a row"),
                BadInput.of(
                        "a text for a model of a table",
                        s -> List.of("predict", s.tableModel("m").path("m").toString(), "--text", "the cat"),
                        "--text: this model reads a table's rows; give --input with a file of them"),
                BadInput.of(
                        "rows that lack a column that the model sees",
                        s -> {
                            s.write("ask.csv", "rooms,aera\n1,2\n");
                            return List.of(
                                    "predict",
                                    s.tableModel("m").path("m").toString(),
                                    "--input",
                                    s.path("ask.csv").toString());
                        },
                        "ask.csv: has no column \"area\"; did you mean \"aera\"?"),
                BadInput.of(
                        "a model of a table that does not say how it sees rows",
                        s -> {
                            s.write("ask.csv", "rooms,area\n1,2\n");
                            s.tableModel("m").without("m/table_config.json");
                            return List.of(
                                    "predict",
                                    s.path("m").toString(),
                                    "--input",
                                    s.path("ask.csv").toString());
                        },
                        "m: has no table_config.json, which says how columns become what the model sees"),
                BadInput.of(
                        "a column of ids without a file",
                        s -> List.of("predict", s.tableModel("m").path("m").toString(), "--text", "a", "--id", "x"),
                        "--id names a column of --input; name the file"));
    }

    /** The words that run a recipe on a table after changes in it. */
    private static List<String> table(Sandbox sandbox, String... changes) {
        var rows = new StringBuilder("price,area,rooms,town,same\n");
        for (int i = 0; i < 40; i++) {
            rows.append(1000 + 7 * i)
                    .append(',')
                    .append(20 + i % 13)
                    .append(',')
                    .append(1 + i % 5)
                    .append(i % 2 == 0 ? ",Oslo,1\n" : ",Rome,1\n");
        }
        sandbox.write("rows.csv", rows.toString());
        sandbox.recipeOf(RECIPE);
        return sandbox.recipe(changes);
    }

    private static List<String> checked(List<String> words) {
        return List.of(words.get(0), words.get(1), "--check");
    }
}
