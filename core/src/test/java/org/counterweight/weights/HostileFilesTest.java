package org.counterweight.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.counterweight.engine.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files from strangers: each rule of the format, broken; each refused with the file's name and the reason. */
class HostileFilesTest {
    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "no JSON|8|{\"a\":|its header is no valid JSON",
                "trailing text|8|{} {}|its header is no valid JSON",
                "not an object|8|[1, 2]|does not start with {",
                "leading blank|0|` {}`|its header does not start with {",
                "duplicate name|8|{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|no valid JSON (Duplicate",
                "unknown type|8|{\"a\":{\"dtype\":\"F33\",\"shape\":[2],\"data_offsets\":[0,8]}}|a: dtype \"F33\" is unknown",
                "no type|8|{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}|a: dtype",
                "no shape|8|{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}|a: expected a shape and two data_offsets",
                "three offsets|8|{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4,8]}}|a: expected a shape and two data_offsets",
                "negative size|8|{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}|a: -2 is no size or offset",
                "fractional size|8|{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}|a: 2.0 is no size or offset",
                "size as text|8|{\"a\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}|a: \"2\" is no size or offset",
                "offset past 2^63|8|{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,9223372036854775808]}}|is no size or offset",
                "product past 2^63|8|{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}|more elements than a long can count",
                "bytes past 2^63|8|{\"a\":{\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,8]}}|more elements than a long can count",
                "shape and offsets|8|{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}|takes 12 bytes, but its offsets [0,8] span 8",
                "reversed|8|{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}|span -8",
                "past the end|4|{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|describes 8 bytes of data, the file has 4; it is cut short",
                "more follows|9|{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|something follows the last tensor",
                "gap|12|{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}|b: starts at 8, expected 4 (there is a gap",
                "gap at the start|8|{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|a: starts at 4, expected 0",
                "overlap|8|{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|b: starts at 4, expected 8 (it overlaps",
                "metadata no text|0|{\"__metadata__\":{\"k\":1}}|__metadata__.k is no text",
                "metadata no object|0|{\"__metadata__\":\"x\"}|__metadata__ is no JSON object",
            })
    void headersThatBreakARule(String what, int dataBytes, String header, String message) {
        Path file = RawFile.write(directory.resolve("x.safetensors"), header, dataBytes);
        assertRefused(file, message);
    }

    @Test
    void lengthsThatFitNoFile() {
        byte[] two = "{}".getBytes(StandardCharsets.UTF_8);
        Path file = directory.resolve("x.safetensors");
        assertRefused(RawFile.write(file, new byte[0]), "header length");
        assertRefused(RawFile.write(file, new byte[] {2, 0, 0, 0}), "header length");
        assertRefused(
                RawFile.write(file, 1L << 60, two, 0), "header length 1152921504606846976 does not fit a file of 10");
        assertRefused(RawFile.write(file, -1, two, 0), "header length 18446744073709551615 does not fit");
        assertRefused(RawFile.write(file, "GGUF\3\0\0\0".getBytes(StandardCharsets.UTF_8)), "is a GGUF file");
        assertRefused(RawFile.write(file, 3, two, 0), "header length 3 does not fit a file of 10 bytes");
        assertRefused(RawFile.write(file, 0, two, 0), "header length 0");
    }

    @Test
    void textThatIsNoUtf8() {
        byte[] header = "{\"__metadata__\":{\"k\":\"?\"}}".getBytes(StandardCharsets.UTF_8);
        header[header.length - 4] = (byte) 0xff;
        assertRefused(RawFile.write(directory.resolve("x.safetensors"), header.length, header, 0), "no UTF-8 text");
        byte[] wide = "{}".getBytes(StandardCharsets.UTF_16LE);
        assertRefused(
                RawFile.write(directory.resolve("x.safetensors"), wide.length, wide, 0), "x.safetensors: its header");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch_model.bin", "model.pt", "last.ckpt", "weights.pkl"})
    void picklesStayClosed(String name) {
        Path file = RawFile.write(directory.resolve(name), new byte[] {'P', 'K', 3, 4});
        assertRefused(file, "is a pickle, which runs its author's code when it is opened; convert it");
        assertThatExceptionOfType(WeightsException.class)
                .isThrownBy(() -> ModelDirectory.open(directory))
                .withMessageContaining(name + ": is a pickle");
    }

    @Test
    void whatIsNotThere() {
        assertRefused(directory.resolve("none.safetensors"), "there is no such file");
        assertRefused(directory, "is a directory");
        assertThatExceptionOfType(WeightsException.class)
                .isThrownBy(() -> ModelDirectory.open(directory))
                .withMessageContaining(
                        "has neither model.safetensors nor model.safetensors.index.json; it holds nothing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"weight_map\":{\"a\":\"../model.safetensors\"}}|a shard is named by a file of the same directory",
                "{\"weight_map\":{\"a\":\"/etc/passwd\"}}|a shard is named by a file of the same directory",
                "{\"weight_map\":{\"a\":\"C:\\\\x\"}}|a shard is named by a file of the same directory",
                "{\"weight_map\":{\"a\":\"..\"}}|a shard is named by a file of the same directory",
                "{\"weight_map\":{\"a\":\"\"}}|a shard is named by a file of the same directory",
                "{\"weight_map\":{\"a\":7}}|a shard is named by a file of the same directory",
                "{\"weight_map\":{\"a\":\"shard.bin\"}}|is a pickle",
                "{\"weight_map\":{\"a\":\"none.safetensors\"}}|none.safetensors: there is no such file",
                "{\"weight_map\":{\"a\":\"s.safetensors\",\"c\":\"s.safetensors\"}}|has no tensor c, which the index says it has",
                "{\"weight_map\":{\"a\":\"s.safetensors\"}}|s.safetensors holds b, but the index does not list it",
                "{\"metadata\":{}}|has no weight_map",
                "[]|is no JSON object",
            })
    void indexesThatLie(String index, String message) throws IOException {
        RawFile.write(
                directory.resolve("s.safetensors"),
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                        + "\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
                2);
        Files.writeString(directory.resolve("model.safetensors.index.json"), index);
        assertThatExceptionOfType(WeightsException.class)
                .isThrownBy(() -> ModelDirectory.open(directory))
                .withMessageContaining(message);
    }

    /** Whatever is done to a header, it is refused by a {@link WeightsException} or describes the file exactly. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void mutatedHeaders(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        Path file = directory.resolve("x.safetensors");
        RawFile.write(
                file,
                "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                        + "\"b.weight\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[24,32]},"
                        + "\"c\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[32,40]}}",
                40);
        byte[] valid = Files.readAllBytes(file);
        int accepted = 0;
        for (int i = 0; i < 500; i++) {
            byte[] mutated = mutate(valid, random);
            Files.write(file, mutated);
            try (var scope = Scope.open();
                    SafetensorsFile opened = SafetensorsFile.open(file)) {
                long described = 0;
                for (TensorInfo info : opened.tensors().values()) {
                    assertThat(opened.tensor(info.name()).numel()).isEqualTo(info.elements());
                    described += info.bytes();
                }
                assertThat(described).isLessThanOrEqualTo(mutated.length - 10L);
                accepted++;
            } catch (WeightsException refused) {
                assertThat(refused).hasMessageContaining("x.safetensors");
            }
        }
        assertThat(accepted).as("some mutations only rename things").isBetween(1, 499);
    }

    private static byte[] mutate(byte[] valid, SplittableRandom random) {
        byte[] bytes = valid.clone();
        int header = bytes.length - 40;
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            int at = random.nextInt(header);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = (byte) "0123456789-.eE[]{}\",:".charAt(random.nextInt(21));
                case 3 -> bytes[random.nextInt(8)] = (byte) random.nextInt(256);
                case 4 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length) + 1);
                default -> {
                    int from = 8 + random.nextInt(header - 8);
                    int length = Math.min(random.nextInt(20), bytes.length - Math.max(from, at));
                    if (length > 0) {
                        System.arraycopy(bytes.clone(), from, bytes, at, length);
                    }
                }
            }
            header = Math.max(9, Math.min(header, bytes.length));
            if (bytes.length < header || bytes.length < 12) {
                break;
            }
        }
        return bytes;
    }

    private static void assertRefused(Path file, String message) {
        assertThatExceptionOfType(WeightsException.class)
                .isThrownBy(() -> SafetensorsFile.open(file).close())
                .withMessageContaining(String.valueOf(file.getFileName()))
                .withMessageContaining(message);
        assertThatExceptionOfType(WeightsException.class)
                .isThrownBy(() -> SafetensorsFile.load(file).close())
                .withMessageContaining(message);
    }
}
