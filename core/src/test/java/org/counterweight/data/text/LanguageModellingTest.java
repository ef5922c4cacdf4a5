package org.counterweight.data.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.config.ConfigException;
import org.counterweight.data.DataException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;

class LanguageModellingTest {
    @Test
    void documentsFollowEachOtherInBlocks() {
        var data = LanguageModelling.bytes(List.of("ab", "é", "xyz"), 3);
        assertThat(data.size()).isEqualTo(3);
        try (var scope = Scope.open()) {
            Batch batch = data.batch(1, 0);
            assertThat(Tensors.toLongs(batch.inputIds())).containsExactly(0xc3, 0xa9, 256, 'a', 'b', 256);
            assertThat(Tensors.toLongs(batch.labels())).containsExactly(0xc3, 0xa9, 256, 'a', 'b', 256);
            assertThat(Tensors.toLongs(batch.get(Batch.ROW))).containsExactly(1, 0);
        }
    }

    @Test
    void documentsAreHeldOutWhole() {
        List<String> documents =
                IntStream.range(0, 50).mapToObj(String::valueOf).toList();
        var parts = LanguageModelling.holdOut(documents, 0.1, new Seed(4));
        assertThat(parts.test()).hasSize(5);
        assertThat(parts.train()).hasSize(45).doesNotContainAnyElementsOf(parts.test());
        assertThat(LanguageModelling.holdOut(documents, 0.1, new Seed(4))).isEqualTo(parts);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> LanguageModelling.bytes(List.of("a"), 1))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("block: 1 is not allowed");
        assertThatThrownBy(() -> LanguageModelling.holdOut(List.of("a"), 0.5, new Seed(1)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("1 documents are too few");
        assertThatThrownBy(() -> LanguageModelling.holdOut(List.of("a", "b"), 1, new Seed(1)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("held_out: 1.0");
    }
}
