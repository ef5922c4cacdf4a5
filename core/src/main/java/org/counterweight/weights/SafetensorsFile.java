package org.counterweight.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * One safetensors file, memory-mapped: opening it reads the header only, and a tensor is a view of the mapping until
 * somebody computes with it. Files over 2 GiB are no special case.
 *
 * <p>Format: <a href="https://huggingface.co/docs/safetensors">Hugging Face, safetensors</a>. Not thread-safe.
 */
public final class SafetensorsFile implements WeightsSource {
    private final Path path;
    private final SafetensorsHeader header;
    private final Tensor bytes;

    private SafetensorsFile(Path path, SafetensorsHeader header, Tensor bytes) {
        this.path = path;
        this.header = header;
        this.bytes = bytes;
    }

    /**
     * Opens and checks the file.
     *
     * @throws WeightsException if it is not there, or breaks the format's rules
     */
    public static SafetensorsFile open(Path path) {
        try (FileChannel file = FileChannel.open(path);
                var scope = Scope.open()) {
            SafetensorsHeader header = SafetensorsHeader.read(path, file);
            Tensor bytes = torch.from_file(
                    path.toString(),
                    new BoolOptional(false),
                    new LongOptional(file.size()),
                    Tensors.options(ScalarType.Byte));
            return new SafetensorsFile(path, header, Scope.own(bytes));
        } catch (NoSuchFileException e) {
            throw new WeightsException(path, "there is no such file");
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    public Path path() {
        return path;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return header.tensors();
    }

    @Override
    public Map<String, String> metadata() {
        return header.metadata();
    }

    @Override
    public Tensor tensor(String name) {
        TensorInfo info = header.tensors().get(name);
        if (info == null) {
            throw new WeightsException(path, "has no tensor " + name);
        }
        if (info.bytes() == 0) {
            return torch.zeros(info.shape(), Tensors.options(info.dtype().type()));
        }
        long start = header.dataStart() + info.offset();
        if (start % info.dtype().bytes() != 0) { // legal in the format, but a view must be aligned
            return Tensors.slice(bytes, 0, start, start + info.bytes())
                    .clone()
                    .view(info.dtype().type())
                    .view(info.shape());
        }
        // A view by address costs nothing and works at any offset; the mapping is kept by this object.
        return torch.from_blob(
                new BytePointer(bytes.data_ptr()).getPointer(start),
                info.shape(),
                Tensors.options(info.dtype().type()));
    }

    @Override
    public void close() {
        bytes.close();
    }
}
