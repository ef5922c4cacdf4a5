package org.counterweight.datasets.foreign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsSource;

/**
 * A TensorFlow checkpoint: {@code NAME.index}, a table of names and places, and {@code NAME.data-00000-of-00001}, the
 * bytes. Names, shapes and layouts are TensorFlow's.
 *
 * <p>The index is a table of
 * <a href="https://github.com/google/leveldb/blob/main/doc/table_format.md">LevelDB</a> without compression, its values are
 * <a href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/protobuf/tensor_bundle.proto">BundleEntryProto</a>.
 * The data are mapped; a tensor is copied out when it is asked for.
 */
public final class TensorFlowBundle implements WeightsSource {
    private static final int MAX_INDEX = 1 << 26;

    private final Path data;
    private final MappedFile file;
    private final Map<String, TensorInfo> tensors;

    private TensorFlowBundle(Path data, MappedFile file, Map<String, TensorInfo> tensors) {
        this.data = data;
        this.file = file;
        this.tensors = tensors;
    }

    /**
     * Reads the index of a checkpoint.
     *
     * @param index the file {@code NAME.index}
     * @throws WeightsException if it is damaged, or has a tensor that does not lie in the data file
     */
    public static TensorFlowBundle open(Path index) {
        String name = String.valueOf(index.getFileName());
        if (!name.endsWith(".index")) {
            throw new WeightsException(index, "is no index of a TensorFlow checkpoint; its name would end in .index");
        }
        Path data = index.resolveSibling(name.substring(0, name.length() - ".index".length()) + ".data-00000-of-00001");
        try {
            long indexSize = Files.size(index);
            if (indexSize < TensorFlowIndex.FOOTER || indexSize > MAX_INDEX) {
                throw new WeightsException(
                        index,
                        "has " + indexSize + " bytes; an index has " + TensorFlowIndex.FOOTER + " to " + MAX_INDEX);
            }
            long dataSize = Files.size(data);
            Map<String, TensorInfo> tensors =
                    new TensorFlowIndex(index, ByteBuffer.wrap(Files.readAllBytes(index)), dataSize).read();
            return new TensorFlowBundle(data, new MappedFile(data, dataSize), tensors);
        } catch (NoSuchFileException e) {
            throw new WeightsException(Path.of(e.getFile()), "there is no such file");
        } catch (IOException e) {
            throw new WeightsException(index, "cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public Tensor tensor(String name) {
        TensorInfo info = tensors.get(name);
        if (info == null) {
            throw new WeightsException(data, "has no tensor " + name);
        }
        return file.copy(info.dtype(), info.shape(), info.offset());
    }

    @Override
    public void close() {
        file.close();
    }
}
