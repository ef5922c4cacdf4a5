package org.counterweight.data.text.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.counterweight.data.text.LanguageModelling;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenShardsTest {
    private static final int END = 70;

    @TempDir
    private Path directory;

    private static void fill(TokenSink sink) {
        sink.domain("a");
        sink.document(IntStream.range(0, 23).toArray());
        sink.document(5, 6);
        sink.domain("short");
        sink.document(1);
        sink.domain("z");
        sink.document(IntStream.range(30, 61).toArray());
    }

    private TokenShards shards(int bytes, int tokensOfShard) {
        try (var writer =
                new ShardWriter(directory.resolve("t"), new TokenShards.Form(END, bytes, tokensOfShard), "k")) {
            fill(writer);
            writer.commit();
        }
        return TokenShards.find(directory.resolve("t"), "k").orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void holdWhatMemoryHolds(int bytes) {
        var memory = new TokenMemory.Builder(END);
        fill(memory);
        TokenMemory expected = memory.build();
        TokenShards shards = shards(bytes, 7); // rows lie across shards
        assertThat(shards.domains()).isEqualTo(expected.domains());
        assertThat(shards.end()).isEqualTo(END);
        try (var scope = Scope.open()) {
            LanguageModelling there = LanguageModelling.of(expected, 5, true);
            LanguageModelling here = LanguageModelling.of(shards, 5, true);
            assertThat(here.size()).isEqualTo(there.size()).isEqualTo(5 + 6);
            int[] rows = {10, 0, 4, 5, 3};
            for (String name : List.of(Batch.INPUT_IDS, Batch.LABELS, Batch.POSITION_IDS, LanguageModelling.DOMAIN)) {
                assertThat(Tensors.toLongs(here.batch(rows).get(name)))
                        .as(name)
                        .isEqualTo(Tensors.toLongs(there.batch(rows).get(name)));
            }
            assertThat(Tensors.toLongs(here.batch(rows).get(LanguageModelling.DOMAIN)))
                    .containsExactly(2, 0, 0, 2, 0);
        }
    }

    @Test
    void wideIdsKeepTheirWidth() {
        try (var writer = new ShardWriter(directory.resolve("w"), TokenShards.Form.of(65535, 65536), "k")) {
            writer.document(40000, 65534);
            writer.commit();
        }
        long[] ids = new long[3];
        TokenShards.find(directory.resolve("w"), "k").orElseThrow().copy(0, ids, 0, 3);
        assertThat(ids).containsExactly(40000, 65534, 65535);
        assertThat(TokenShards.Form.of(1, 65537).bytes()).isEqualTo(4);
    }

    @Test
    void othersAreNotTaken() throws IOException {
        shards(2, 7);
        assertThat(TokenShards.find(directory.resolve("t"), "another")).isEmpty();
        assertThat(TokenShards.find(directory.resolve("none"), "k")).isEmpty();
        Files.write(directory.resolve("t/tokens-00001.bin"), new byte[3]);
        assertThatThrownBy(() -> TokenShards.find(directory.resolve("t"), "k"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("tokens-00001.bin: has 3 bytes, and tokens.json says 14");
        Files.writeString(directory.resolve("t/tokens.json"), "{}");
        assertThatThrownBy(() -> TokenShards.find(directory.resolve("t"), "k"))
                .hasMessageContaining("is no index of tokens");
    }

    @Test
    void nothingIsLeftOfWhatWasNotFinished() {
        try (var writer = new ShardWriter(directory.resolve("u"), TokenShards.Form.of(1, 10), "k")) {
            writer.document(3);
        }
        assertThat(directory.resolve("u")).doesNotExist();
    }
}
