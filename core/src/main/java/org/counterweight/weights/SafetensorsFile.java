package org.counterweight.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.jspecify.annotations.Nullable;

/**
 * One safetensors file. {@linkplain #open Opened}, its header is read at once; a tensor is a view of the file mapped into
 * memory until somebody computes with it, and {@link #read} copies bytes without either. {@linkplain #load Loaded}, it is
 * read into memory from end to end, which suits network disks, where a mapping is slow and a lost connection kills the
 * process. Files over 2 GiB are no special case.
 *
 * <p>Format: <a href="https://huggingface.co/docs/safetensors">Hugging Face, safetensors</a>. Any number of threads may take
 * tensors, each in a scope of its own; {@link #close} only when all are done.
 */
public final class SafetensorsFile implements WeightsSource {
    private static final int CHUNK = 1 << 24;

    private final Path path;
    private final SafetensorsHeader header;
    private final FileChannel file;
    private final @Nullable Object key;
    private @Nullable Tensor bytes;

    private SafetensorsFile(Path path, SafetensorsHeader header, FileChannel file) throws IOException {
        this.path = path;
        this.header = header;
        this.file = file;
        this.key = key();
    }

    /** What tells this file from another that has taken its name; null where the file system has no such thing. */
    private @Nullable Object key() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    /**
     * Checks the file. It is mapped into memory when the first tensor is asked for, and LibTorch is not needed before.
     *
     * @throws WeightsException if it is not there, cannot be read, or breaks the format's rules
     */
    public static SafetensorsFile open(Path path) {
        if (Pickles.isNamedLikeOne(path) && Files.exists(path)) {
            throw Pickles.refusal(path);
        }
        if (Files.isDirectory(path)) {
            throw new WeightsException(path, "is a directory; expected a safetensors file");
        }
        try {
            FileChannel file = FileChannel.open(path);
            try {
                return new SafetensorsFile(path, SafetensorsHeader.read(path, file), file);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw new WeightsException(path, "there is no such file", e);
        } catch (IOException e) {
            throw new WeightsException(path, "cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Checks the file and reads it into memory, all of it, front to back. The file may go away afterwards.
     *
     * @throws WeightsException if it is not there, cannot be read, or breaks the format's rules
     */
    public static SafetensorsFile load(Path path) {
        SafetensorsFile opened = open(path);
        try {
            opened.bytes = opened.copied();
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private Tensor copied() {
        try (var scope = Scope.open()) {
            long size = header.dataStart() + header.dataBytes();
            Tensor copy = Scope.own(torch.empty(new long[] {size}, Tensors.options(ScalarType.Byte), null));
            var start = new BytePointer(copy.data_ptr());
            for (long at = 0; at < size; at += CHUNK) {
                readFully(
                        at,
                        start.getPointer(at)
                                .capacity(Math.min(CHUNK, size - at))
                                .asByteBuffer());
            }
            return copy;
        }
    }

    private synchronized Tensor bytes() {
        if (bytes == null) {
            try (var scope = Scope.open()) {
                if (!Objects.equals(key, key())) {
                    throw new WeightsException(path, "was replaced after it had been opened");
                }
                bytes = Scope.own(torch.from_file(
                        path.toString(),
                        new BoolOptional(false),
                        new LongOptional(file.size()),
                        Tensors.options(ScalarType.Byte)));
            } catch (IOException e) {
                throw new WeightsException(path, "cannot be read: " + e.getMessage(), e);
            }
        }
        return bytes;
    }

    private void readFully(long from, ByteBuffer into) {
        try {
            for (long at = from; into.hasRemaining(); ) {
                int read = file.read(into, at);
                if (read < 0) {
                    throw new WeightsException(path, "became shorter while it was read");
                }
                at += read;
            }
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

    /**
     * Reads bytes of a tensor as they are stored, from the file itself: as many as {@code into} has room for. Without
     * LibTorch and without a mapping, whose page faults cost more than copying where each byte is wanted once.
     *
     * @param offset the first byte, counted from the tensor's own beginning
     */
    public void read(String name, long offset, ByteBuffer into) {
        TensorInfo info = info(name);
        if (offset < 0 || offset + into.remaining() > info.bytes()) {
            throw new IllegalArgumentException(
                    name + ": bytes " + offset + " to " + (offset + into.remaining()) + " of " + info.bytes());
        }
        readFully(header.dataStart() + info.offset() + offset, into);
    }

    private TensorInfo info(String name) {
        TensorInfo info = header.tensors().get(name);
        if (info == null) {
            throw new WeightsException(path, "has no tensor " + name);
        }
        return info;
    }

    @Override
    public Tensor tensor(String name) {
        TensorInfo info = info(name);
        if (info.bytes() == 0) {
            return torch.zeros(info.shape(), Tensors.options(info.dtype().type()));
        }
        long start = header.dataStart() + info.offset();
        if (start % info.dtype().bytes() != 0) { // legal in the format, but a view must be aligned
            return Tensors.slice(bytes(), 0, start, start + info.bytes())
                    .clone()
                    .view(info.dtype().type())
                    .view(info.shape());
        }
        // A view by address costs nothing and works at any offset; the mapping is kept by this object.
        return torch.from_blob(
                new BytePointer(bytes().data_ptr()).getPointer(start),
                info.shape(),
                Tensors.options(info.dtype().type()));
    }

    @Override
    public synchronized void close() {
        if (bytes != null) {
            bytes.close();
            bytes = null;
        }
        try {
            file.close();
        } catch (IOException e) {
            throw new WeightsException(path, "cannot be closed: " + e.getMessage(), e);
        }
    }
}
