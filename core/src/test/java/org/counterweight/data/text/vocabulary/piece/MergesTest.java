package org.counterweight.data.text.vocabulary.piece;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.counterweight.data.text.bpe.BpeVocabulary.Merge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergesTest {
    private static Piece piece(String text, float score) {
        return new Piece(text, score, Piece.Kind.NORMAL);
    }

    @Test
    void allPartsOfAPieceMakeItTheGreatestScoreFirst() {
        assertThat(Merges.of(List.of(
                        piece("a", -9),
                        piece("b", -9),
                        piece("ab", -2),
                        piece("aab", -1),
                        piece("aa", -1),
                        Piece.control("ba"),
                        piece("😀", -9),
                        piece("😀a", 0))))
                .containsExactly(
                        new Merge("😀", "a"),
                        new Merge("a", "ab"),
                        new Merge("aa", "b"),
                        new Merge("a", "a"),
                        new Merge("a", "b"));
    }

    /** Against a search of every cut of every piece. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noneIsMissedOrInvented(long seed) {
        var random = new Random(seed);
        var pieces = new ArrayList<Piece>();
        var texts = new HashSet<String>();
        while (pieces.size() < 60) {
            var text = new StringBuilder();
            for (int i = random.nextInt(5); i >= 0; i--) {
                text.append("ab▁".charAt(random.nextInt(3)));
            }
            if (texts.add(text.toString())) {
                pieces.add(piece(text.toString(), -pieces.size()));
            }
        }
        var expected = new ArrayList<Merge>();
        for (Piece piece : pieces) {
            for (int cut = 1; cut < piece.text().length(); cut++) {
                var merge =
                        new Merge(piece.text().substring(0, cut), piece.text().substring(cut));
                if (texts.contains(merge.left()) && texts.contains(merge.right())) {
                    expected.add(merge);
                }
            }
        }
        assertThat(expected).isNotEmpty();
        assertThat(Merges.of(pieces)).isEqualTo(expected);
    }
}
