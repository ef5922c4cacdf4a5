package org.counterweight.data.text.vocabulary.piece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.counterweight.data.DataException;
import org.counterweight.weights.wire.WireBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PieceModelTest {
    private static final WireBytes UNKNOWN = piece("<unk>", 0, 2);

    @TempDir
    private Path directory;

    private static WireBytes piece(String text, float score, int kind) {
        return new WireBytes().text(1, text).real(2, score).number(3, kind);
    }

    private static WireBytes model() {
        return new WireBytes()
                .message(1, UNKNOWN)
                .message(1, new WireBytes().text(1, "▁a").real(2, -1.5f));
    }

    private Path write(WireBytes model) throws IOException {
        return Files.write(directory.resolve("spm.model"), model.toBytes());
    }

    @Test
    void whatIsNotSaidIsAsTheFormatSays() throws IOException {
        PieceModel model = PieceModel.read(write(model()));
        assertThat(model.pieces())
                .containsExactly(new Piece("<unk>", 0, Piece.Kind.UNKNOWN), new Piece("▁a", -1.5f, Piece.Kind.NORMAL));
        assertThat(model.merges()).isFalse();
        assertThat(model.bytes()).isFalse();
        assertThat(model.spelling()).isEqualTo(new Spelling("", "", true, true));
        assertThat(model.unknown()).isZero();
    }

    @Test
    void whatIsSaidCounts() throws IOException {
        WireBytes said = model().message(
                        2, new WireBytes().number(3, 2).number(35, 1).number(40, -1))
                .message(3, new WireBytes().text(1, "identity").number(3, 0).number(4, 0));
        PieceModel model = PieceModel.read(write(said));
        assertThat(model.merges()).isTrue();
        assertThat(model.bytes()).isTrue();
        assertThat(model.spelling()).isEqualTo(new Spelling("identity", "", false, false));
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                arguments(new WireBytes(), "has 0 pieces for what is unknown among its 0, expected 1; copy"),
                arguments(new WireBytes().raw("x".getBytes(StandardCharsets.UTF_8)), "expected a SentencePiece model"),
                arguments(model().octets(10, 50, 1), "a length of 50 where 1 bytes are left"),
                arguments(model().message(1, UNKNOWN), "has the piece \"<unk>\" twice"),
                arguments(model().message(1, piece("", 0, 1)), "has as piece 2 \"\" of score 0.0 and kind 1"),
                arguments(model().message(1, piece("b", Float.NaN, 1)), "has as piece 2 \"b\" of score NaN and kind 1"),
                arguments(model().message(1, piece("b", 0, 9)), "has as piece 2 \"b\" of score 0.0 and kind 9"),
                arguments(model().message(2, new WireBytes().number(3, 3)), "is of the kind 3 (words or characters)"),
                arguments(
                        model().message(2, new WireBytes().number(24, 1)),
                        "was trained with treat_whitespace_as_suffix: true, which is not read here"),
                arguments(
                        model().message(3, new WireBytes().number(5, 0)),
                        "was trained with escape_whitespaces: false, which is not read here"),
                arguments(spelt(1, 2, 3), "its map of characters (precompiled_charsmap) has 3 bytes"),
                arguments(spelt(8, 0, 0, 0, 1, 2, 3, 4), "has a trie of 8 of its 8 bytes"),
                arguments(spelt(4, 0, 0, 0, 1, 2, 3, 4), "points to unit 16826368 of 1"),
                arguments(spelt(4, 0, 0, 0, 1, 2, 3, 4, 0xff), "has a spelling that is no UTF-8"));
    }

    private static WireBytes spelt(int... map) {
        byte[] bytes = new WireBytes().octets(map).toBytes();
        return model().message(3, new WireBytes().bytes(2, bytes));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("wrong")
    void whatIsWrongIsNamed(WireBytes model, String message) throws IOException {
        Path file = write(model);
        assertThatThrownBy(() -> PieceModel.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }
}
