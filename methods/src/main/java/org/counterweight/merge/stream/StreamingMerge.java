package org.counterweight.merge.stream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.counterweight.config.Configs;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.merge.method.BlockLoop;
import org.counterweight.merge.source.ModelLayout;
import org.counterweight.merge.source.TensorNames;
import org.counterweight.merge.stream.PlannedTensor.Copied;
import org.counterweight.merge.stream.PlannedTensor.Merged;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.Digest;
import org.counterweight.weights.ledger.Ledger;
import org.counterweight.weights.ledger.Marks;
import tools.jackson.databind.node.ObjectNode;

/**
 * Carries out a {@link MergePlan}: blocks that fit the cache are read, combined and written to their places, several tensors
 * at a time, in the memory of some blocks for each thread, whatever the size of the models. The result appears under its
 * final name when it is whole. All arithmetic is Java's own on float64, and LibTorch is not loaded.
 */
public final class StreamingMerge {
    private static final int COPY = 1 << 17; // bytes

    private final MergePlan plan;
    private final MergeProgress progress;
    private final Function<Path, String> digester;
    private final long total;
    private final long start = System.nanoTime();
    private final AtomicLong done = new AtomicLong();
    private final List<String> remarks = new ArrayList<>();
    private final Map<String, Long> tokenChecksums = new HashMap<>();
    private final Map<Path, String> digests = new HashMap<>();
    private volatile boolean over;

    private StreamingMerge(MergePlan plan, Function<Path, String> digester, MergeProgress progress) {
        this.plan = plan;
        this.digester = digester;
        this.progress = progress;
        long bytes = 0;
        for (PlannedTensor tensor : plan.tensors()) {
            bytes += tensor.bytesRead() + tensor.info().bytes();
        }
        this.total = bytes;
    }

    /**
     * Merges and writes.
     *
     * @param out a directory; one of an earlier merge is replaced
     * @return what the user should know: tensors with NaN or infinite elements
     * @throws WeightsException if the disk is too small, or a result cannot be stored in its type
     */
    public static List<String> run(MergePlan plan, Path out, MergeProgress progress) {
        return run(plan, out, Digest::sha256, progress);
    }

    /**
     * Merges and writes.
     *
     * @param digester gives the SHA-256 of an input's file for the ledger: {@link
     *     org.counterweight.weights.ledger.KnownDigests#sha256} where the same models are merged again and again
     */
    public static List<String> run(MergePlan plan, Path out, Function<Path, String> digester, MergeProgress progress) {
        return new StreamingMerge(plan, digester, progress).run(out);
    }

    private List<String> run(Path out) {
        var pending = plan.models().stream()
                .map(model -> Ledger.Input.pending(model.reference().text()))
                .toList();
        var marks = new LinkedHashMap<String, String>();
        plan.models().forEach(model -> marks.putAll(Marks.in(model.directory().metadata())));
        Ledger ledger = Ledger.of(
                plan.recipe().method().label(),
                settings(),
                pending,
                plan.options().randomSeed(),
                null, // the numbers do not depend on the threads
                marks);
        try (WeightsWriter writer = WeightsWriter.output(
                out, plan.output(), ledger.metadata(), plan.options().outShardSize())) {
            carryOut(jobs(writer));
            writer.metadata(ledger.withInputs(inputs()).metadata());
            new MergedDirectory(plan, remarks::add).write(writer.directory(), headDiffers());
            writer.commit();
        }
        return List.copyOf(remarks);
    }

    /** The recipe, and those options that change numbers where they are not the usual ones. */
    private ObjectNode settings() {
        ObjectNode settings = plan.recipe().tree().deepCopy();
        ObjectNode given = Configs.tree(plan.options());
        ObjectNode usual = Configs.tree(MergeOptions.defaults());
        for (String option : List.of("arithmetic", "min_keep", "allow_shape_mismatch", "dequantize")) {
            if (!given.path(option).equals(usual.path(option))) {
                settings.withObject("options").set(option, given.path(option));
            }
        }
        return settings;
    }

    /**
     * A job for each tensor of the output, and one for the digest of each file that is read: it comes when the merge is about
     * as far as the file, so that what is on its way from the disk is there for both.
     */
    private List<Callable<?>> jobs(WeightsWriter writer) {
        record File(Path path, double end) {}
        var files = new ArrayList<File>();
        for (ModelLayout model : plan.models()) {
            List<Path> paths = model.directory().files();
            double whole = paths.stream().mapToLong(StreamingMerge::size).sum();
            long size = 0;
            for (Path path : paths) {
                size += size(path);
                files.add(new File(path, size / whole));
            }
        }
        files.sort(Comparator.comparingDouble(File::end));
        var jobs = new ArrayList<Callable<?>>();
        long planned = 0;
        int next = 0;
        for (PlannedTensor tensor : plan.tensors()) {
            jobs.add(() -> make(tensor, writer));
            planned += tensor.bytesRead() + tensor.info().bytes();
            for (; next < files.size() && files.get(next).end() <= (double) planned / total; next++) {
                Path file = files.get(next).path();
                jobs.add(() -> digest(file));
            }
        }
        for (File file : files.subList(next, files.size())) {
            jobs.add(() -> digest(file.path()));
        }
        return jobs;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private void carryOut(List<Callable<?>> jobs) {
        ExecutorService threads = Executors.newFixedThreadPool(plan.options().threads());
        try {
            var ended = new ExecutorCompletionService<Object>(threads);
            jobs.forEach(job -> ended.submit(() -> over ? "" : job.call()));
            for (int left = jobs.size(); left > 0; left--) {
                ended.take().get(); // in the order in which they end, so that a failure is seen at once
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the merge was interrupted", e);
        } finally {
            over = true; // those still at work stop at their next block; the models stay open until they have
            threads.shutdown();
            awaitEnd(threads);
        }
    }

    private static void awaitEnd(ExecutorService threads) {
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private String digest(Path file) {
        String digest = digester.apply(file);
        synchronized (digests) {
            digests.put(file, digest);
        }
        return digest;
    }

    private List<Ledger.Input> inputs() {
        var inputs = new ArrayList<Ledger.Input>();
        for (ModelLayout model : plan.models()) {
            List<Path> files = model.directory().files();
            inputs.add(new Ledger.Input(
                    model.reference().text(),
                    Digest.ofParts(
                            files,
                            files.stream()
                                    .map(file -> Objects.requireNonNull(digests.get(file)))
                                    .toList())));
        }
        return inputs;
    }

    /** One tensor, by one thread. */
    private String make(PlannedTensor tensor, WeightsWriter writer) {
        if (tensor instanceof Merged merged) {
            merge(merged, writer);
        } else if (tensor instanceof Copied copied) {
            copy(copied, writer);
        }
        return tensor.info().name();
    }

    private void copy(Copied tensor, WeightsWriter writer) {
        TensorInfo info = tensor.info();
        ByteBuffer piece = ByteBuffer.allocate(COPY);
        for (long at = 0; at < info.bytes() && !over; at += COPY) {
            piece.clear().limit((int) Math.min(COPY, info.bytes() - at));
            tensor.from().model().read(tensor.from().stored(), at, piece);
            writer.write(info.name(), at, piece.flip());
            advance(tensor, piece.limit(), info.bytes());
        }
    }

    private void merge(Merged tensor, WeightsWriter writer) {
        TensorInfo info = tensor.info();
        List<BlockSource> sources = tensor.inputs().stream().map(Supplier::get).toList();
        var loop = new BlockLoop(sources, info.elements(), tensor.granularity(), () -> over);
        var elements = new MergedElements(info, loop.length(), writer);
        loop.run(tensor.merge().get(), (result, count, from) -> {
            elements.add(result, count);
            advance(tensor, count, info.elements());
        });
        elements.end();
        if (elements.notFinite() > 0) {
            remark(info.name() + ": " + elements.notFinite() + " of " + info.elements()
                    + " merged elements are NaN or infinite");
        }
        if (TensorNames.mayBeTied(info.name())) {
            synchronized (tokenChecksums) {
                tokenChecksums.put(info.name(), elements.checksum());
            }
        }
    }

    private void remark(String remark) {
        if (plan.options().failOnNonfinite()) {
            throw new WeightsException(remark);
        }
        synchronized (remarks) {
            remarks.add(remark);
        }
    }

    /** Some of a tensor's elements, or bytes, are done. */
    private void advance(PlannedTensor tensor, long some, long of) {
        long bytes = tensor.bytesRead() + tensor.info().bytes();
        long now = done.addAndGet(Math.round((double) bytes * some / of));
        synchronized (progress) {
            progress.at(new MergeProgress.State(
                    tensor.info().name(), Math.min(now, total), total, Duration.ofNanos(System.nanoTime() - start)));
        }
    }

    /** Whether there is a head of its own, other than the input embedding. */
    private boolean headDiffers() {
        boolean hasHead = tokenChecksums.keySet().stream().anyMatch(TensorNames::isHead);
        return hasHead && tokenChecksums.values().stream().distinct().count() > 1;
    }
}
