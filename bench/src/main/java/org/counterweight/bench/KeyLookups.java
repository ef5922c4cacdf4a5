package org.counterweight.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.Distance;
import org.counterweight.edit.codebook.Entry;
import org.counterweight.edit.codebook.Found;
import org.counterweight.edit.index.KeyIndex;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;

/**
 * What a look-up in a codebook costs beside one product of the query with all keys, and what the codebook and its index take
 * up: {@code bench/java KeyLookups [WIDTH]}, in both distances. Keys are independent normal numbers, where bounds by distances tell
 * least, or lie in heaps as activations do; every hundredth is there twice. Every look-up is compared with looking at all keys.
 */
public final class KeyLookups {
    private static final int QUERIES = 200;
    private static final int ROUNDS = 7;
    private static final double RADIUS = 1;

    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

    private KeyLookups() {}

    public static void main(String[] words) {
        Engine.setThreads(1); // the product is this thread's then
        int width = words.length == 0 ? 384 : Integer.parseInt(words[0]);
        for (Distance distance : Distance.values()) {
            for (boolean isHeaped : new boolean[] {false, true}) {
                for (int entries : new int[] {100, 10_000}) {
                    measure(distance, entries, width, isHeaped);
                }
            }
        }
    }

    private static void measure(Distance distance, int entries, int width, boolean isHeaped) {
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            long before = used();
            Tensor keys = keys(entries, width, isHeaped);
            Codebook book = book(distance, keys, entries, width);
            KeyIndex index = KeyIndex.of(book);
            long taken = used() - before;
            List<double[]> queries = queries(book, width);
            for (double[] query : queries) {
                Found expected = book.nearest(query);
                Found found = index.serving(query);
                if (found.hit() != expected.hit() || (found.hit() && found.place() != expected.place())) {
                    throw new AssertionError("a look-up differs from looking at all keys");
                }
            }
            double own = micros(() -> queries.forEach(index::serving));
            double all = micros(() -> queries.forEach(book::nearest));
            Tensor asked = torch.stack(new TensorVector(queries.stream()
                    .map(query -> Tensors.doubles(query, width).to(torch.ScalarType.Float))
                    .toArray(Tensor[]::new)));
            double one = micros(() -> {
                for (int i = 0; i < QUERIES; i++) {
                    try (var inner = Scope.open()) {
                        torch.mv(keys, asked.select(0, i));
                    }
                }
            });
            System.out.printf(
                    Locale.ROOT,
                    "{\"distance\": \"%s\", \"keys\": \"%s\", \"entries\": %d, \"width\": %d, \"lookup_us\": %.2f, \"all_keys_us\": %.2f,"
                            + " \"product_us\": %.2f, \"times\": %.1f, \"bytes_per_entry\": %d}%n",
                    distance.name().toLowerCase(Locale.ROOT),
                    isHeaped ? "heaps" : "normal",
                    entries,
                    width,
                    own,
                    all,
                    one,
                    one / own,
                    taken / entries);
        }
    }

    /** Microseconds of this thread's processor a query, the median of some rounds: other work on the machine counts little. */
    private static double micros(Runnable round) {
        double[] taken = new double[ROUNDS];
        for (int i = 0; i < 2 * ROUNDS; i++) {
            long begun = THREAD.getCurrentThreadCpuTime();
            round.run();
            taken[i % ROUNDS] = (THREAD.getCurrentThreadCpuTime() - begun) / 1e3 / QUERIES;
        }
        Arrays.sort(taken);
        return taken[ROUNDS / 2];
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** In heaps, keys lie about a tenth of their heap's distance from its middle. */
    private static Tensor keys(int entries, int width, boolean isHeaped) {
        var random = new Seed(1).generator();
        Tensor keys = Tensors.zeros(entries, width).normal_(0, 1, Tensors.optional(random));
        if (!isHeaped) {
            return keys;
        }
        Tensor heaps = Tensors.zeros(26, width).normal_(0, 1, Tensors.optional(random));
        long[] of = new Seed(2).random().longs(entries, 0, 26).toArray();
        return heaps.index_select(0, Tensors.longs(of)).add(Tensors.times(keys, 0.1));
    }

    private static Codebook book(Distance distance, Tensor keys, int entries, int width) {
        double[] flat = Tensors.toDoubles(keys);
        double radius = distance == Distance.EUC ? RADIUS : 0.5 * RADIUS * RADIUS / width; // of keys about √width long
        var all = new ArrayList<Entry>();
        for (int i = 0; i < entries; i++) {
            int from = i % 100 == 99 ? i - 99 : i;
            double[] key = Arrays.copyOfRange(flat, from * width, (from + 1) * width);
            all.add(new Entry(i, key, new double[] {i}, radius, new long[] {i % 7}, List.of(), "", 0));
        }
        return new Codebook(distance, all, entries);
    }

    /** A half near keys, a half anywhere. */
    private static List<double[]> queries(Codebook book, int width) {
        var random = new Seed(3).random();
        var queries = new ArrayList<double[]>();
        for (int q = 0; q < QUERIES; q++) {
            double[] key = book.entries().get(random.nextInt(book.size())).key().clone();
            double shift = (q % 2 == 0 ? 0.7 : 3) / Math.sqrt(width);
            for (int i = 0; i < width; i++) {
                key[i] = (float) (key[i] + shift * (2 * random.nextDouble() - 1) * Math.sqrt(3));
            }
            queries.add(key);
        }
        return queries;
    }
}
