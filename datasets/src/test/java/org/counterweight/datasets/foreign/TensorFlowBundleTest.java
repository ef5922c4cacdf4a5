package org.counterweight.datasets.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.wire.WireBytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TensorFlowBundleTest {
    private static final long MAGIC = 0xdb4775248b80fb57L;
    private static final byte[] DATA = floats(1, 2, 3, 4, 5, 6, 7, 8);

    @TempDir
    Path directory;

    private static SortedMap<String, byte[]> entries() {
        var entries = new TreeMap<String, byte[]>();
        entries.put("", new WireBytes().number(1, 1).toBytes());
        entries.put("module/bert/encoder/layer_0/output/dense/bias", entry(1, 24, 8, 2));
        entries.put("module/bert/encoder/layer_0/output/dense/kernel", entry(1, 0, 24, 3, 2));
        return entries;
    }

    private static byte[] entry(int type, long offset, long size, long... shape) {
        var dimensions = new WireBytes();
        for (long length : shape) {
            dimensions.message(2, new WireBytes().number(1, length));
        }
        return new WireBytes()
                .number(1, type)
                .message(2, dimensions)
                .number(4, offset)
                .number(5, size)
                .toBytes();
    }

    /** A table with one block of data; keys share what they can with the one before. */
    private static byte[] table(Map<String, byte[]> entries) {
        var file = new ByteArrayOutputStream();
        byte[] data = block(entries);
        file.writeBytes(data);
        int indexAt = file.size();
        byte[] index = block(
                Map.of("z", new WireBytes().varint(0).varint(data.length - 5).toBytes()));
        file.writeBytes(index);
        return footed(file, indexAt, index.length - 5);
    }

    private static byte[] footed(ByteArrayOutputStream file, long indexAt, long indexSize) {
        byte[] handles = new WireBytes()
                .varint(0)
                .varint(0)
                .varint(indexAt)
                .varint(indexSize)
                .toBytes();
        ByteBuffer footer =
                ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN).put(handles);
        file.writeBytes(footer.putLong(40, MAGIC).array());
        return file.toByteArray();
    }

    private static byte[] block(Map<String, byte[]> entries) {
        var block = new WireBytes();
        String before = "";
        for (var entry : entries.entrySet()) {
            String key = entry.getKey();
            int shared = 0;
            while (shared < Math.min(before.length(), key.length()) && before.charAt(shared) == key.charAt(shared)) {
                shared++;
            }
            block.varint(shared).varint(key.length() - shared).varint(entry.getValue().length);
            block.raw(key.substring(shared).getBytes(StandardCharsets.UTF_8)).raw(entry.getValue());
            before = key;
        }
        return block.octets(0, 0, 0, 0, 1, 0, 0, 0, 0, 9, 9, 9, 9) // one restart point at 0; no compression; a checksum
                .toBytes();
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private Path write(byte[] index) throws IOException {
        Files.write(directory.resolve("variables.data-00000-of-00001"), DATA);
        return Files.write(directory.resolve("variables.index"), index);
    }

    @Test
    void tensorsAreReadAsTheyLie() throws IOException {
        try (var scope = Scope.open();
                var bundle = TensorFlowBundle.open(write(table(entries())))) {
            assertThat(bundle.tensors())
                    .containsOnlyKeys(
                            "module/bert/encoder/layer_0/output/dense/bias",
                            "module/bert/encoder/layer_0/output/dense/kernel");
            assertThat(Tensors.toDoubles(bundle.tensor("module/bert/encoder/layer_0/output/dense/kernel")))
                    .containsExactly(1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void aBertGetsItsHuggingFaceNamesAndLayout() throws IOException {
        try (var scope = Scope.open();
                var bert = new TensorFlowBert(TensorFlowBundle.open(write(table(entries()))))) {
            assertThat(bert.tensors())
                    .containsOnlyKeys(
                            "bert.encoder.layer.0.output.dense.bias", "bert.encoder.layer.0.output.dense.weight");
            assertThat(bert.tensors().values())
                    .anySatisfy(
                            info -> assertThat(info).hasToString("bert.encoder.layer.0.output.dense.weight F32[2, 3]"));
            assertThat(Tensors.toDoubles(bert.tensor("bert.encoder.layer.0.output.dense.weight")))
                    .containsExactly(1, 3, 5, 2, 4, 6);
        }
        assertThat(TensorFlowBert.name("module/bert/embeddings/LayerNorm/gamma"))
                .isEqualTo("bert.embeddings.LayerNorm.weight");
        assertThat(TensorFlowBert.name("module/bert/embeddings/LayerNorm/beta"))
                .isEqualTo("bert.embeddings.LayerNorm.bias");
        assertThat(TensorFlowBert.name("module/bert/embeddings/word_embeddings"))
                .isEqualTo("bert.embeddings.word_embeddings.weight");
        assertThat(TensorFlowBert.name("module/cls/predictions/output_bias")).isEqualTo("cls.predictions.bias");
        assertThat(TensorFlowBert.name("module/bert/pooler/dense/kernel")).isEqualTo("bert.pooler.dense.weight");
    }

    static Stream<Arguments> hostile() {
        byte[] whole = table(entries());
        byte[] noMagic = whole.clone();
        noMagic[whole.length - 1] = 0;
        byte[] compressed = whole.clone();
        compressed[block(entries()).length - 5] = 1;
        var file = new ByteArrayOutputStream();
        file.writeBytes(new byte[20]);
        return Stream.of(
                arguments("empty", new byte[0], "has 0 bytes"),
                arguments("no table", noMagic, "the mark of a LevelDB table"),
                arguments("compressed", compressed, "compressed (type 1)"),
                arguments(
                        "a block outside of the file",
                        footed(new ByteArrayOutputStream(), 1L << 40, 100),
                        "does not lie in the file"),
                arguments("a block of negative size", footed(file, 0, -1), "does not lie in the file"),
                arguments("more restart points than bytes", footed(ones(20), 0, 20), "restart points do not fit"),
                arguments("nothing in it", table(Map.of()), "there are no tensors"),
                arguments("outside of the data", with(entry(1, 28, 8, 2)), "do not lie in the data file of 32"),
                arguments("a negative offset", with(entry(1, -8, 8, 2)), "do not lie in the data file"),
                arguments("a size that differs from the shape's", with(entry(1, 0, 12, 2)), "takes 8 bytes, not 12"),
                arguments(
                        "a shape that overflows",
                        with(entry(1, 0, 8, 1L << 40, 1L << 40)),
                        "more elements than a long"),
                arguments("a negative dimension", with(entry(1, 0, 8, -2)), "of a shape is -2"),
                arguments("an unknown type", with(entry(7, 0, 8, 2)), "element type 7"),
                arguments("several data files", withHeader(new WireBytes().number(1, 2)), "its data are in 2 files"),
                arguments("big-endian", withHeader(new WireBytes().number(1, 1).number(2, 1)), "big-endian"),
                arguments("an entry longer than its block", longKey(), "longer than its block"));
    }

    /** So many bytes 0xFF, and one that says that the block before it is not compressed. */
    private static ByteArrayOutputStream ones(int count) {
        var file = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            file.write(0xff);
        }
        file.write(0);
        return file;
    }

    private static byte[] with(byte[] entry) {
        var entries = entries();
        entries.put("w", entry);
        return table(entries);
    }

    private static byte[] withHeader(WireBytes header) {
        var entries = entries();
        entries.put("", header.toBytes());
        return table(entries);
    }

    private static byte[] longKey() {
        var file = new ByteArrayOutputStream();
        byte[] block = new WireBytes()
                .varint(0)
                .varint(100)
                .varint(0)
                .octets(0, 0, 0, 0, 1, 0, 0, 0, 0)
                .toBytes();
        file.writeBytes(block);
        file.writeBytes(new byte[100]);
        return footed(file, 0, block.length - 1);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void whatIsHostileIsRefused(String kind, byte[] index, String message) throws IOException {
        Path file = write(index);
        assertThatThrownBy(() -> TensorFlowBundle.open(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void dataThatAreNotThereAreNamed() throws IOException {
        Path index = Files.write(directory.resolve("a.index"), table(entries()));
        assertThatThrownBy(() -> TensorFlowBundle.open(index))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("a.data-00000-of-00001: there is no such file");
    }
}
