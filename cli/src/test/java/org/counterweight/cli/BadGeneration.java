package org.counterweight.cli;

import java.util.List;
import java.util.Map;

/** Texts that cannot be written, or learnt from. */
final class BadGeneration {
    private BadGeneration() {}

    private static final String PROMPT =
            "classifier_prompt={template: \"*cls**sent_0*_the*mask*,*sep+*\", mapping: {plant: tree, animal: cat}}";

    /** The recipe with a masked language model that is asked by a prompt, spoiled in one place. */
    private static List<String> asked(Sandbox sandbox, String good, String by) {
        if (!PROMPT.contains(good)) {
            throw new IllegalArgumentException(PROMPT + " has no " + good);
        }
        sandbox.few().model("m", "BertForMaskedLM", Map.of());
        return sandbox.generate("classifier.name=" + sandbox.path("m"), PROMPT.replace(good, by));
    }

    static List<BadInput> all() {
        return List.of(
                BadInput.of(
                        "a generator that is not there",
                        s -> s.few().generate("generator=nowhere"),
                        "generator: nowhere is no directory; no catalogue has a pretrained decoder, so train one on"
                                + " texts of the kind, as cw run examples/generate/language.yaml does, or give a Hugging"
                                + " Face directory"),
                BadInput.of(
                        "a generator that writes nothing",
                        s -> s.few().generate("generator=" + s.path("model")),
                        "has no language model's head that goes on with a text"),
                BadInput.of(
                        "a generator that does not say what ends a text",
                        s -> s.few()
                                .spoil("g/config.json", ", \"eos_token_id\": 256", "")
                                .generate(),
                        "config.json does not say which token ends a text"),
                BadInput.of(
                        "one label alone",
                        s -> s.few()
                                .spoil(
                                        "fewgen.yaml",
                                        "  - {label: plant, prompt: \"leaf:\", temperature: 1, repetition_penalty:"
                                                + " 1}\n",
                                        "")
                                .generate(),
                        "labels: 1 given; a classifier tells at least 2 apart"),
                BadInput.of(
                        "a label twice",
                        s -> s.few()
                                .spoil("fewgen.yaml", "label: plant", "label: animal")
                                .generate(),
                        "labels: \"animal\" stands twice"),
                BadInput.of(
                        "a label that the data does not know",
                        s -> s.few()
                                .spoil("fewgen.yaml", "label: plant", "label: stone")
                                .generate(),
                        "the label \"plant\" is none of the known classes (stone, animal)"),
                BadInput.of(
                        "a label without an example",
                        s -> {
                            s.few().write("few.csv", "text,label\nthe cat,animal\nthe dog,animal\n");
                            return s.generate();
                        },
                        "few.csv: has no example of the label \"plant\""),
                BadInput.of(
                        "a prompt for a model that fills no gaps",
                        s -> s.few().generate(PROMPT),
                        "is BertModel, and only a model with a head for hidden words (BertForMaskedLM,"
                                + " RobertaForMaskedLM and their like) is asked at a mask"),
                BadInput.of(
                        "a word that is several tokens",
                        s -> asked(s, "animal: cat", "animal: \"cat sat\""),
                        "classifier_prompt.mapping: \"cat sat\", the word of the label \"animal\", is 2 tokens of this"
                                + " vocabulary: \"cat\", \"sat\"; take a word that is one token"),
                BadInput.of(
                        "a word that nobody knows",
                        s -> asked(s, "animal: cat", "animal: stone"),
                        "\"stone\", the word of the label \"animal\", is an unknown word to this vocabulary"),
                BadInput.of(
                        "a label without a word",
                        s -> asked(s, ", animal: cat", ""),
                        "classifier_prompt.mapping: the label \"animal\" has no word"),
                BadInput.of(
                        "a template without a mask",
                        s -> asked(s, "*mask*", ""),
                        "expected *mask* once; it is missing"),
                BadInput.of(
                        "a template with a variable that there is not",
                        s -> asked(s, "*sent_0*", "*snt_0*"),
                        "template: *snt_0* is unknown; did you mean \"sent_0\"?"),
                BadInput.of(
                        "a template of pairs for single texts",
                        s -> asked(s, "*mask*", "*mask**sent_1*"),
                        "expected no *sent_1*, for the rows are single texts"),
                BadInput.of(
                        "a label that the rows to judge by have and the recipe has not",
                        s -> {
                            s.few().write("test.csv", "text,label\nthe cat sat,animal\na stone fell,mineral\n");
                            return s.generate("data.test=" + s.path("test.csv"));
                        },
                        "the label \"mineral\" is none of the known classes (plant, animal)"),
                BadInput.of(
                        "an unknown task",
                        s -> s.few().generate("task=sst3"),
                        "task: \"sst3\" is unknown; did you mean \"sst2\"?"),
                BadInput.of(
                        "words between sentences of single texts",
                        s -> s.few()
                                .spoil("fewgen.yaml", "prompt: \"leaf:\"", "prompt: \"leaf:\", infix: \"then\"")
                                .generate(),
                        "labels.infix is of pairs; name the second sentence's column as data.pair"),
                BadInput.of(
                        "pairs without first sentences",
                        s -> s.few().generate("data.pair=label"),
                        "texts.unlabelled is missing; name a file of first sentences"),
                BadInput.of(
                        "a momentum that learns nothing",
                        s -> s.few().generate("fewgen.learn.momentum=1"),
                        "learn.momentum: 1.0 is not allowed; expected a number in [0, 1)"),
                BadInput.of(
                        "a repetition penalty below nothing",
                        s -> s.few()
                                .spoil("fewgen.yaml", "repetition_penalty: 1", "repetition_penalty: -1")
                                .generate(),
                        "repetition_penalty: -1.0 is not allowed; expected a number above 0"),
                BadInput.of(
                        "no texts to write",
                        s -> s.few().generate("fewgen.write.texts=0"),
                        "write.texts: 0 is not allowed; expected an integer of at least 1"),
                BadInput.of(
                        "longer texts than the generator has places for",
                        s -> s.few().generate("fewgen.write.max_tokens=90"),
                        "needs more than the model's 64 positions"),
                BadInput.of(
                        "a vocabulary without room for all bytes",
                        s -> List.of(
                                "tokenizer",
                                s.path("texts.csv") + "",
                                "--vocab-size",
                                "100",
                                "--output",
                                s.path("out") + ""),
                        "vocab_size: 100 is not allowed; expected at least 257"),
                BadInput.of(
                        "a special token twice",
                        s -> List.of(
                                "tokenizer",
                                s.path("texts.csv") + "",
                                "--special",
                                "<|endoftext|>",
                                "--output",
                                s.path("out") + ""),
                        "special: \"<|endoftext|>\" is given twice, or ends a text already; give each token once"),
                BadInput.of(
                        "a vocabulary of a corpus that there is not",
                        s -> List.of("tokenizer", "janeaustin", "--output", s.path("out") + ""),
                        "\"janeaustin\": there is no such file, and no such texts in the catalogue; did you mean \"janeausten\"?"),
                BadInput.of(
                        "a vocabulary of a column that there is not",
                        s -> List.of(
                                "tokenizer", s.path("texts.csv") + "", "--text", "txt", "--output", s.path("out") + ""),
                        "texts.csv: has no column \"txt\"; did you mean \"text\"?"),
                BadInput.of(
                        "a stage without a run",
                        s -> s.few().generate("--from=write"),
                        "--from is of a run that is resumed; add --resume"),
                BadInput.of(
                        "a run that was not begun",
                        s -> s.few().generate("--resume"),
                        "has no recipe.yaml to resume from; start without --resume"),
                BadInput.of(
                        "a directory with somebody's file",
                        s -> {
                            s.few().write("out/thesis.tex", "");
                            return s.generate("--overwrite");
                        },
                        "out holds thesis.tex, which cw generate did not write and does not replace"));
    }
}
