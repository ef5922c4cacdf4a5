package org.counterweight.cli;

import java.util.List;
import java.util.Map;

/** Models that cannot answer together. */
final class BadDawin {
    private BadDawin() {}

    static List<BadInput> mixtures() {
        return List.of(
                BadInput.of(
                        "one model alone",
                        s -> List.of(
                                "dawin",
                                s.classifier("a").path("a") + "",
                                "--input",
                                s.path("texts.csv") + "",
                                "--output",
                                s.path("out") + ""),
                        "dawin mixes two models or more, and ",
                        "name another that was fine-tuned from the same base"),
                BadInput.of(
                        "three models and no base",
                        s -> s.classifier("a")
                                .classifier("b")
                                .dawin("a", "b", s.classifier("c").path("c") + ""),
                        "3 models are mixed as differences from what they were fine-tuned from; name it with --base"),
                BadInput.of(
                        "a model without a head",
                        s -> s.classifier("a").dawin("a", "model"),
                        "model: has no classification head; train one with cw run"),
                BadInput.of(
                        "a model with other classes",
                        s -> s.classifier("a")
                                .classifier("b")
                                .spoil("b/config.json", "plant", "stone")
                                .dawin("a", "b"),
                        "b: has other classes than ",
                        "a, or in another order; only models that tell the same ones can be mixed"),
                BadInput.of(
                        "a model of another width",
                        s -> s.classifier("a")
                                .model("b", "BertForSequenceClassification", Map.of("hidden_size", 16))
                                .dawin("a", "b"),
                        "[12, 8] in ",
                        "[12, 16] in ",
                        "only models of one architecture can be mixed"),
                BadInput.of(
                        "a model of other attention",
                        s -> s.classifier("a")
                                .model("b", "BertForSequenceClassification", Map.of("num_attention_heads", 4))
                                .dawin("a", "b"),
                        "b: its config.json describes another model than that of "),
                BadInput.of(
                        "a model with another tokenizer",
                        s -> s.classifier("a")
                                .classifier("b")
                                .spoil("b/vocab.txt", "cat\ntree", "tree\ncat")
                                .dawin("a", "b"),
                        "b: its tokenizer reads row 1 otherwise than that of "),
                BadInput.of(
                        "a base of another width",
                        s -> s.classifier("a")
                                .classifier("b")
                                .model("base", "BertModel", Map.of("hidden_size", 16))
                                .dawin("a", "b", "--base", s.path("base") + ""),
                        "[12, 16] in ",
                        "base; only models of one architecture can be mixed"),
                BadInput.of(
                        "a class that the models do not know",
                        s -> {
                            s.classifier("a")
                                    .classifier("b")
                                    .write("rows.csv", "text,label\nthe cat,animal\na tree,stone\n");
                            return s.dawin("a", "b", "--label", "label");
                        },
                        "rows.csv: line 3: the label \"stone\" is none of the known classes (animal, plant)"),
                BadInput.of(
                        "one row, which has no spread",
                        s -> {
                            s.classifier("a").classifier("b").write("rows.csv", "text\nthe cat\n");
                            return s.dawin("a", "b");
                        },
                        "rows.csv: the offset is the spread of the models' entropies over at least two rows, and there is one;",
                        "add --no-offset, or name other rows with --reference"),
                BadInput.of(
                        "clusters below 0",
                        s -> s.classifier("a").classifier("b").dawin("a", "b", "--clusters", "-1"),
                        "--clusters: -1 is not allowed; expected an integer of at least 0"),
                BadInput.of(
                        "a temperature of 0",
                        s -> s.classifier("a").classifier("b").dawin("a", "b", "--temperature", "0"),
                        "--temperature: \"0\" is not allowed; expected fit, or numbers above 0"),
                BadInput.of(
                        "temperatures for three of two models",
                        s -> s.classifier("a").classifier("b").dawin("a", "b", "--temperature", "1,2,3"),
                        "expected one number, or one for each of the 2 models, or fit"),
                BadInput.of(
                        "a temperature to fit to nothing",
                        s -> s.classifier("a").classifier("b").dawin("a", "b", "--temperature", "fit"),
                        "--temperature fit needs rows with labels, held out; name them with --dev"),
                BadInput.of(
                        "held-out rows that nothing is fitted to",
                        s -> s.classifier("a").classifier("b").dawin("a", "b", "--dev", s.path("texts.csv") + ""),
                        "--dev is what temperatures are fitted to; add --temperature fit"),
                BadInput.of(
                        "a scale and no base",
                        s -> s.classifier("a").classifier("b").dawin("a", "b", "--scale", "0.3"),
                        "--scale is that of differences from a base; name it with --base"),
                BadInput.of(
                        "an expertise that there is not",
                        s -> s.classifier("a").classifier("b").dawin("a", "b", "--expertise", "entropy"),
                        "expertise: \"entropy\" is not allowed; expected one of negexp_ent_ratio"),
                BadInput.of(
                        "an expertise by true classes, without any",
                        s -> s.classifier("a").classifier("b").dawin("a", "b", "--expertise", "negexp_loss_ratio"),
                        "--expertise: negexp_loss_ratio goes by the rows' true classes; name their column with --label"),
                BadInput.of(
                        "an output that would replace one of the models",
                        s -> s.classifier("out").classifier("b").dawin("out", "b", "--overwrite"),
                        "out is an input, ",
                        "which would be lost; name another directory"));
    }
}
