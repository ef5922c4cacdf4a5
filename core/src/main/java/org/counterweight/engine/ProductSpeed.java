package org.counterweight.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * What a product of two float32 matrices costs here.
 *
 * @param milliseconds of one product, the shortest of several
 * @param gigaflops its multiplications and additions, 10^9 a second
 * @param threads that worked on it; 0 where the system does not say (it does on Linux)
 */
public record ProductSpeed(double milliseconds, double gigaflops, int threads) {
    private static final Path TASKS = Path.of("/proc/self/task");

    /** A thread that has worked less than this share of what the busiest has was about something else. */
    private static final double SHARE = 0.25;

    /**
     * Takes products of two square matrices, with as many threads as any operation has.
     *
     * @param width rows and columns of each
     * @param times at least 1
     */
    public static ProductSpeed measure(int width, int times) {
        try (var scope = Scope.open();
                var unrecorded = Tensors.noGrad()) {
            Tensor a = torch.ones(width, width);
            torch.matmul(a, a).close(); // the first starts threads and unpacks nothing that counts
            Map<Path, Long> before = worked();
            long shortest = Long.MAX_VALUE;
            for (int i = 0; i < times; i++) {
                long start = System.nanoTime();
                torch.matmul(a, a).close();
                shortest = Math.min(shortest, System.nanoTime() - start);
            }
            double operations = 2.0 * width * width * width;
            return new ProductSpeed(shortest / 1e6, operations / shortest, busy(before, worked()));
        }
    }

    private static int busy(Map<Path, Long> before, Map<Path, Long> after) {
        after.replaceAll((task, time) -> time - before.getOrDefault(task, 0L));
        long most = after.values().stream().mapToLong(Long::longValue).max().orElse(0);
        return (int) after.values().stream().filter(time -> time > SHARE * most).count();
    }

    /** Nanoseconds that each thread of this process has been running; empty where the system does not say. */
    private static Map<Path, Long> worked() {
        var times = new HashMap<Path, Long>();
        if (!Files.isDirectory(TASKS)) {
            return times;
        }
        try (Stream<Path> tasks = Files.list(TASKS)) {
            for (Path task : (Iterable<Path>) tasks::iterator) {
                Path file = task.resolve("schedstat");
                try {
                    times.put(task, Long.parseLong(Files.readString(file).split(" ")[0]));
                } catch (NoSuchFileException e) {
                    times.remove(task); // the thread has ended meanwhile, or the kernel keeps no such figures
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(TASKS + ": cannot be read: " + e.getMessage(), e);
        }
        return times;
    }
}
