package org.counterweight.datasets.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

class OnnxImportTest {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    @TempDir
    Path directory;

    /** y = x W + b for a layer "query", with W [in 3, out 2] anonymous, and an embedding. */
    private static WireBytes graph() {
        return new WireBytes()
                .message(1, node("MatMul", "x", "onnx::MatMul_7", "product"))
                .message(1, node("Add", "query.bias", "product", "y"))
                .message(5, tensor("embeddings.weight", FLOAT, floats(1, 2, 3, 4), 2, 2))
                .message(5, tensor("embeddings.position_ids", INT64, new byte[16], 1, 2))
                .message(5, tensor("query.bias", FLOAT, floats(5, 6), 2))
                .message(5, tensor("onnx::MatMul_7", FLOAT, floats(1, 2, 3, 4, 5, 6), 3, 2));
    }

    private static WireBytes model(WireBytes graph) {
        return new WireBytes().number(1, 8).text(2, "pytorch").message(7, graph);
    }

    private static WireBytes node(String operation, String a, String b, String output) {
        return new WireBytes()
                .text(1, a)
                .text(1, b)
                .text(2, output)
                .text(3, "/" + output)
                .text(4, operation);
    }

    private static WireBytes tensor(String name, int type, byte[] data, long... shape) {
        WireBytes tensor = new WireBytes();
        for (long size : shape) {
            tensor.number(1, size);
        }
        return tensor.number(2, type).text(8, name).bytes(9, data);
    }

    private static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.array();
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("model.onnx"), bytes);
    }

    @Test
    void linearWeightsAreNamedAfterTheirBiasAndTurned() throws IOException {
        try (var scope = Scope.open();
                var onnx = OnnxImport.open(write(model(graph()).toBytes()))) {
            assertThat(onnx.tensors()).containsOnlyKeys("embeddings.weight", "query.bias", "query.weight");
            assertThat(onnx.tensors().values())
                    .anySatisfy(info -> assertThat(info).hasToString("query.weight F32[2, 3]"));
            assertThat(Tensors.shape(onnx.tensor("query.weight"))).containsExactly(2, 3);
            assertThat(Tensors.toDoubles(onnx.tensor("query.weight"))).containsExactly(1, 3, 5, 2, 4, 6);
            assertThat(Tensors.toDoubles(onnx.tensor("embeddings.weight"))).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void dimensionsMayBePacked() throws IOException {
        WireBytes packed = new WireBytes()
                .bytes(1, new WireBytes().varint(2).varint(1).toBytes())
                .number(2, FLOAT)
                .text(8, "norm.weight")
                .bytes(9, floats(8, 9));
        try (var scope = Scope.open();
                var onnx = OnnxImport.open(
                        write(model(new WireBytes().message(5, packed)).toBytes()))) {
            assertThat(Tensors.shape(onnx.tensor("norm.weight"))).containsExactly(2, 1);
        }
    }

    static Stream<Arguments> hostile() {
        byte[] whole = model(graph()).toBytes();
        byte[] cut = Arrays.copyOf(whole, whole.length - 5);
        return Stream.of(
                arguments("empty", new byte[0], "has 0 bytes"),
                arguments("no protobuf", "no model at all".getBytes(StandardCharsets.US_ASCII), "found"),
                arguments("cut short", cut, "a length of"),
                arguments(
                        "an endless number",
                        new WireBytes()
                                .raw(new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1})
                                .toBytes(),
                        "more than ten bytes"),
                arguments(
                        "a length of 2^63",
                        new WireBytes()
                                .varint(7 << 3 | 2)
                                .varint(Long.MIN_VALUE)
                                .toBytes(),
                        "a length of 9223372036854775808"),
                arguments("a group", new WireBytes().varint(7 << 3 | 3).toBytes(), "wire type 3"),
                arguments("field 0", new WireBytes().varint(2).varint(0).toBytes(), "field number 0"),
                arguments("no weights", model(new WireBytes()).toBytes(), "has no weights"),
                arguments(
                        "a shape that is too large",
                        with(tensor("a", FLOAT, floats(1), 2)),
                        "a F32[2] does not take the 4 bytes"),
                arguments(
                        "a shape that overflows",
                        with(tensor("a", FLOAT, floats(1), 1L << 62, 1L << 62)),
                        "does not take the 4 bytes"),
                arguments("a negative dimension", with(tensor("a", FLOAT, floats(1), -1, -1)), "a dimension of -1"),
                arguments("quantized", with(tensor("a", 3, new byte[1], 1)), "element type 3 is not read"),
                arguments(
                        "data elsewhere",
                        with(new WireBytes().number(1, 1).number(2, FLOAT).text(8, "a")),
                        "not in raw_data"),
                arguments(
                        "a name twice",
                        with(tensor("query.bias", FLOAT, floats(5, 6), 2)),
                        "query.bias is there twice"),
                arguments(
                        "no bias to be named after",
                        with(tensor("onnx::MatMul_9", FLOAT, floats(1), 1, 1)),
                        "onnx::MatMul_9 has no name"),
                arguments(
                        "a name taken",
                        with(tensor("query.weight", FLOAT, floats(1), 1)),
                        "two tensors have the name query.weight"));
    }

    private static byte[] with(WireBytes tensor) {
        return model(graph().message(5, tensor)).toBytes();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void whatIsHostileIsRefused(String kind, byte[] bytes, String message) throws IOException {
        Path file = write(bytes);
        assertThatThrownBy(() -> OnnxImport.open(file))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(message);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> OnnxImport.open(directory.resolve("none.onnx")))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("none.onnx: there is no such file");
    }
}
