package org.counterweight.merge.stream;

import static org.counterweight.engine.Tensors.scalar;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.weights.DType;
import org.counterweight.weights.Digest;
import org.counterweight.weights.Ledger;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsWriter;

/**
 * Carries out a {@link MergePlan}: inputs are mapped, blocks that fit the cache are combined and written to their places,
 * several tensors at a time, in the memory of some blocks for each thread, whatever the size of the models. The result
 * appears under its final name when it is whole.
 */
public final class StreamingMerge {
    /** Elements of a block: some megabytes with all inputs and temporaries, near the size of a core's cache. */
    private static final long BLOCK = 1 << 16;

    private static final double LARGEST_HALF = 65504;

    private final MergePlan plan;
    private final MergeProgress progress;
    private final long total;
    private final long start = System.nanoTime();
    private final AtomicLong done = new AtomicLong();
    private final List<String> remarks = new ArrayList<>();
    private final Map<String, Long> tokenChecksums = new HashMap<>();
    private volatile boolean over;

    private StreamingMerge(MergePlan plan, MergeProgress progress) {
        this.plan = plan;
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
     * @param out a directory, replaced if it exists
     * @return what the user should know: tensors with NaN or infinite elements
     * @throws WeightsException if the disk is too small, or a result cannot be stored in its type
     */
    public static List<String> run(MergePlan plan, Path out, MergeProgress progress) {
        return new StreamingMerge(plan, progress).run(out);
    }

    private List<String> run(Path out) {
        var pending = plan.models().stream()
                .map(model -> Ledger.Input.pending(model.reference().text()))
                .toList();
        Ledger ledger = Ledger.of(
                plan.recipe().method().label(),
                plan.recipe().tree(),
                pending,
                plan.options().randomSeed(),
                null); // the numbers do not depend on the threads
        int threads = Engine.threads();
        try (WeightsWriter writer = WeightsWriter.to(
                out, plan.output(), ledger.metadata(), plan.options().outShardSize())) {
            Engine.setThreads(1); // each block is one thread's
            writer.metadata(ledger.withInputs(work(writer)).metadata());
            new MergedDirectory(plan).write(writer.directory(), headDiffers());
            writer.commit();
        } finally {
            Engine.setThreads(threads);
        }
        return List.copyOf(remarks);
    }

    /** Merges all tensors and digests all inputs meanwhile. */
    private List<Ledger.Input> work(WeightsWriter writer) {
        ExecutorService threads = Executors.newFixedThreadPool(plan.options().threads());
        try {
            var merged = new ExecutorCompletionService<String>(threads);
            for (PlannedTensor tensor : plan.tensors()) {
                merged.submit(() -> merge(tensor, writer));
            }
            var digests = new ArrayList<List<Future<String>>>();
            for (ModelLayout model : plan.models()) {
                var files = new ArrayList<Future<String>>();
                for (Path file : model.directory().files()) {
                    files.add(threads.submit(() -> Digest.sha256(file)));
                }
                digests.add(files);
            }
            for (int left = plan.tensors().size(); left > 0; left--) {
                merged.take().get(); // in the order in which they end, so that a failure is seen at once
            }
            var inputs = new ArrayList<Ledger.Input>();
            for (int i = 0; i < digests.size(); i++) {
                var sums = new ArrayList<String>();
                for (Future<String> sum : digests.get(i)) {
                    sums.add(sum.get());
                }
                ModelLayout model = plan.models().get(i);
                inputs.add(new Ledger.Input(
                        model.reference().text(),
                        Digest.ofParts(model.directory().files(), sums)));
            }
            return inputs;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the merge was interrupted", e);
        } finally {
            over = true; // those still at work stop at their next block; the models stay mapped until they have
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

    /** One tensor, by one thread. */
    private String merge(PlannedTensor tensor, WeightsWriter writer) {
        Engine.start();
        torch.set_num_threads(1); // LibTorch counts threads by the thread that asks
        TensorInfo info = tensor.info();
        Supplier<TensorMerge> maker = tensor.merge();
        TensorMerge merge = maker == null ? (inputs, from) -> inputs[0] : maker.get();
        for (int pass = 0; pass < merge.passes(); pass++) {
            int current = pass;
            blocks(tensor, (from, to) -> merge.look(current, inputs(tensor, from, to), from));
        }
        var result = new Result(info);
        long bytes = tensor.bytesRead() + info.bytes();
        long elements = Math.max(1, info.elements());
        blocks(tensor, (from, to) -> {
            Tensor block = merge.combine(inputs(tensor, from, to), from);
            result.write(block, from, writer);
            advance(info.name(), Math.round((double) bytes * (to - from) / elements));
        });
        result.end();
        return info.name();
    }

    /** What is done with elements {@code from} to {@code to} − 1. */
    @FunctionalInterface
    private interface BlockWork {
        void on(long from, long to);
    }

    private void blocks(PlannedTensor tensor, BlockWork work) {
        long elements = tensor.info().elements();
        long block = Math.max(1, BLOCK / tensor.granularity()) * tensor.granularity();
        for (long from = 0; from < elements && !over; from += block) {
            try (var scope = Scope.open()) {
                work.on(from, Math.min(elements, from + block));
            }
        }
    }

    private static Tensor[] inputs(PlannedTensor tensor, long from, long to) {
        Tensor[] inputs = new Tensor[tensor.inputs().size()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = tensor.inputs().get(i).block(from, to, tensor.work());
        }
        return inputs;
    }

    private void advance(String tensor, long bytes) {
        long now = done.addAndGet(bytes);
        synchronized (progress) {
            progress.at(new MergeProgress.State(
                    tensor, Math.min(now, total), total, Duration.ofNanos(System.nanoTime() - start)));
        }
    }

    /** The merged elements of one tensor on their way to the file. */
    private final class Result {
        private final TensorInfo info;
        private final boolean tokens;
        private final CRC32C checksum = new CRC32C();
        private long nonFinite;

        Result(TensorInfo info) {
            this.info = info;
            this.tokens = ModelLayout.hasTokenRows(info.name());
        }

        void write(Tensor block, long from, WeightsWriter writer) {
            if (info.dtype().isFloating()) {
                check(block);
            }
            Tensor rounded = block.to(info.dtype().type()).contiguous();
            ByteBuffer bytes = Tensors.bytes(rounded);
            if (tokens) {
                checksum.update(bytes.duplicate());
            }
            writer.write(info.name(), from * info.dtype().bytes(), bytes);
        }

        private void check(Tensor block) {
            if (!Double.isFinite(block.sum().item_double())) { // one look at the sum spares one at each element
                nonFinite += block.numel() - block.isfinite().sum().item_long();
            }
            if (info.dtype() == DType.F16) {
                Tensor beyond = block.abs().gt(scalar(LARGEST_HALF)).logical_and(block.isfinite());
                if (beyond.any().item_bool()
                        && block.to(ScalarType.Half)
                                .isinf()
                                .logical_and(beyond)
                                .any()
                                .item_bool()) {
                    throw new WeightsException(
                            info.name() + ": a merged element is beyond ±65504, the range of float16;"
                                    + " write another type (out_dtype: bfloat16 or float32)");
                }
            }
        }

        void end() {
            if (nonFinite > 0) {
                String remark = info.name() + ": " + nonFinite + " of " + info.elements()
                        + " merged elements are NaN or infinite";
                if (plan.options().failOnNonfinite()) {
                    throw new WeightsException(remark);
                }
                synchronized (remarks) {
                    remarks.add(remark);
                }
            }
            if (tokens) {
                synchronized (tokenChecksums) {
                    tokenChecksums.put(info.name(), checksum.getValue());
                }
            }
        }
    }

    /** Whether there is a head of its own, other than the input embedding. */
    private boolean headDiffers() {
        boolean hasHead = tokenChecksums.keySet().stream().anyMatch(ModelLayout::isHead);
        return hasHead && tokenChecksums.values().stream().distinct().count() > 1;
    }
}
