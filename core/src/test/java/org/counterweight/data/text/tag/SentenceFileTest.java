package org.counterweight.data.text.tag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentenceFileTest {
    private static final List<List<String>> WORDS = List.of(List.of("Ada", "sat"), List.of("London"));
    private static final List<List<String>> TAGS = List.of(List.of("B-PER", "O"), List.of("B-LOC"));

    @TempDir
    private Path directory;

    @Test
    void linesAreReadInEveryUsualForm() throws IOException {
        is(read("a.conll", "Ada B-PER\nsat O\n\nLondon B-LOC\n"));
        is(read("b.txt", "-DOCSTART- -X- -X- O\n\nAda NNP I-NP B-PER\nsat VBD I-VP O\n\n\nLondon NNP I-NP B-LOC"));
        is(read("c.tsv", "\uFEFFAda\tB-PER\r\nsat\tO\r\n\r\nLondon\tB-LOC\r\n"));
        is(read("d.conll", "# id 7\tof=a test\nAda _ _ B-PER\nsat _ _ O\n\n# id 8\tof=a test\nLondon _ _ B-LOC\n"));
        is(new SentenceFile(write("e.conllu", """
                                # sent_id = 1
                                1\tAda\tada\tB-PER\t_\t_\t0\troot\t_\t_
                                1-2\tAdasat\t_\t_\t_\t_\t_\t_\t_\t_
                                2\tsat\tsit\tO\t_\t_\t1\tx\t_\t_

                                # sent_id = 2
                                1\tLondon\tlondon\tB-LOC\t_\t_\t0\troot\t_\t_
                                """), "2", "4", List.of()).read(line -> {}));
        assertThat(read("f.conll", "Ada B-PER\n# O\nsat O\n").words()).containsExactly(List.of("Ada", "#", "sat"));
    }

    @Test
    void listsAreRead() throws IOException {
        is(read("a.jsonl", """
                {"tokens": ["Ada", "sat"], "tags": ["B-PER", "O"]}
                {"tokens": ["London"], "tags": ["B-LOC"]}
                """));
        Path numbered = write("b.json", """
                [{"id": 1, "words": ["Ada", "sat"], "ner_tags": [1, 0]}, {"id": 2, "words": ["London"], "ner_tags": [2]}]
                """);
        is(new SentenceFile(numbered, null, null, List.of("O", "B-PER", "B-LOC")).read(line -> {}));
        assertThat(read("c.jsonl", "{\"tokens\": [\"a\", \",\", \"a\"], \"tags\": [\"O\", \"O\", \"B-X\"]}")
                        .words())
                .containsExactly(List.of("a", ",", "a"));
        assertThatThrownBy(() -> new SentenceFile(numbered, null, null, List.of()).read(line -> {}))
                .hasMessageContaining(
                        "tags are numbers; say their names in order, as data.tag_names: [O, B-PER, I-PER]");
    }

    @Test
    void whatIsWrongIsSaidWithItsPlace() {
        refused("a.conll", "Ada B-PER\nsat O x\n", "a.conll:2: has 3 columns, and the lines before have 2");
        refused("b.conll", "Ada\nsat\n", "b.conll:1: has one column, \"Ada\"; give a word and its tag");
        refused("c.conll", "\n\n", "c.conll: has no rows");
        refused("d.jsonl", "{\"tokens\": [\"a\"], \"tags\": []}", "line 1: has 1 words and 0 tags");
        refused("e.jsonl", "{\"tokens\": \"a b\", \"tags\": [\"O\"]}", "line 1: tokens is no list of words");
        refused(
                "f.jsonl",
                "{\"text\": [\"a\"], \"tags\": [\"O\"]}",
                "has none of tokens, words but text, tags; say which" + " with data.words");
        refused("g.csv", "a,b\n", "a list of words and one of tags");
    }

    /** A word's tag is told at its first token, and at no other; what is cut has none. */
    @Test
    void tagsStandAtFirstTokens() throws IOException {
        Files.write(
                directory.resolve("vocab.txt"),
                List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "sat", "##s", "##at", ","));
        var sentences = new TaggedSentences(
                List.of(List.of("the", "cats", "sat"), List.of("cats", "cats")),
                List.of(List.of("O", "B-X", "O"), List.of("B-X", "O")),
                row -> "row " + row);
        try (var scope = Scope.open();
                var tokenizer = TextTokenizer.ofWords(directory, 5)) {
            Batch batch =
                    TaggedTokens.of(sentences, List.of("B-X", "O"), tokenizer).batch(1, 0);
            assertThat(Tensors.toLongs(batch.inputIds())).containsExactly(2, 6, 8, 6, 3, 2, 5, 6, 8, 3);
            assertThat(Tensors.toLongs(batch.labels())).containsExactly(-100, 0, -100, 1, -100, -100, 1, 0, -100, -100);
        }
    }

    private static void is(TaggedSentences read) {
        assertThat(read.words()).isEqualTo(WORDS);
        assertThat(read.tags()).isEqualTo(TAGS);
    }

    private TaggedSentences read(String name, String text) throws IOException {
        return new SentenceFile(write(name, text), null, null, List.of()).read(line -> {});
    }

    private void refused(String name, String text, String expected) {
        assertThatThrownBy(() -> read(name, text)).hasMessageContaining(expected);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }
}
