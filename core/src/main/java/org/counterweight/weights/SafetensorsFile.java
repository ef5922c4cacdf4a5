package org.counterweight.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
 * One safetensors file. {@linkplain #open Opened}, it is memory-mapped: the header is read at once, and a tensor is a view of
 * the mapping until somebody computes with it. {@linkplain #load Loaded}, it is read into memory from end to end, which
 * suits network disks, where a mapping is slow and a lost connection kills the process. Files over 2 GiB are no special
 * case.
 *
 * <p>Format: <a href="https://huggingface.co/docs/safetensors">Hugging Face, safetensors</a>. Any number of threads may take
 * tensors, each in a scope of its own; {@link #close} only when all are done.
 */
public final class SafetensorsFile implements WeightsSource {
    private static final int CHUNK = 1 << 24;

    private final Path path;
    private final SafetensorsHeader header;
    private final Tensor bytes;

    private SafetensorsFile(Path path, SafetensorsHeader header, Tensor bytes) {
        this.path = path;
        this.header = header;
        this.bytes = bytes;
    }

    /** How the bytes of a file are come by. */
    @FunctionalInterface
    private interface Access {
        Tensor bytes(FileChannel file) throws IOException;
    }

    /**
     * Checks the file and maps it into memory.
     *
     * @throws WeightsException if it is not there, cannot be read, or breaks the format's rules
     */
    public static SafetensorsFile open(Path path) {
        return open(
                path,
                file -> torch.from_file(
                        path.toString(),
                        new BoolOptional(false),
                        new LongOptional(file.size()),
                        Tensors.options(ScalarType.Byte)));
    }

    /**
     * Checks the file and reads it into memory, all of it, front to back. The file may go away afterwards.
     *
     * @throws WeightsException if it is not there, cannot be read, or breaks the format's rules
     */
    public static SafetensorsFile load(Path path) {
        return open(path, file -> {
            Tensor bytes = torch.empty(new long[] {file.size()}, Tensors.options(ScalarType.Byte), null);
            var start = new BytePointer(bytes.data_ptr());
            for (long at = 0, size = file.size(); at < size; ) {
                ByteBuffer chunk = start.getPointer(at)
                        .capacity(Math.min(CHUNK, size - at))
                        .asByteBuffer();
                int read = file.read(chunk, at);
                if (read < 0) {
                    throw new WeightsException(path, "became shorter while it was read");
                }
                at += read;
            }
            return bytes;
        });
    }

    private static SafetensorsFile open(Path path, Access access) {
        if (Pickles.isNamedLikeOne(path) && Files.exists(path)) {
            throw Pickles.refusal(path);
        }
        if (Files.isDirectory(path)) {
            throw new WeightsException(path, "is a directory; expected a safetensors file");
        }
        try (FileChannel file = FileChannel.open(path);
                var scope = Scope.open()) {
            SafetensorsHeader header = SafetensorsHeader.read(path, file); // all of it, before anything is mapped
            return new SafetensorsFile(path, header, Scope.own(access.bytes(file)));
        } catch (NoSuchFileException e) {
            throw new WeightsException(path, "there is no such file", e);
        } catch (IOException e) {
            throw new WeightsException(path, "cannot be read: " + e.getMessage(), e);
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
