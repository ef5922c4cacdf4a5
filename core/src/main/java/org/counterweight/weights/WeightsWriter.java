package org.counterweight.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;

/**
 * Writes safetensors: one file, or a model's directory with shards and their index. Names, types and shapes are known
 * beforehand, so every header is written first and each tensor goes straight to its place, in any order, whole or in
 * pieces, from any thread. Nothing stands under the final name before {@link #commit}, and without it nothing is left.
 *
 * <pre>{@code
 * try (var writer = WeightsWriter.to(out, plan, Map.of())) {
 *     for (TensorInfo info : plan) {
 *         try (var scope = Scope.open()) {
 *             writer.write(info.name(), compute(info));
 *         }
 *     }
 *     writer.commit();
 * }
 * }</pre>
 */
public final class WeightsWriter implements AutoCloseable {
    /** Hugging Face's own limit. */
    public static final long DEFAULT_SHARD_BYTES = 5_000_000_000L;

    private static final long CHUNK = 1 << 30;

    private final Path target;
    private final Staged staged;
    private final boolean isFile;
    private final List<Shard> shards = new ArrayList<>();
    private final Map<String, Place> places = new LinkedHashMap<>();

    /** One file in the making; {@code name} is final, {@code header} has the room that was reserved for it. */
    private record Shard(String name, SafetensorsHeader header, FileChannel file) {}

    private record Place(Shard shard, TensorInfo info, AtomicLong written) {}

    private WeightsWriter(Path target, Staged staged, boolean isFile, List<SafetensorsHeader> headers) {
        this.target = target;
        this.isFile = isFile;
        this.staged = staged;
        try {
            checkRoom(headers);
            for (int i = 0; i < headers.size(); i++) {
                add(Shards.name(i, headers.size()), headers.get(i));
            }
        } catch (IOException e) {
            close();
            throw failed(e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Begins a file if {@code target} ends in {@code .safetensors}, else a directory with shards of at most
     * {@value #DEFAULT_SHARD_BYTES} bytes.
     *
     * @param plan every tensor that will be written; its offsets are of no account
     * @param metadata remarks of the files; {@code format: pt}, without which transformers refuses a file, is added
     */
    public static WeightsWriter to(Path target, Collection<TensorInfo> plan, Map<String, String> metadata) {
        return to(target, plan, metadata, DEFAULT_SHARD_BYTES);
    }

    /**
     * Begins a file or a directory.
     *
     * @param maxShardBytes a new shard begins where a tensor would make the present one larger than this; a single tensor
     *     that is larger has a shard of its own. Of no account for a file
     */
    public static WeightsWriter to(
            Path target, Collection<TensorInfo> plan, Map<String, String> metadata, long maxShardBytes) {
        boolean isFile = Shards.isFile(target);
        var headers = Shards.headers(plan, metadata, isFile ? Long.MAX_VALUE : maxShardBytes);
        return new WeightsWriter(target, isFile ? Staged.file(target) : Staged.directory(target), isFile, headers);
    }

    /** Begins a directory where its user says, which replaces only what we wrote: see {@link Staged#output}. */
    public static WeightsWriter output(
            Path target, Collection<TensorInfo> plan, Map<String, String> metadata, long maxShardBytes) {
        var headers = Shards.headers(plan, metadata, maxShardBytes);
        return new WeightsWriter(target, Staged.output(target), false, headers);
    }

    /** Writes a few tensors that are at hand; the whole of the above for small things such as adapters. */
    public static void write(Path target, Map<String, Tensor> tensors, Map<String, String> metadata) {
        var plan = new ArrayList<TensorInfo>();
        tensors.forEach((name, tensor) -> plan.add(TensorInfo.of(name, tensor)));
        try (WeightsWriter writer = to(target, plan, metadata)) {
            tensors.forEach(writer::write);
            writer.commit();
        }
    }

    /** Whether writing there would replace something: a file, or a directory that is not empty. */
    public static boolean wouldReplace(Path target) {
        return Staged.wouldReplace(target);
    }

    private void checkRoom(List<SafetensorsHeader> headers) throws IOException {
        long needed = 0;
        for (SafetensorsHeader header : headers) {
            needed += header.dataStart() + header.dataBytes();
        }
        Staged.requireRoom(target, needed);
    }

    private void add(String name, SafetensorsHeader header) throws IOException {
        Path path = isFile ? staged.path() : staged.path().resolve(name);
        FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var shard = new Shard(name, header, file);
        shards.add(shard);
        writeFully(file, ByteBuffer.wrap(header.encode()), 0);
        for (TensorInfo info : header.tensors().values()) {
            if (places.put(info.name(), new Place(shard, info, new AtomicLong())) != null) {
                throw new WeightsException(target, info.name() + " is planned twice");
            }
        }
    }

    /**
     * Where further files of the directory may be put before {@link #commit}: config, tokenizer.
     *
     * @throws IllegalStateException if a single file is being written
     */
    public Path directory() {
        if (isFile) {
            throw new IllegalStateException(target + " is a single file");
        }
        return staged.path();
    }

    /** The tensors to be written, in the order of the plan within each type. */
    public Collection<TensorInfo> plan() {
        return places.values().stream().map(Place::info).toList();
    }

    /**
     * Writes a whole tensor. Any number of threads may do so.
     *
     * @throws WeightsException if it was not planned, or not of this type and shape
     */
    public void write(String name, Tensor tensor) {
        TensorInfo planned = place(name).info();
        TensorInfo given = TensorInfo.of(name, tensor);
        if (given.dtype() != planned.dtype() || !Arrays.equals(given.shape(), planned.shape())) {
            throw new WeightsException(target, "planned " + planned + ", was given " + given);
        }
        try (var scope = Scope.open()) {
            Tensor whole = tensor.detach().cpu().contiguous();
            var start = new BytePointer(whole.data_ptr());
            for (long at = 0, size = planned.bytes(); at < size; at += CHUNK) {
                write(
                        name,
                        at,
                        start.getPointer(at)
                                .capacity(Math.min(CHUNK, size - at))
                                .asByteBuffer());
            }
        }
    }

    /**
     * Writes the next or any other piece of a tensor. Any number of threads may do so; each byte is to be written once.
     *
     * @param offset where the piece begins within the tensor, in bytes
     */
    public void write(String name, long offset, ByteBuffer bytes) {
        Place place = place(name);
        int length = bytes.remaining();
        if (offset < 0 || offset + length > place.info().bytes()) {
            throw new WeightsException(
                    target,
                    name + ": bytes " + offset + " to " + (offset + length) + " lie outside of its "
                            + place.info().bytes());
        }
        SafetensorsHeader header = place.shard().header();
        try {
            writeFully(
                    place.shard().file(),
                    bytes,
                    header.dataStart() + place.info().offset() + offset);
        } catch (IOException e) {
            throw failed(e);
        }
        place.written().addAndGet(length);
    }

    /**
     * Replaces the remarks, for what is known only at the end, such as digests of what was read meanwhile.
     *
     * @throws WeightsException if they need more room than those that they replace
     */
    public void metadata(Map<String, String> metadata) {
        Map<String, String> remarks = Shards.remarks(metadata);
        for (Shard shard : shards) {
            byte[] header = new SafetensorsHeader(shard.header().tensors(), remarks, 0)
                    .encode(Math.toIntExact(shard.header().dataStart()));
            if (header.length > shard.header().dataStart()) {
                throw new WeightsException(
                        target,
                        "the header has room for " + shard.header().dataStart() + " bytes, not for " + header.length);
            }
            try {
                writeFully(shard.file(), ByteBuffer.wrap(header), 0);
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    /**
     * Makes the result visible under its final name.
     *
     * @throws WeightsException if a planned tensor was not written, or not wholly
     */
    public void commit() {
        for (Place place : places.values()) {
            if (place.written().get() != place.info().bytes()) {
                throw new WeightsException(
                        target,
                        place.info().name() + ": " + place.written().get() + " of "
                                + place.info().bytes() + " bytes were written");
            }
        }
        try {
            if (shards.size() > 1) {
                var files = new LinkedHashMap<String, SafetensorsHeader>();
                shards.forEach(shard -> files.put(shard.name(), shard.header()));
                Files.writeString(directory().resolve(ModelDirectory.INDEX), Shards.index(files));
            }
            for (Shard shard : shards) {
                shard.file().close();
            }
        } catch (IOException e) {
            throw failed(e);
        }
        staged.commit();
    }

    @Override
    public void close() {
        try {
            for (Shard shard : shards) {
                shard.file().close();
            }
        } catch (IOException e) {
            throw failed(e);
        } finally {
            staged.close();
        }
    }

    private Place place(String name) {
        Place place = places.get(name);
        if (place == null) {
            throw new WeightsException(target, name + " was not planned");
        }
        return place;
    }

    private UncheckedIOException failed(IOException e) {
        return new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
    }

    private static void writeFully(FileChannel file, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += file.write(bytes, at);
        }
    }
}
