package org.counterweight.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsWriterTest {
    @TempDir
    Path directory;

    /** Every bit pattern of one byte, repeated: the numbers do not matter, the bytes do. */
    @ParameterizedTest
    @EnumSource(DType.class)
    void everyTypeKeepsEveryBit(DType dtype) {
        try (var scope = Scope.open()) {
            Tensor bytes = torch.arange(Tensors.scalar(0), Tensors.scalar(256)).to(ScalarType.Byte);
            if (dtype == DType.BOOL) {
                bytes = bytes.ne(Tensors.scalar(0)).view(ScalarType.Byte);
            }
            Tensor tensor = bytes.view(dtype.type()).reshape(2, -1);
            Path file = directory.resolve("x.safetensors");
            WeightsWriter.write(file, Map.of("odd", torch.ones(3).to(ScalarType.Byte), "x", tensor), Map.of());
            for (SafetensorsFile read : List.of(SafetensorsFile.open(file), SafetensorsFile.load(file))) {
                try (read) {
                    assertThat(TensorInfo.of("x", read.tensor("x")).dtype()).isEqualTo(dtype);
                    assertThat(Tensors.shape(read.tensor("x"))).containsExactly(2, 128 / dtype.bytes());
                    assertThat(read.tensor("x")
                                    .view(ScalarType.Byte)
                                    .reshape(-1)
                                    .equal(bytes))
                            .isTrue();
                }
            }
        }
    }

    @Test
    void laysOutAsTheReferenceDoes() throws IOException {
        try (var scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors.put("b", torch.ones(3).to(ScalarType.BFloat16));
            tensors.put("z", torch.ones(1));
            tensors.put("a", torch.ones(2, 1));
            tensors.put("scalar", torch.ones(1).sum().to(ScalarType.Long));
            tensors.put("empty", torch.ones(0, 4));
            Path file = directory.resolve("x.safetensors");
            WeightsWriter.write(file, tensors, Map.of());
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int length = Math.toIntExact(bytes.getLong());
            assertThat(length % 8).isZero();
            assertThat(new String(bytes.array(), 8, length, StandardCharsets.UTF_8).stripTrailing())
                    .isEqualTo("{\"__metadata__\":{\"format\":\"pt\"},"
                            + "\"scalar\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
                            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[8,16]},"
                            + "\"empty\":{\"dtype\":\"F32\",\"shape\":[0,4],\"data_offsets\":[16,16]},"
                            + "\"z\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[16,20]},"
                            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[20,26]}}");
            assertThat(Files.size(file)).isEqualTo(8 + length + 26);
        }
    }

    @Test
    void unalignedTensorsAreRead() {
        Path file = RawFile.write(
                directory.resolve("x.safetensors"),
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                        + "\"b\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[1,9]}}",
                9);
        try (var scope = Scope.open();
                SafetensorsFile read = SafetensorsFile.open(file)) {
            assertThat(Tensors.toLongs(read.tensor("b"))).containsExactly(0x04030201, 0x08070605);
        }
    }

    @ParameterizedTest(name = "shards of {0} bytes")
    @ValueSource(longs = {1, 100, 240, 1_000, WeightsWriter.DEFAULT_SHARD_BYTES})
    void shardsDoNotChangeTheTensors(long maxShardBytes) throws IOException {
        try (var scope = Scope.open()) {
            Map<String, Tensor> tensors = draw(7);
            Path out = directory.resolve("model");
            var plan = new ArrayList<TensorInfo>();
            tensors.forEach((name, tensor) -> plan.add(TensorInfo.of(name, tensor)));
            try (WeightsWriter writer = WeightsWriter.to(out, plan, Map.of("k", "v"), maxShardBytes)) {
                tensors.forEach(writer::write);
                writer.commit();
            }
            long total = plan.stream().mapToLong(TensorInfo::bytes).sum();
            try (ModelDirectory read = ModelDirectory.open(out)) {
                assertThat(read.tensors()).containsOnlyKeys(tensors.keySet());
                tensors.forEach((name, tensor) ->
                        assertTensor(read.tensor(name)).as(name).isEqualTo(tensor));
                assertThat(read.metadata()).containsEntry("format", "pt").containsEntry("k", "v");
                for (Path shard : read.files()) {
                    try (SafetensorsFile file = SafetensorsFile.open(shard)) {
                        long bytes = file.tensors().values().stream()
                                .mapToLong(TensorInfo::bytes)
                                .sum();
                        assertThat(bytes <= maxShardBytes || file.tensors().size() == 1)
                                .isTrue();
                    }
                }
                if (read.files().size() > 1) {
                    var index = Configs.read(out.resolve("model.safetensors.index.json"));
                    assertThat(index.path("metadata").path("total_size").asLong())
                            .isEqualTo(total);
                } else {
                    assertThat(list(out)).containsExactly("model.safetensors");
                }
            }
        }
    }

    @Test
    void withoutCommitNothingIsLeft() throws IOException {
        Path out = directory.resolve("model");
        var plan = List.of(new TensorInfo("a", DType.F32, 2));
        try (var writer = WeightsWriter.to(out, plan, Map.of())) {
            writer.write("a", 0, ByteBuffer.allocate(4));
            assertThatExceptionOfType(WeightsException.class)
                    .isThrownBy(writer::commit)
                    .withMessageContaining("a: 4 of 8 bytes were written");
        }
        assertThat(list(directory)).isEmpty();
    }

    @Test
    void replacingLosesNothingBeforeTheNewIsWhole() throws IOException {
        try (var scope = Scope.open()) {
            Path out = directory.resolve("model");
            Files.createDirectories(out);
            Files.writeString(out.resolve("old.txt"), "old");
            assertThat(WeightsWriter.wouldReplace(out)).isTrue();
            Tensor a = torch.ones(2);
            try (var writer = WeightsWriter.to(out, List.of(TensorInfo.of("a", a)), Map.of())) {
                writer.write("a", a);
                assertThat(list(out)).containsExactly("old.txt");
            }
            assertThat(list(out)).containsExactly("old.txt");
            try (var writer = WeightsWriter.to(out, List.of(TensorInfo.of("a", a)), Map.of())) {
                writer.write("a", a);
                Files.writeString(writer.directory().resolve("config.json"), "{}");
                writer.commit();
            }
            assertThat(list(out)).containsExactly("config.json", "model.safetensors");
            assertThat(list(directory)).containsExactly("model");
        }
    }

    @Test
    void workThatWasKilledIsRemovedByTheNext() throws IOException {
        try (var scope = Scope.open()) {
            Path killed = Files.createDirectories(directory.resolve("x.safetensors.tmp-1-1"));
            Files.writeString(killed.resolve(".staging"), "");
            Files.writeString(killed.resolve("content"), "half");
            Path target = directory.resolve("x.safetensors");
            try (Staged busy = Staged.file(target)) {
                assertThat(busy.path()).doesNotExist();
                WeightsWriter.write(target, Map.of("a", torch.ones(2)), Map.of());
                assertThat(busy.path().getParent()).as("another's work goes on").exists();
            }
            assertThat(list(directory)).containsExactly("x.safetensors");
        }
    }

    @Test
    void killedBetweenTheTwoRenames() throws IOException {
        Path killed = Files.createDirectories(directory.resolve("model.tmp-1-1/replaced"));
        Files.writeString(killed.resolve("old.txt"), "old");
        Files.writeString(killed.resolveSibling(".staging"), "");
        Path target = directory.resolve("model");
        Staged.directory(target).close();
        assertThat(list(target)).containsExactly("old.txt");
        assertThat(list(directory)).containsExactly("model");
    }

    @Test
    void whatWasNotPlannedIsRefused() {
        try (var scope = Scope.open();
                var writer = WeightsWriter.to(
                        directory.resolve("x.safetensors"), List.of(new TensorInfo("a", DType.F32, 2)), Map.of())) {
            assertThatExceptionOfType(WeightsException.class)
                    .isThrownBy(() -> writer.write("b", torch.ones(2)))
                    .withMessageContaining("b was not planned");
            assertThatExceptionOfType(WeightsException.class)
                    .isThrownBy(() -> writer.write("a", torch.ones(3)))
                    .withMessageContaining("planned a F32[2], was given a F32[3]");
            assertThatExceptionOfType(WeightsException.class)
                    .isThrownBy(() -> writer.write("a", 4, ByteBuffer.allocate(8)))
                    .withMessageContaining("bytes 4 to 12 lie outside of its 8");
        }
    }

    @Test
    void remarksMayBeReplacedInTheirRoom() {
        try (var scope = Scope.open()) {
            Path file = directory.resolve("x.safetensors");
            Tensor a = torch.ones(2);
            try (var writer = WeightsWriter.to(file, List.of(TensorInfo.of("a", a)), Map.of("k", "0000"))) {
                writer.write("a", a);
                writer.metadata(Map.of("k", "1"));
                writer.commit();
            }
            try (SafetensorsFile read = SafetensorsFile.open(file)) {
                assertThat(read.metadata()).containsEntry("k", "1");
                assertTensor(read.tensor("a")).isEqualTo(a);
            }
        }
    }

    private static Map<String, Tensor> draw(long seed) {
        var random = new Seed(seed).random();
        var tensors = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < 12; i++) {
            long[] shape = random.longs(random.nextInt(3), 1, 8).toArray();
            Tensor values = torch.randn(
                    shape, Tensors.optional(new Seed(seed).child(i).generator()), Tensors.options(ScalarType.Float));
            tensors.put("t" + i, values.to(random.nextBoolean() ? ScalarType.Float : ScalarType.BFloat16));
        }
        return tensors;
    }

    private static List<String> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            String[] names = entries.map(path -> path.getFileName().toString()).toArray(String[]::new);
            Arrays.sort(names);
            return List.of(names);
        }
    }
}
