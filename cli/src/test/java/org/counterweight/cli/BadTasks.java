package org.counterweight.cli;

import java.util.List;
import java.util.Map;

/** Pairs of texts, words with tags, pictures in tables, and heads that are not computed here. */
final class BadTasks {
    private static final String TOKENS = """
            task: token_classification
            model: {name: "@/model"}
            data: {train: "@/words.conll", max_length: 16}
            output: {directory: "@/out"}
            """;

    private BadTasks() {}

    static List<BadInput> all() {
        return List.of(
                BadInput.of(
                        "a pair's column is not there",
                        s -> s.recipe("/texts.csv\n", "/texts.csv\n  pair: hypothesis\n"),
                        "texts.csv: has no column \"hypothesis\""),
                BadInput.of(
                        "a text is read together with itself",
                        s -> s.recipe("/texts.csv\n", "/texts.csv\n  pair: text\n"),
                        "data.pair: \"text\" is not allowed; expected another column than data.text and data.label"),
                BadInput.of(
                        "three texts that are read together",
                        s -> s.recipe("/texts.csv\n", "/texts.csv\n  text: [a, b, c]\n"),
                        "data.text: [\"a\",\"b\",\"c\"] is not allowed; expected a column, or the two of texts that are"
                                + " read together"),
                BadInput.of(
                        "a pair's columns named twice",
                        s -> s.recipe("/texts.csv\n", "/texts.csv\n  text: [text, b]\n  pair: c\n"),
                        "data.text: [\"text\",\"b\"] names both texts of a pair, and so does data.pair: \"c\"; leave one"
                                + " of them out"),
                BadInput.of(
                        "pairs for a language model",
                        s -> s.model("model", "BertForMaskedLM", Map.of())
                                .recipe(
                                        "model:\n",
                                        "task: masked_lm\nmodel:\n",
                                        "/texts.csv\n",
                                        "/texts.csv\n  pair: label\n  label: x\n"),
                        "data.pair: \"label\" is read together with the text by a classifier, and a language model reads one text"),
                BadInput.of(
                        "fewer pairs than texts",
                        s -> s.classifier("c").predict("c", "--text", "a tree", "--pair", "the cat"),
                        "--pair: 1 for 2 of --text; give one for each, in their order"),
                BadInput.of(
                        "a pair for a model that fills gaps",
                        s -> s.model("m", "BertForMaskedLM", Map.of()).predict("m", "--pair", "the cat"),
                        "--pair, --pair-column: this model reads one text at a time"),
                BadInput.of(
                        "a pair's column without a file",
                        s -> s.classifier("c").predict("c", "--pair-column", "b"),
                        "--pair-column names a column of --input; name the file"),
                BadInput.of(
                        "entities of a model that tells classes",
                        s -> s.classifier("c").predict("c", "--aggregation", "first"),
                        "--aggregation says how tags of tokens become entities, and this model tells none; leave it out"),
                BadInput.of(
                        "likeliest classes of a model that tells entities",
                        s -> s.model("t", "BertForTokenClassification", Map.of())
                                .predict("t", "--top", "2"),
                        "t: --top tells classes, and this model tells entities; leave it out"),
                BadInput.of(
                        "lines of words without tags",
                        s -> words(s, "the\ncat\n"),
                        "words.conll:1: has one column, \"the\"; give a word and its tag in each line"),
                BadInput.of(
                        "a line of words with a column too many",
                        s -> words(s, "the O\ncat x B-ANIMAL\n"),
                        "words.conll:2: has 3 columns, and the lines before have 2"),
                BadInput.of(
                        "words of which all have one tag",
                        s -> words(s, "the O\ncat O\n"),
                        "words.conll: every word has the tag \"O\", so that there is nothing to learn; name another column in"
                                + " data.tags"),
                BadInput.of(
                        "a tag that is not learnt",
                        s -> {
                            s.write("dev.conll", "the O\ncat B-X\n");
                            s.write("words.conll", "the O\ncat B-ANIMAL\n\n".repeat(10));
                            return s.recipeOf(TOKENS.replace("max_length", "dev: \"@/dev.conll\", max_length"));
                        },
                        "dev.conll:1: the tag \"B-X\" is none of the known ones (B-ANIMAL, O)"),
                BadInput.of(
                        "tags that are numbers without names",
                        s -> {
                            s.write("words.jsonl", "{\"tokens\": [\"a\", \"cat\"], \"tags\": [0, 1]}\n");
                            return s.recipeOf(TOKENS.replace("words.conll", "words.jsonl"));
                        },
                        "words.jsonl: tags are numbers; say their names in order, as data.tag_names: [O, B-PER, I-PER]"),
                BadInput.of(
                        "sentences judged by group",
                        s -> {
                            s.write("words.conll", "the O\ncat O\n");
                            return List.of(
                                    "evaluate",
                                    s.model("t", "BertForTokenClassification", Map.of())
                                                    .path("t") + "",
                                    "--input",
                                    s.path("words.conll") + "",
                                    "--group",
                                    "x");
                        },
                        "--group: files of tagged words have no column that tells sentences apart; leave it out"),
                head(
                        "answers found in a text",
                        "ForQuestionAnswering",
                        "tells where in a text the answer to a question stands"),
                head(
                        "sentences that follow one another",
                        "ForNextSentencePrediction",
                        "tells whether a sentence follows another"),
                head("one of several continuations", "ForMultipleChoice", "tells which of several continuations fits"),
                BadInput.of(
                        "a directory of classes where scores of pictures are to be learnt",
                        s -> {
                            Pictures.folders(s, "pictures", 2);
                            return s.recipeOf("""
                                    task: regression
                                    model: {architecture: convnet}
                                    data: {kind: images, train: "@/pictures"}
                                    output: {directory: "@/out"}
                                    """);
                        },
                        "data.train: ",
                        "tells one class of each image; for this task give a table"),
                BadInput.of(
                        "a picture of a table that is not there",
                        s -> {
                            s.write("photos.csv", "image,label\na.png,1.5\nb.png,2\n");
                            return s.recipeOf("""
                                    task: regression
                                    model: {architecture: convnet}
                                    data: {kind: images, train: "@/photos.csv"}
                                    output: {directory: "@/out"}
                                    """);
                        },
                        "photos.csv: line 2: image is a.png, and there is no file "));
    }

    private static BadInput head(String about, String ending, String said) {
        return BadInput.of(
                "a model of another head: " + about,
                s -> s.model("q", "BertModel", Map.of())
                        .spoil("q/config.json", "BertModel", "Bert" + ending)
                        .predict("q"),
                "q/config.json: architectures: \"Bert" + ending + "\" " + said
                        + ", which is not computed here: ask it with transformers; cw run takes the model without this head");
    }

    private static List<String> words(Sandbox s, String text) {
        s.write("words.conll", text);
        return s.recipeOf(TOKENS);
    }
}
