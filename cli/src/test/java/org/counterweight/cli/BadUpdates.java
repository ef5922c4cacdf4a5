package org.counterweight.cli;

import java.util.List;
import java.util.Map;

/** Updates of a served classifier that cannot be made. */
final class BadUpdates {
    private BadUpdates() {}

    static List<BadInput> updates() {
        return List.of(
                BadInput.of(
                        "an update that tells a score",
                        s -> s.classifier("c").oneScore("d").update("c", "d"),
                        "d: config.json has num_labels: 1 (a score, no classes), but only one class a text is told here; ask the"
                                + " model with cw predict, or train one that tells classes"),
                BadInput.of(
                        "a model of any number of classes a text",
                        s -> s.classifier("c")
                                .classifier("d")
                                .problem("d", "multi_label_classification")
                                .update("c", "d"),
                        "d: config.json has problem_type: multi_label_classification (any number of classes a text), but"),
                BadInput.of(
                        "an old model without a head",
                        s -> s.classifier("new").update("model", "new"),
                        "model: has no classification head; train one with cw run"),
                BadInput.of(
                        "an update of another width",
                        s -> s.classifier("old")
                                .model("new", "BertForSequenceClassification", Map.of("hidden_size", 16))
                                .update("old", "new"),
                        "[12, 8]",
                        "[12, 16]"),
                BadInput.of(
                        "an update that has lost a class",
                        s -> s.classifier("old")
                                .classifier("new")
                                .spoil("new/config.json", "plant", "stone")
                                .update("old", "new"),
                        "new: has no class \"plant\", which ",
                        "an update may add classes, but drop none"),
                BadInput.of(
                        "two updates with their classes in different orders",
                        s -> {
                            s.classifier("old").classifier("new").classifier("other");
                            s.spoil(
                                    "other/config.json",
                                    "\"0\":\"animal\",\"1\":\"plant\"",
                                    "\"0\":\"plant\",\"1\":\"animal\"");
                            return s.update("old", "new", s.path("other") + "");
                        },
                        "other: has other classes than ",
                        "new, or in another order"),
                BadInput.of(
                        "an update that is quantised",
                        s -> s.classifier("old").classifier("new").codes("new").update("old", "new"),
                        "new: is quantised (bitsandbytes INT8"),
                BadInput.of(
                        "a dev set with a class that the update does not know",
                        s -> {
                            s.classifier("old").classifier("new");
                            s.write("texts.csv", "text,label\nthe cat,animal\na tree,stone\n");
                            return s.update("old", "new");
                        },
                        "texts.csv: line 3: the label \"stone\" is none of the known classes (animal, plant)"),
                BadInput.of(
                        "a dev set without the column",
                        s -> s.classifier("old").classifier("new").update("old", "new", "--label", "class"),
                        "texts.csv: has no column \"class\""),
                BadInput.of(
                        "no dev set",
                        s -> List.of("update", s.path("a") + "", s.path("b") + "", "--output", s.path("out") + ""),
                        "--dev"),
                BadInput.of(
                        "an unknown variant",
                        s -> s.classifier("old").classifier("new").update("old", "new", "--variant", "fihser"),
                        "variant: \"fihser\" is not allowed; expected one of plain, fisher"),
                BadInput.of(
                        "a share above 1",
                        s -> s.classifier("old").classifier("new").update("old", "new", "--alpha", "0.5,1.5"),
                        "bcwi.alphas: 1.5 is not allowed; expected a number in [0, 1]"),
                BadInput.of(
                        "texts for Fisher information that is not asked for",
                        s -> s.classifier("old")
                                .classifier("new")
                                .update("old", "new", "--fisher-data", s.path("texts.csv") + ""),
                        "--fisher-data is of no use without --variant fisher; add it"),
                BadInput.of(
                        "an output that is in use",
                        s -> {
                            s.write("out/notes.txt", "mine");
                            return s.classifier("old").classifier("new").update("old", "new");
                        },
                        "--output: ",
                        "out is not empty; name another; it holds notes.txt, which cw did not write"),
                BadInput.of(
                        "an output with files of another's",
                        s -> {
                            s.write("out/notes.txt", "mine");
                            s.write("out/thesis/chapter.tex", "mine");
                            return s.classifier("old").classifier("new").update("old", "new", "--overwrite");
                        },
                        "--output: ",
                        "out holds notes.txt, thesis/, which cw did not write and does not remove; name another"
                                + " directory"),
                BadInput.of(
                        "an output that would replace the served model",
                        s -> s.classifier("out").classifier("new").update("out", "new", "--overwrite"),
                        "out is an input, ",
                        "which would be lost; name another directory"));
    }
}
