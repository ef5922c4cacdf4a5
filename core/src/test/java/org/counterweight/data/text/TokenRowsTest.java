package org.counterweight.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.counterweight.data.DataException;
import org.junit.jupiter.api.Test;

/** An empty text is no token to some tokenizers, and nothing can be told of it. */
class TokenRowsTest {
    private static TokenRows rows(long[]... each) {
        var rows = new TokenRows.Builder();
        for (long[] ids : each) {
            rows.add(ids, new long[ids.length], false);
        }
        return rows.build();
    }

    @Test
    void aRowOfNoTokenIsRefusedByItsName() {
        TokenRows rows = rows(new long[] {3, 4}, new long[0], new long[] {5});
        assertThatThrownBy(() -> rows.requireTokens(row -> "line " + (row + 2)))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("line 3: the text has no token")
                .hasMessageEndingWith("give it words, or leave the row out");
    }

    @Test
    void rowsWithTokensAreThemselves() {
        TokenRows rows = rows(new long[] {3, 4}, new long[] {5});
        assertThat(rows.requireTokens(row -> "")).isSameAs(rows);
    }

    /** Alone it would end in LibTorch, and beside others it would be told by what fills it up. */
    @Test
    void aClassifierLearnsFromNone() {
        var texts = new LabelledTexts(List.of("a", ""), new int[] {0, 1}, List.of("x", "y"));
        assertThatThrownBy(() -> TextClassification.of(texts, rows(new long[] {3}, new long[0]), 0))
                .isInstanceOf(DataException.class)
                .hasMessageStartingWith("row 2: ");
    }
}
