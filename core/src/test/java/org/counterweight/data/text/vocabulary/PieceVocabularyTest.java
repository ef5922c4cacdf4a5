package org.counterweight.data.text.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.text.TextTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Texts and their tokens by SentencePiece models of each family. {@code pieces/*.model} were trained by sentencepiece 0.2.2 on
 * ten lines of English and a few other words, with twenty rules of spelling in the place of Unicode's thousands; the numbers in
 * {@code pieces/cases.json} are its own, of each text between special tokens, with the family's tokens around. transformers
 * 5.18 gives others where {@link PieceVocabulary} says so, and begins Llama's and Gemma's texts with their token only if asked.
 */
class PieceVocabularyTest {
    @TempDir
    private Path directory;

    static Stream<JsonNode> cases() throws IOException {
        try (InputStream in = PieceVocabularyTest.class.getResourceAsStream("/pieces/cases.json")) {
            return Configs.JSON.readTree(in).valueStream();
        }
    }

    private Path copy(String model, String name) throws IOException {
        try (InputStream in = PieceVocabularyTest.class.getResourceAsStream("/pieces/" + model)) {
            Files.write(directory.resolve(name), in.readAllBytes());
        }
        return directory.resolve(name);
    }

    private void write(String name, String json) throws IOException {
        Files.writeString(directory.resolve(name), json.replace('`', '"'));
    }

    private void prepare(JsonNode each) throws IOException {
        copy(each.path("model").asString(), each.path("file").asString());
        if (each.has("config")) {
            write("config.json", each.path("config").toString());
        }
        if (each.has("settings")) {
            write("tokenizer_config.json", each.path("settings").toString());
        }
    }

    private static String name(JsonNode each) {
        return each.path("name").asString();
    }

    private static long[] numbers(JsonNode list) {
        return list.valueStream().mapToLong(JsonNode::asLong).toArray();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void textsHaveSentencePiecesTokens(JsonNode each) throws IOException {
        prepare(each);
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, TextTokenizer.UNLIMITED)) {
            each.path("texts")
                    .properties()
                    .forEach(text -> assertThat(
                                    tokenizer.encode(List.of(text.getKey())).ids(0))
                            .as("%s: \"%s\"", name(each), text.getKey())
                            .isEqualTo(numbers(text.getValue())));
            JsonNode pair = each.path("pair");
            assertThat(tokenizer
                            .encode(
                                    List.of(pair.path(0).asString()),
                                    List.of(pair.path(1).asString()))
                            .ids(0))
                    .as(name(each))
                    .isEqualTo(numbers(each.path("pair_ids")));
        }
    }

    /** What a text of known words is told again as. */
    @ParameterizedTest
    @MethodSource("cases")
    void tokensBecomeTheTextAgain(JsonNode each) throws IOException {
        prepare(each);
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, TextTokenizer.UNLIMITED)) {
            assertThat(tokenizer.decode(tokenizer.encode("the cat sat on the mat")))
                    .as(name(each))
                    .isEqualTo("the cat sat on the mat");
        }
    }

    @Test
    void whatNoPieceSpellsIsUnknown() throws IOException {
        copy("t5.model", "spiece.model");
        write("config.json", "{`model_type`: `t5`}");
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, 64)) {
            assertThat(tokenizer.isUnknown(2)).isTrue();
            assertThat(tokenizer.isUnknown(3)).isFalse();
            assertThat(tokenizer.padId()).isZero();
            assertThat(tokenizer.last()).isEqualTo(new Vocabulary.Token("<extra_id_0>", 249));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{`extra_ids`: 3} | <extra_id_0> | 152",
                "{`additional_special_tokens`: [`<extra_id_0>`, `<extra_id_1>`, `<new>`]} | <new> | 152",
                "{`extra_ids`: 0, `extra_special_tokens`: {`image_token`: `<image>`}} | <image> | 150"
            })
    void newTokensStandBehindThePieces(String settings, String last, int id) throws IOException {
        copy("t5.model", "spiece.model");
        write("config.json", "{`model_type`: `t5`}");
        write("tokenizer_config.json", settings);
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, 64)) {
            assertThat(tokenizer.last()).isEqualTo(new Vocabulary.Token(last, id));
            assertThat(tokenizer.special(last)).hasValue(id);
        }
    }

    /** DeBERTa's own file lists its last token so; another may be far behind, or have a piece's number. */
    @Test
    void addedTokensHaveTheirNumbers() throws IOException {
        copy("deberta.model", "spm.model");
        write("added_tokens.json", "{`[MASK]`: 160, `<x>`: 155}");
        write(
                "tokenizer_config.json",
                "{`added_tokens_decoder`: {`129`: {`content`: `<a>`, `special`: true,"
                        + " `normalized`: false, `lstrip`: false, `rstrip`: false, `single_word`: false}}}");
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, 64)) {
            assertThat(tokenizer.encode("the [MASK]<x> <a>")).containsExactly(1, 6, 160, 155, 129, 2);
            assertThat(tokenizer.mask()).isEqualTo(new Vocabulary.Token("[MASK]", 160));
        }
    }

    @Test
    void aTokenWithNoOwnPlaceComesBehindAllOthers() throws IOException {
        copy("deberta.model", "spm.model");
        write(
                "special_tokens_map.json",
                "{`mask_token`: {`content`: `<hidden>`}, `additional_special_tokens`: [`<x>`]}");
        try (TextTokenizer tokenizer = TextTokenizer.open(directory, 64)) {
            assertThat(tokenizer.encode("<x>the<hidden>")).containsExactly(1, 152, 6, 151, 2);
        }
    }

    /** Words that are apart already each begin with a blank, as within a text. */
    @Test
    void wordsAreReadOneByOne() throws IOException {
        copy("deberta.model", "spm.model");
        try (TextTokenizer tokenizer = TextTokenizer.ofWords(directory, 64)) {
            var rows = tokenizer.encodeWords(List.of(List.of("the", "cat's", "mat")));
            assertThat(rows.tokens().ids(0)).isEqualTo(tokenizer.encode("the cat's mat"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{`model_type`: `xlnet`} | is SentencePiece's file of xlnet, whose tokens are not read from it here;"
                        + " write",
                "{`tokenizer_class`: `MBartTokenizer`, `model_type`: `t5`} | is SentencePiece's file of MBart, whose",
                "{} | no file beside it says whose tokenizer it is (model_type in config.json",
            })
    void otherFamiliesAreRefusedWithTheCommandThatConverts(String config, String message) throws IOException {
        copy("t5.model", "spiece.model");
        write("config.json", config);
        assertThatThrownBy(() -> TextTokenizer.open(directory, 8))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("spiece.model: " + message)
                .hasMessageContaining("save_pretrained");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokenizer_config.json | {`extra_ids`: -1} | extra_ids: -1 is not allowed; expected an integer from 0",
                "tokenizer_config.json | {`added_tokens_decoder`: {`x`: {}}} | added_tokens_decoder has x: {},"
                        + " expected",
                "added_tokens.json | {`<x>`: `1`} | added_tokens.json: <x> has \"1\", expected the token's number",
                "added_tokens.json | {`<x>`: 2000000000} | \"<x>\" is token 2000000000 beside it, far behind its 250"
                        + " pieces"
            })
    void settingsThatCannotBeAreNamed(String file, String json, String message) throws IOException {
        copy("t5.model", "spiece.model");
        write("config.json", "{`model_type`: `t5`}");
        write(file, json);
        assertThatThrownBy(() -> TextTokenizer.open(directory, 8)).hasMessageContaining(message);
    }

    /** Every beginning of a file, and files with a few wrong bytes: read, or refused by name. */
    @Test
    void damagedFilesAreReadOrRefused() throws IOException {
        Path file = copy("t5.model", "spiece.model");
        write("config.json", "{`model_type`: `t5`}");
        byte[] whole = Files.readAllBytes(file);
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 400; i++) {
            byte[] damaged = i < 200 ? Arrays.copyOf(whole, whole.length * i / 200) : whole.clone();
            for (int k = 0; i >= 200 && k < 3; k++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, damaged);
            try (TextTokenizer tokenizer = TextTokenizer.open(directory, 64)) {
                assertThat(tokenizer.encode("the cafe\u0301 ½ Ａ")).isNotEmpty();
            } catch (DataException e) {
                refused++;
                assertThat(e).hasMessageContaining("spiece.model: ");
            }
        }
        assertThat(refused).isGreaterThan(100);
    }
}
