package org.counterweight.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.text.vocabulary.Vocabulary;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Tokenizers in the forms of before {@code tokenizer.json}; the tokens are those of transformers 5.18. */
class TokenizerFilesTest {
    private static final String PIECES =
            "[PAD] [UNK] [CLS] [SEP] [MASK] the cat Caf café cafe ##é ##e 猫 犬 猫犬 HTTP http ##s don ' t";
    private static final String PAIRS = "{\"<s>\": 0, \"<pad>\": 1, \"</s>\": 2, \"<unk>\": 3, \"<mask>\": 4, \"a\":"
            + " 5, \"b\": 6, \"c\": 7, \"d\": 8, \"e\": 9, \"h\": 10, \"l\": 11, \"o\": 12, \"r\": 13, \"s\": 14, \"t\":"
            + " 15, \"w\": 16, \"Ġ\": 17, \",\": 18, \".\": 19, \"th\": 20, \"the\": 21, \"Ġthe\": 22, \"ca\": 23,"
            + " \"cat\": 24, \"Ġcat\": 25}";

    @TempDir
    private Path directory;

    @BeforeEach
    void pieces() throws IOException {
        Files.write(directory.resolve("vocab.txt"), Arrays.asList(PIECES.split(" ")));
    }

    private void settings(String json) throws IOException {
        Files.writeString(directory.resolve("tokenizer_config.json"), json.replace('`', '"'));
    }

    private String tokens(String text, int length) {
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, length)) {
            return Arrays.stream(tokenizer.encode(List.of(text)).ids(0))
                    .mapToObj(Long::toString)
                    .collect(Collectors.joining(" "));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 2 5 9 12 13 16 17 18 19 20 3",
                "{`do_lower_case`: false} | 2 1 7 10 12 13 15 17 18 19 20 3",
                "{`do_lower_case`: true, `strip_accents`: false} | 2 5 8 12 13 16 17 18 19 20 3",
                "{`do_lower_case`: false, `strip_accents`: true} | 2 1 7 11 12 13 15 17 18 19 20 3",
                "{`tokenize_chinese_chars`: false} | 2 5 9 14 16 17 18 19 20 3"
            })
    void thePiecesFollowTheSettings(String settings, String expected) throws IOException {
        settings(settings);
        assertThat(tokens("The Café 猫犬 HTTPs don't", 64)).isEqualTo(expected);
    }

    @Test
    void aWordThatIsNeverSplitStaysAsItIs() throws IOException {
        settings("{`never_split`: [`HTTP`]}");
        assertThat(tokens("the HTTP", 64)).isEqualTo("2 5 15 3");
        assertThat(tokens("the http", 64)).isEqualTo("2 5 16 3");
    }

    @Test
    void addedTokensAreFoundFirst() throws IOException {
        settings("{`added_tokens_decoder`: {`21`: {`content`: `<x>`, `special`: true, `normalized`: false,"
                + " `lstrip`: false, `rstrip`: false, `single_word`: false}}}");
        Files.writeString(directory.resolve("added_tokens.json"), "{\"newword\": 22}");
        assertThat(tokens("the <x> newword", 64)).isEqualTo("2 5 21 22 3");
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, 64)) {
            assertThat(tokenizer.last()).isEqualTo(new Vocabulary.Token("newword", 22));
        }
    }

    @Test
    void whatIsTooLongLosesItsEndOrItsBeginning() throws IOException {
        assertThat(tokens("the cat http the the cat", 5)).isEqualTo("2 5 6 16 3");
        settings("{`truncation_side`: `left`}");
        assertThat(tokens("the cat http the the cat", 5)).isEqualTo("2 5 5 6 3");
        assertThat(tokens("the cat", 5)).isEqualTo("2 5 6 3");
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, 5)) {
            assertThat(tokenizer.encode(List.of("the cat", "the cat the cat")).truncated())
                    .isOne();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | 0 21 25 22 17 10 9 11 11 12 18 25 14 19 2",
                "{`tokenizer_class`: `RobertaTokenizer`, `add_prefix_space`: true}"
                        + " | 0 22 25 22 17 10 9 11 11 12 18 25 14 19 2",
                "{`tokenizer_class`: `GPT2Tokenizer`} | 21 25 22 17 10 9 11 11 12 18 25 14 19",
                "{`tokenizer_class`: `GPT2Tokenizer`, `add_bos_token`: true, `bos_token`: {`content`: `</s>`}}"
                        + " | 2 21 25 22 17 10 9 11 11 12 18 25 14 19" // OPT's
            })
    void pairsOfBytesAreMerged(String settings, String expected) throws IOException {
        pairs();
        settings(settings);
        assertThat(tokens("the cat the hello, cats.", 64)).isEqualTo(expected);
    }

    /** Tokens that stand in a text: those of the class's roles, and of the settings', and no others that the vocabulary has. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{`tokenizer_class`: `RobertaTokenizer`} | 0 21 4 24 2 21 2",
                "{`tokenizer_class`: `GPT2Tokenizer`} | 21 26 29 5 14 30 27 24 26 28 14 27 21",
                "{`tokenizer_class`: `GPT2Tokenizer`, `mask_token`: `<mask>`} | 21 4 24 26 28 14 27 21",
                "{`tokenizer_class`: `GPT2Tokenizer`, `eos_token`: {`content`: `</s>`}} | 21 26 29 5 14 30 27 24 2 21"
            })
    void aTokenWithinATextIsOneByItsRole(String settings, String expected) throws IOException {
        pairs();
        String more = ", \"<\": 26, \">\": 27, \"/\": 28, \"m\": 29, \"k\": 30}";
        Files.writeString(directory.resolve("vocab.json"), PAIRS.replace("}", more));
        settings(settings);
        assertThat(tokens("the<mask>cat</s>the", 64)).isEqualTo(expected);
    }

    /** Where no file names the tokenizer's class: GPT-2's texts stand by themselves. */
    @Test
    void theModelsTypeSaysWhoseVocabularyItIs() throws IOException {
        pairs();
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"gpt2\"}");
        assertThat(tokens("the cat", 64)).isEqualTo("21 25");
    }

    private void pairs() throws IOException {
        Files.delete(directory.resolve("vocab.txt"));
        Files.writeString(directory.resolve("vocab.json"), PAIRS);
        Files.writeString(directory.resolve("merges.txt"), "#version: 0.2\nt h\nth e\nĠ the\nc a\nca t\nĠ cat\n");
    }

    /** The numbers are those of transformers' own class. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}", // none: the model's type says whose it is, and the one token has the next number
                "{`tokenizer_class`: `Qwen2Tokenizer`, `bos_token`: null, `eos_token`: `<|im_end|>`,"
                        + " `additional_special_tokens`: [`<|im_start|>`, `<|im_end|>`], `added_tokens_decoder`: {"
                        + "`268`: {`content`: `<|endoftext|>`, `special`: true, `normalized`: false, `lstrip`: false,"
                        + " `rstrip`: false, `single_word`: false},"
                        + "`269`: {`content`: `<|im_start|>`, `special`: true, `normalized`: false, `lstrip`: false,"
                        + " `rstrip`: false, `single_word`: false},"
                        + "`270`: {`content`: `<|im_end|>`, `special`: true, `normalized`: false, `lstrip`: false,"
                        + " `rstrip`: false, `single_word`: false}}}"
            })
    void qwensTextsAreCutIntoWordsOfTheirOwn(String settings) throws IOException {
        qwen();
        settings(settings);
        assertThat(tokens("the cat's 1212", 64)).isEqualTo("260 263 264 220 16 17 16 17");
        assertThat(tokens("Cafe\u0301 the\n\n  the", 64)).isEqualTo("34 64 69 267 258 198 198 220 258");
        assertThat(tokens("a<|endoftext|>b", 64)).isEqualTo("64 268 65");
        assertThat(tokens("<|im_end|>", 64)).isEqualTo(settings.equals("{}") ? "27 91 72 76 62 68 77 67 91 29" : "270");
    }

    /** All letters that stand for bytes, and what some of them become. */
    private void qwen() throws IOException {
        Files.delete(directory.resolve("vocab.txt"));
        List<String> merges =
                List.of("Ġ t", "Ġt h", "Ġth e", "t h", "th e", "c a", "ca t", "Ġ cat", "' s", "1 2", "Ġ Ġ", "Ã ©");
        ObjectNode vocabulary = Configs.JSON.createObjectNode();
        Stream.concat(
                        IntStream.rangeClosed('!', 323)
                                .filter(letter -> letter < 127 || letter > 160 && letter != 173)
                                .mapToObj(Character::toString),
                        merges.stream().map(merge -> merge.replace(" ", "")))
                .forEach(token -> vocabulary.put(token, vocabulary.size()));
        Files.writeString(directory.resolve("vocab.json"), vocabulary.toString());
        Files.write(directory.resolve("merges.txt"), merges);
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": \"qwen2\"}");
    }

    @Test
    void whatIsNotReadIsRefusedWithTheCommandThatConverts() throws IOException {
        pairs();
        settings("{`tokenizer_class`: `CodeGenTokenizer`}");
        assertThatThrownBy(() -> tokens("a", 8))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("vocab.json and merges.txt of CodeGen do not say how words are found")
                .hasMessageContaining("save_pretrained");
        Files.delete(directory.resolve("vocab.json"));
        assertThatThrownBy(() -> tokens("a", 8))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("has neither tokenizer.json nor vocab.txt");
    }
}
