package org.counterweight.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.counterweight.config.Configs;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The head of a safetensors file: eight bytes of length, then JSON. Everything in it is checked against the size of the
 * file before a byte of data is touched: the format forbids gaps, overlaps and duplicate names.
 *
 * @param tensors in the order of their bytes
 * @param dataStart where the data begins in the file
 */
record SafetensorsHeader(Map<String, TensorInfo> tensors, Map<String, String> metadata, long dataStart) {
    /** The reference implementation's limit. */
    static final long MAX_HEADER = 100_000_000;

    private static final int GGUF = 0x46554747; // the file's first four letters

    static SafetensorsHeader read(Path path, FileChannel file) throws IOException {
        long size = file.size();
        if (size < 8) {
            throw new WeightsException(
                    path,
                    "header length does not fit a file of " + size
                            + " bytes; it is empty or cut short, or no safetensors file: fetch it again");
        }
        long length = readFully(path, file, 0, 8).getLong();
        if ((int) length == GGUF) {
            throw refusalOfGguf(path);
        }
        if (length < 2 || length > Math.min(MAX_HEADER, size - 8)) {
            throw new WeightsException(
                    path,
                    "header length " + Long.toUnsignedString(length) + " does not fit a file of " + size
                            + " bytes; it is cut short or no safetensors file: fetch it again");
        }
        ObjectNode json = parse(path, readFully(path, file, 8, (int) length).array());
        var metadata = new LinkedHashMap<String, String>();
        var infos = new ArrayList<TensorInfo>();
        for (var entry : json.properties()) {
            if (entry.getKey().equals("__metadata__")) {
                readMetadata(path, entry.getValue(), metadata);
            } else {
                infos.add(info(path, entry.getKey(), entry.getValue()));
            }
        }
        infos.sort(Comparator.comparingLong(TensorInfo::offset).thenComparingLong(TensorInfo::bytes));
        checkCoverage(path, infos, size - 8 - length);
        var tensors = new LinkedHashMap<String, TensorInfo>();
        infos.forEach(info -> tensors.put(info.name(), info));
        return new SafetensorsHeader(
                Collections.unmodifiableMap(tensors), Collections.unmodifiableMap(metadata), 8 + length);
    }

    /**
     * Lays the tensors out as the reference implementation does: the widest types first, then by name, without gaps, so
     * that every tensor is aligned.
     */
    static SafetensorsHeader layout(Collection<TensorInfo> tensors, Map<String, String> metadata) {
        var sorted = new ArrayList<>(tensors);
        sorted.sort(Comparator.comparing(TensorInfo::dtype).reversed().thenComparing(TensorInfo::name));
        var placed = new LinkedHashMap<String, TensorInfo>();
        long at = 0;
        for (TensorInfo info : sorted) {
            placed.put(info.name(), new TensorInfo(info.name(), info.dtype(), info.shape(), at));
            at += info.bytes();
        }
        var header = new SafetensorsHeader(
                Collections.unmodifiableMap(placed), Collections.unmodifiableMap(new LinkedHashMap<>(metadata)), 0);
        return new SafetensorsHeader(header.tensors, header.metadata, header.encode().length);
    }

    /** The bytes in front of the data: length and JSON, padded with blanks to a multiple of eight. */
    byte[] encode() {
        return encode(0);
    }

    /** The same, padded with more blanks to at least {@code size} bytes, which is a multiple of eight. */
    byte[] encode(int size) {
        ObjectNode json = Configs.JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode remarks = json.putObject("__metadata__");
            metadata.forEach(remarks::put);
        }
        for (TensorInfo info : tensors.values()) {
            ObjectNode entry = json.putObject(info.name());
            entry.put("dtype", info.dtype().name());
            ArrayNode shape = entry.putArray("shape");
            for (long length : info.shape()) {
                shape.add(length);
            }
            entry.putArray("data_offsets").add(info.offset()).add(info.offset() + info.bytes());
        }
        byte[] text = Configs.JSON.writeValueAsBytes(json);
        int room = Math.max((text.length + 7) / 8 * 8, size - 8);
        byte[] bytes = Arrays.copyOf(text, room);
        Arrays.fill(bytes, text.length, room, (byte) ' ');
        return ByteBuffer.allocate(8 + room)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(room)
                .put(bytes)
                .array();
    }

    /** The bytes of all tensors. */
    long dataBytes() {
        long sum = 0;
        for (TensorInfo info : tensors.values()) {
            sum += info.bytes();
        }
        return sum;
    }

    /** What to say about a file of llama.cpp's. */
    static WeightsException refusalOfGguf(Path file) {
        return new WeightsException(
                file,
                "is a GGUF file, whose weights are codes as a rule; take the model that it was made from, or let"
                        + " transformers widen it: AutoModelForCausalLM.from_pretrained(DIRECTORY, gguf_file='"
                        + file.getFileName() + "').save_pretrained(OUT)");
    }

    private static ByteBuffer readFully(Path path, FileChannel file, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, position + buffer.position()) < 0) {
                throw new WeightsException(path, "ends within its header");
            }
        }
        return buffer.flip();
    }

    private static ObjectNode parse(Path path, byte[] bytes) {
        if (bytes[0] != '{') {
            throw new WeightsException(path, "its header does not start with {; it is no safetensors file");
        }
        try {
            if (Configs.JSON.readTree(utf8(bytes)) instanceof ObjectNode object) {
                return object;
            }
        } catch (CharacterCodingException e) { // a JSON parser left to itself would also guess at UTF-16 and UTF-32
            throw new WeightsException(path, "its header is no UTF-8 text");
        } catch (JacksonException e) {
            String message = e.getOriginalMessage();
            throw new WeightsException(
                    path,
                    "its header is no valid JSON ("
                            + message.lines().findFirst().orElse("") + ")");
        }
        throw new WeightsException(path, "its header is no JSON object");
    }

    private static String utf8(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static void readMetadata(Path path, JsonNode node, Map<String, String> into) {
        if (!(node instanceof ObjectNode object)) {
            throw new WeightsException(path, "__metadata__ is no JSON object");
        }
        for (var entry : object.properties()) {
            if (!entry.getValue().isString()) {
                throw new WeightsException(path, "__metadata__." + entry.getKey() + " is no text");
            }
            into.put(entry.getKey(), entry.getValue().asString());
        }
    }

    private static TensorInfo info(Path path, String name, JsonNode node) {
        JsonNode shape = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        DType dtype = DType.named(node.path("dtype").asString(""));
        if (dtype == null) {
            throw new WeightsException(
                    path,
                    name + ": dtype " + node.path("dtype") + " is unknown; known are "
                            + Arrays.stream(DType.values()).map(DType::name).collect(Collectors.joining(", ")));
        }
        if (!shape.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw new WeightsException(path, name + ": expected a shape and two data_offsets, found " + node);
        }
        long[] sizes = new long[shape.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = count(path, name, shape.get(i));
        }
        long begin = count(path, name, offsets.get(0));
        long end = count(path, name, offsets.get(1));
        var info = new TensorInfo(name, dtype, sizes, begin);
        long bytes;
        try {
            bytes = Math.multiplyExact(info.elements(), (long) dtype.bytes());
        } catch (ArithmeticException e) {
            throw new WeightsException(
                    path, name + ": the shape " + shape + " has more elements than a long can count");
        }
        if (end - begin != bytes) {
            throw new WeightsException(
                    path,
                    name + ": " + dtype + " of shape " + shape + " takes " + bytes + " bytes, but its offsets "
                            + offsets + " span " + (end - begin));
        }
        return info;
    }

    private static long count(Path path, String name, JsonNode node) {
        if (!node.isIntegralNumber() || !node.canConvertToLong() || node.asLong() < 0) {
            throw new WeightsException(path, name + ": " + node + " is no size or offset");
        }
        return node.asLong();
    }

    private static void checkCoverage(Path path, List<TensorInfo> infos, long dataBytes) {
        long at = 0;
        for (TensorInfo info : infos) {
            if (info.offset() != at) {
                throw new WeightsException(
                        path,
                        info.name() + ": starts at " + info.offset() + ", expected " + at + " ("
                                + (info.offset() < at ? "it overlaps another tensor" : "there is a gap before it")
                                + "); the file is damaged: fetch it again");
            }
            at += info.bytes();
        }
        if (at != dataBytes) {
            throw new WeightsException(
                    path,
                    "its header describes " + at + " bytes of data, the file has " + dataBytes
                            + (at > dataBytes
                                    ? "; it is cut short: fetch it again"
                                    : "; something follows the last tensor"));
        }
    }
}
