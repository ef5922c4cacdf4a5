package org.counterweight.cli;

import java.util.List;
import java.util.Map;

/** Edits that cannot be made, or taken back. */
final class BadEdits {
    private static final String EDIT = "{\"text\": \"the cat\", \"label\": \"plant\"}\n";

    private BadEdits() {}

    private static Sandbox with(Sandbox sandbox, String lines) {
        sandbox.classifier("c").write("edits.jsonl", lines);
        return sandbox;
    }

    /** An earlier run's edits, of the model c. */
    private static Sandbox made(Sandbox sandbox) {
        with(sandbox, EDIT);
        Ran.cw(
                "edit",
                sandbox.path("c") + "",
                "--input",
                sandbox.path("edits.jsonl") + "",
                "--output",
                sandbox.path("made") + "",
                "--layer",
                "layer.0.output.dense",
                "--force",
                "--set",
                "n_iter=1");
        return sandbox;
    }

    static List<BadInput> edits() {
        return List.of(
                BadInput.of(
                        "a layer that there is not",
                        s -> with(s, EDIT).edit("c", "--layer", "layer.3.output.dense"),
                        "grace.layer: \"layer.3.output.dense\" is no layer of this model that can be wrapped"),
                BadInput.of(
                        "a layer that several names end in",
                        s -> with(s, EDIT).edit("c", "--layer", "output.dense"),
                        "grace.layer: \"output.dense\" fits 2 layers, ",
                        "give one of them whole"),
                BadInput.of(
                        "no layer and no settings",
                        s -> with(s, EDIT).edit("c"),
                        "grace.layer is missing; give the layer that is wrapped"),
                BadInput.of(
                        "a radius of 0",
                        s -> with(s, EDIT).edit("c", "--layer", "layer.0.output.dense", "--set", "eps=0"),
                        "grace.eps: 0.0 is not allowed; expected a number above 0"),
                BadInput.of(
                        "a setting that there is not",
                        s -> with(s, EDIT).edit("c", "--layer", "layer.0.output.dense", "--set", "esp=1"),
                        "grace.esp is unknown; did you mean \"eps\"?"),
                BadInput.of(
                        "settings of another editor",
                        s -> {
                            s.write("rome.yaml", "alg_name: ROME\nlayers: [5]\n");
                            return with(s, EDIT).edit("c", "--settings", s.path("rome.yaml") + "");
                        },
                        "rome.yaml: alg_name: \"ROME\" is not allowed; expected GRACE"),
                BadInput.of(
                        "edits that are no JSON",
                        s -> with(s, EDIT + "the cat,plant\n").edit("c", "--layer", "layer.0.output.dense"),
                        "edits.jsonl:2: is no JSON"),
                BadInput.of(
                        "an edit without a label",
                        s -> with(s, "{\"text\": \"the cat\"}\n").edit("c", "--layer", "layer.0.output.dense"),
                        "edits.jsonl:1: has neither label nor target_new nor target nor alt nor labels nor output; it has text"),
                BadInput.of(
                        "a list of edits with one that is none",
                        s -> with(s, "[" + EDIT + ", 3]\n").edit("c", "--layer", "layer.0.output.dense"),
                        "edits.jsonl, request 2: is no JSON object"),
                BadInput.of(
                        "a list of edits that is cut off",
                        s -> with(s, "[" + EDIT + ",").edit("c", "--layer", "layer.0.output.dense"),
                        "edits.jsonl: is no list of JSON objects ("),
                BadInput.of(
                        "an edit with an empty label",
                        s -> with(s, "{\"text\": \"the cat\", \"label\": \" \"}\n")
                                .edit("c", "--layer", "layer.0.output.dense"),
                        "edits.jsonl:1: label is empty; say what the edit is, or take the line out"),
                BadInput.of(
                        "no edits",
                        s -> with(s, "\n").edit("c", "--layer", "layer.0.output.dense"),
                        "edits.jsonl: has no edits; expected one JSON object a line"),
                BadInput.of(
                        "a class that the model does not know",
                        s -> with(s, EDIT + "{\"text\": \"a tree\", \"label\": \"plnt\"}\n")
                                .edit("c", "--layer", "layer.0.output.dense"),
                        "edits.jsonl:2: \"plnt\" is no class of this model; did you mean \"plant\"?"),
                BadInput.of(
                        "rephrasings that are no texts",
                        s -> with(s, "{\"text\": \"the cat\", \"label\": \"plant\", \"rephrase_prompt\": 3}\n")
                                .edit("c", "--layer", "layer.0.output.dense"),
                        "edits.jsonl:1: rephrase_prompt is 3; expected a text, or a list of texts"),
                BadInput.of(
                        "a model that fills gaps",
                        s -> {
                            s.model("m", "BertForMaskedLM", Map.of());
                            return with(s, EDIT).edit("m", "--layer", "layer.0.output.dense");
                        },
                        "m: fills gaps, and edits are of classifiers and of models that write"),
                BadInput.of(
                        "a layer that sees the answer",
                        s -> {
                            TextToTextRunsTest.model(s, "t5", true, "relu");
                            return with(s, EDIT).edit("t5", "--layer", "decoder.block.0.layer.2.DenseReluDense.wo");
                        },
                        "grace.layer: decoder.block.0.layer.2.DenseReluDense.wo sees the answer, which is not there yet",
                        "name a layer of the encoder"),
                BadInput.of(
                        "an entry that answers at no position",
                        s -> with(s, EDIT.replace("plant", "animal"))
                                .edit(
                                        "c",
                                        "--force",
                                        "--layer",
                                        "layer.0.output.dense",
                                        "--set",
                                        "replacement=replace_last"),
                        "edits.jsonl:1: the answer does not depend on what is replaced at"
                                + " bert.encoder.layer.0.output.dense;",
                        "take replacement: replace_all, or a layer further from the end"),
                BadInput.of(
                        "a baseline that there is not",
                        s -> with(s, EDIT).edit("c", "--layer", "layer.0.output.dense", "--baseline", "fd"),
                        "baseline.method: \"fd\" is not allowed; expected one of "),
                BadInput.of(
                        "a setting of GRACE's for a baseline",
                        s -> with(s, EDIT)
                                .edit("c", "--layer", "layer.0.output.dense", "--baseline", "ft", "--set", "eps=1"),
                        "baseline.eps is unknown"),
                BadInput.of(
                        "a layer without a weight of its own",
                        s -> with(s, EDIT).edit("c", "--layer", "encoder.layer.0", "--baseline", "ft"),
                        "baseline.layer: bert.encoder.layer.0 has no weight of its own that could be trained"),
                BadInput.of(
                        "nothing to go on with",
                        s -> with(s, EDIT).edit("c", "--layer", "layer.0.output.dense", "--resume"),
                        "out.unfinished is not there, so that there is nothing to go on with; leave it out"),
                BadInput.of(
                        "periods of nothing",
                        s -> with(s, EDIT).edit("c", "--layer", "layer.0.output.dense", "--period", "0"),
                        "--period: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "settings beside edits that have their own",
                        s -> made(s).edit("c", "--edits", s.path("made") + "", "--layer", "layer.0.output.dense"),
                        "--edits brings its own settings; leave --layer, --settings and --set out"),
                BadInput.of(
                        "edits of another model to go on with",
                        s -> {
                            made(s).model("d", "BertForSequenceClassification", Map.of("intermediate_size", 16));
                            return s.edit("d", "--edits", s.path("made") + "");
                        },
                        "made: was made for another model, of sha256 ",
                        "A codebook goes with the weights that it was made on"),
                BadInput.of(
                        "a question to another model with the edits",
                        s -> {
                            made(s).model("d", "BertForSequenceClassification", Map.of("intermediate_size", 16));
                            return s.predict("d", "--edits", s.path("made") + "");
                        },
                        "made: was made for another model, of sha256 "),
                BadInput.of(
                        "edits where there are none",
                        s -> with(s, EDIT).predict("c", "--edits", s.path("c") + ""),
                        "c: has no codebook.safetensors; name the directory that cw edit wrote with --output"),
                BadInput.of(
                        "a codebook that is cut short",
                        s -> made(s).cut("made/codebook.safetensors", 9).predict("c", "--edits", s.path("made") + ""),
                        "made/codebook.safetensors"),
                BadInput.of(
                        "an entry to delete that there is not",
                        s -> List.of(
                                "edits", made(s).path("made") + "", "--delete", "7", "--output", s.path("out") + ""),
                        "there is no entry 7 to delete; list the entries to see their ids"),
                BadInput.of(
                        "more edits to undo than were made",
                        s -> List.of(
                                "edits", made(s).path("made") + "", "--rollback", "2", "--output", s.path("out") + ""),
                        "rollback: 2 is not allowed; expected from 1 to 1, the edits that can be undone"),
                BadInput.of(
                        "edits to delete and no place for the rest",
                        s -> List.of("edits", made(s).path("made") + "", "--delete", "0"),
                        "name a directory for the changed edits with --output; ",
                        "made is only read"));
    }
}
