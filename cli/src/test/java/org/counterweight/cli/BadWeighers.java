package org.counterweight.cli;

import java.util.List;
import java.util.Map;

/** Rows that are to be weighed by what nobody knows of them, and runs too short for their method; {@code --check} tells. */
final class BadWeighers {
    private BadWeighers() {}

    static List<BadInput> all() {
        return List.of(
                BadInput.of(
                        "weights by groups that the rows do not have",
                        s -> weighed(s, "{method: group_dro, groups: 3}"),
                        "weigh.method: group_dro needs of each row \"group\" (its group, 0 to 2); with task:"
                                + " text_classification it has \"labels\" (its class) and \"row\" (its number): name the file's in"
                                + " data.columns: {group: NAME}, set weigh.column to one of these, or take another method"),
                BadInput.of(
                        "a column of the file that is not there",
                        s -> columns(s, "{group: domain}", "{method: group_dro, groups: 2}", "0"),
                        "texts.csv: has no column \"domain\"."),
                BadInput.of(
                        "a column that nothing reads",
                        s -> columns(s, "{weight: w}", "{method: group_dro, groups: 2, column: labels}", "0"),
                        "data.columns.weight: \"w\" is read by nothing; take a weigh.method that needs it"),
                BadInput.of(
                        "columns of a set that has none",
                        s -> s.recipe("train: " + s.path("texts.csv"), "name: wordnet-nouns\n  columns: {weight: w}"),
                        "data.columns are a file's; they go with train, not with name"),
                BadInput.of(
                        "more groups in the file than in the settings",
                        s -> columns(s, "{group: w}", "{method: group_dro, groups: 2}", "de", "en", "fr"),
                        "texts.csv: w has 3 groups (0 de, 1 en, 2 fr), but weigh.groups is 2; set as many"),
                BadInput.of(
                        "a group beyond those of the settings",
                        s -> columns(s, "{group: w}", "{method: group_dro, groups: 2}", "0", "2"),
                        "texts.csv: line 3: w is 2, but weigh.groups: 2 has 0 to 1; set as many"),
                BadInput.of(
                        "a weight below 0",
                        s -> columns(s, "{weight: w}", "{method: column}", "1", "-0.5"),
                        "texts.csv: line 3: w is -0.5; a weight is a number of at least 0 (data.columns.weight)"),
                BadInput.of(
                        "weights that are no numbers",
                        s -> columns(s, "{weight: w}", "{method: column}", "1", "nan", "much"),
                        "texts.csv: 26 rows are broken, the first at line 3, then 4, 6, 7, …: w is nan; expected a finite"
                                + " number"),
                BadInput.of(
                        "a number that may be a thousand or one",
                        s -> columns(s, "{weight: w}", "{method: column}", "\"1,234\"", "2"),
                        "texts.csv: line 2: w is 1,234, which may be 1.234 or 1234; say which (data.format.decimal,"
                                + " --decimal)"),
                BadInput.of(
                        "a decoder's rows and a column of the file",
                        s -> {
                            s.decoder("g").recipe("model:\n", "task: causal_lm\nmodel:\n", "/model\n", "/g\n");
                            return weighed(s, "{method: column}");
                        },
                        "weigh.method: column needs of each row \"weight\" (its weight); with task: causal_lm it has \"row\""
                                + " (its number), and no column of a file, as texts are joined and cut: take another method"),
                BadInput.of(
                        "weights by domains and by a reference model's losses",
                        s -> weighed(s, "{method: doremi, groups: 2}"),
                        "weigh.method: doremi needs of each row \"group\" (its domain, 0 to 1) and \"ref_loss\" (its loss"
                                + " under a reference model);",
                        "name the file's in data.columns: {group: NAME, ref_loss: NAME}, or take another method"),
                BadInput.of(
                        "weights by a reference model's losses",
                        s -> weighed(s, "{method: loss_selection, kept: excess_topk, ratio: 0.5}"),
                        "weigh.method: loss_selection needs of each row \"ref_loss\" (its loss under a reference model);",
                        "name the file's in data.columns: {ref_loss: NAME}, or take another method"),
                BadInput.of(
                        "a language model weighs its rows by classes",
                        s -> {
                            s.model("m", "BertForMaskedLM", Map.of())
                                    .recipe("model:\n", "task: masked_lm\nmodel:\n", "/model\n", "/m\n");
                            return weighed(s, "{method: group_dro, groups: 2, column: labels}");
                        },
                        "needs of each row \"labels\" (its group, 0 to 1); with task: masked_lm it has \"row\" (its number): take another method"),
                BadInput.of(
                        "more classes than groups",
                        s -> {
                            s.recipe("train:\n", "weigh: {method: group_dro, groups: 1, column: labels}\ntrain:\n");
                            return s.run();
                        },
                        "weigh: group_dro takes each row's class for its group, of which the settings have 1, but the data"
                                + " has 2 classes; set as many"),
                BadInput.of(
                        "one row, weighed against itself",
                        s -> {
                            s.recipe("batch_size: 8", "batch_size: 1\n  accumulation: 4");
                            return weighed(s, "{method: focal}");
                        },
                        "weigh: rows are weighed against those beside them, and train.batch_size: 1 puts none there; take"
                                + " more, or train.accumulation with train.weighed: step, or leave weigh out"),
                BadInput.of(
                        "too few steps for ranks to fall",
                        s -> {
                            s.recipe(
                                    "method: bone\n  r: 2",
                                    "method: adalora\n  tinit: 5\n  tfinal: 5",
                                    "epochs: 1",
                                    "max_steps: 10");
                            return s.run("--check");
                        },
                        "adalora.tinit and tfinal: 5 and 5 leave none of the 10 steps of the run for ranks to fall; lower"
                                + " them, or train for more than 10 steps"),
                BadInput.of(
                        "too few rows for ranks to fall",
                        s -> s.recipe("method: bone\n  r: 2", "method: adalora\n  tinit: 5\n  tfinal: 5"),
                        "leave none of the 4 steps of the run for ranks to fall"));
    }

    private static List<String> weighed(Sandbox s, String weigh) {
        s.recipe("train:\n", "weigh: " + weigh + "\ntrain:\n");
        return s.run("--check");
    }

    /** A recipe on a file with a column w of those values in turn. */
    private static List<String> columns(Sandbox s, String columns, String weigher, String... values) {
        var rows = new StringBuilder("text,label,w\n");
        for (int i = 0; i < 40; i++) {
            rows.append(i % 2 == 0 ? "the cat,animal," : "a tree,plant,")
                    .append(values[i % values.length])
                    .append('\n');
        }
        s.write("texts.csv", rows.toString());
        s.recipe("  max_length", "  columns: " + columns + "\n  max_length");
        return weighed(s, weigher);
    }
}
