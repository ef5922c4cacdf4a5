package org.counterweight.data.text.bpe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.bpe.BpeVocabulary.Merge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vocabulary is that of the pairs' frequencies, and what it cuts a text into is the text. */
class BpeTrainingTest {
    private static final List<String> TEXTS = List.of(
            "the cat sat on the mat, and the cat's hat was 123.",
            "Ein Bär frißt Äpfel; 猫が座る  \n\n two  blanks\tand a tab…",
            "aaa aaaa aa");

    @TempDir
    private Path root;

    private static BpeVocabulary learnt(int size, int least, String... texts) {
        var training = new BpeTraining(size, least, List.of("<|endoftext|>"));
        List.of(texts).forEach(training::read);
        return training.learn();
    }

    /** In "ab ab ab abc bc bc" with blanks: bc 3 times, ab 4 times, but " a" 3 and " b" 2. */
    @Test
    void theMostFrequentPairIsMergedFirst() {
        BpeVocabulary vocabulary = learnt(261, 1, "ab ab ab abc bc bc");
        assertThat(vocabulary.merges())
                .startsWith(new Merge("a", "b"), new Merge("Ġ", "ab"))
                .hasSize(4);
        assertThat(vocabulary.tokens())
                .containsEntry("<|endoftext|>", 0)
                .containsEntry("!", 1)
                .containsEntry("ab", 257);
    }

    /** Of pairs as frequent, that of the smaller numbers: "cd" before "dc". */
    @Test
    void amongEqualsTheSmallerNumbersComeFirst() {
        assertThat(learnt(259, 1, "dc cd").merges().get(0)).isEqualTo(new Merge("c", "d"));
    }

    @Test
    void aPairThatIsRareStaysTwo() {
        assertThat(learnt(400, 2, "ab cd").merges()).isEmpty();
        assertThat(learnt(400, 1, "ab cd").tokens()).hasSize(257 + 3);
    }

    @Test
    void whatItCutsIntoTokensIsTheText() throws IOException {
        BpeVocabulary vocabulary = learnt(320, 1, TEXTS.toArray(String[]::new));
        Path file = root.resolve("tokenizer.json");
        Files.writeString(file, vocabulary.tokenizer().toString());
        try (TextTokenizer tokenizer = TextTokenizer.open(file, TextTokenizer.UNLIMITED)) {
            for (String text : List.of(TEXTS.get(0), TEXTS.get(1), "unseen: Ω ☃ 🙂 \u0000 'll")) {
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            }
            assertThat(tokenizer.encode("the<|endoftext|>the")).contains(0L);
            assertThat(tokenizer.encode(" the")).hasSize(1);
            assertThat(tokenizer.last().id()).isEqualTo(vocabulary.tokens().size() - 1);
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new BpeTraining(100, 1, List.of()))
                .hasMessageContaining("vocab_size: 100 is not allowed; expected at least 256");
        assertThatThrownBy(() -> new BpeTraining(300, 0, List.of())).hasMessageContaining("min_frequency: 0");
        assertThatThrownBy(() -> new BpeTraining(300, 1, List.of()).learn()).hasMessageContaining("there is no text");
    }
}
