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
                                + " text_classification it has \"labels\" (its class) and \"row\" (its number), and no recipe can give it more so far:"
                                + " set weigh.column to one of these, or take another method"),
                BadInput.of(
                        "weights by a column of the file, which does not reach the run",
                        s -> {
                            s.write(
                                    "texts.csv",
                                    "text,label,group\n" + "the cat,animal,0\na tree,plant,1\n".repeat(20));
                            return weighed(s, "{method: group_dro, groups: 2}");
                        },
                        "group_dro needs of each row \"group\"",
                        "no recipe can give it more so far"),
                BadInput.of(
                        "weights by domains and by a reference model's losses",
                        s -> weighed(s, "{method: doremi, groups: 2}"),
                        "weigh.method: doremi needs of each row \"group\" (its domain, 0 to 1) and \"ref_loss\" (its loss"
                                + " under a reference model);",
                        "so far: take another method"),
                BadInput.of(
                        "weights by a reference model's losses",
                        s -> weighed(s, "{method: loss_selection, kept: excess_topk, ratio: 0.5}"),
                        "weigh.method: loss_selection needs of each row \"ref_loss\" (its loss under a reference model);",
                        "so far: take another method"),
                BadInput.of(
                        "a language model weighs its rows by classes",
                        s -> {
                            s.model("m", "BertForMaskedLM", Map.of())
                                    .recipe("model:\n", "task: masked_lm\nmodel:\n", "/model\n", "/m\n");
                            return weighed(s, "{method: group_dro, groups: 2, column: labels}");
                        },
                        "needs of each row \"labels\" (its group, 0 to 1); with task: masked_lm it has \"row\" (its number), and no recipe"),
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
}
